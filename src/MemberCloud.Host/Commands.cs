using System.CommandLine;
using System.Data.Common;
using MemberCloud.Host.OpenApi;

namespace MemberCloud.Host;

/// <summary>What the executable can be told: to serve (nothing said), to migrate, to import, to write the OpenAPI documents.</summary>
public static class Commands
{
    public static RootCommand Root()
    {
        var role = new Option<string>("--role")
        {
            Description = "api serves requests, worker runs jobs, all does both.",
            DefaultValueFactory = _ => "all",
        };
        role.AcceptOnlyFromAmong("api", "worker", "all");
        var root = new RootCommand("MemberCloud: memberships, tiers and points for many brands.")
        {
            role,
            Migrate(),
            ImportCommand.Make(),
            OpenApiDocuments(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.SetAction((parsed, ct) => ServeAsync(parsed.GetValue(role)!, [.. parsed.UnmatchedTokens], ct));
        return root;
    }

    private static async Task<int> ServeAsync(string role, string[] settings, CancellationToken ct)
    {
        await using var app = await PreparedAsync(role, settings, ct);
        if (app is null)
            return 1;
        await app.RunAsync(ct);
        return 0;
    }

    /// <summary>A host that is ready to start; null when a setting is wrong or the database not to be had, which is said in a line.</summary>
    private static async Task<WebApplication?> PreparedAsync(string role, string[] settings, CancellationToken ct)
    {
        try
        {
            var app = HostSetup.Build(settings, role);
            await HostSetup.PrepareAsync(app, ct);
            return app;
        }
        catch (Exception error) when (error is DbException or InvalidOperationException or ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(
                $"MemberCloud did not start: {error.Message} (README, Settings)".ReplaceLineEndings(" ")
            );
            return null;
        }
    }

    private static Command Migrate()
    {
        var command = new Command("migrate", "Brings the database to the version of this build, then ends.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(
            async (parsed, ct) =>
            {
                await using var app = await PreparedAsync("none", [.. parsed.UnmatchedTokens, "--Database:Migrate=true"], ct);
                return app is null ? 1 : 0;
            }
        );
        return command;
    }

    private static Command OpenApiDocuments()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where the documents go." };
        var command = new Command("openapi", "Writes the OpenAPI documents of this build, then ends.") { folder };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(
            async (parsed, ct) =>
            {
                // Operations are known once the host has started: on a free port, for that long, with no database.
                string[] settings = [.. parsed.UnmatchedTokens, "--urls=http://127.0.0.1:0", "--Demo:Enabled=false"];
                await using var app = HostSetup.Build(settings, "api");
                await app.StartAsync(ct);
                await Documents.WriteAsync(app.Services, parsed.GetValue(folder)!.FullName, ct);
                return 0;
            }
        );
        return command;
    }
}
