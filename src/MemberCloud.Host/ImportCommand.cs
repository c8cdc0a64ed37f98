using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MemberCloud.Import;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Spectre.Console;

namespace MemberCloud.Host;

/// <summary><c>import</c>: a CSV of purchases into a sandbox brand whose clock follows the data.</summary>
public static class ImportCommand
{
    private static readonly Option<string> Brand = new("--brand")
    {
        Description = "Slug of a sandbox brand with a test clock.",
        Required = true,
    };
    private static readonly Option<string> Customer = new("--customer")
    {
        Description = "Column of the customer's id.",
        DefaultValueFactory = _ => "customer_id",
    };
    private static readonly Option<string> Date = new("--date")
    {
        Description = "Column of the date.",
        DefaultValueFactory = _ => "date",
    };
    private static readonly Option<string> Amount = new("--amount")
    {
        Description = "Column of the amount.",
        DefaultValueFactory = _ => "amount",
    };
    private static readonly Option<string> Format = new("--date-format")
    {
        Description = "How dates are written.",
        DefaultValueFactory = _ => "yyyy-MM-dd",
    };
    private static readonly Option<char> Delimiter = new("--delimiter")
    {
        Description = "What stands between two cells.",
        DefaultValueFactory = _ => ',',
        CustomParser = DelimiterOf,
    };
    private static readonly Option<TimeOnly> At = new("--at")
    {
        Description = "Time of day of every purchase.",
        DefaultValueFactory = _ => new(12, 0),
    };
    private static readonly Option<string?> Zone = new("--zone")
    {
        Description = "Time zone of dates and times; the brand's unless given.",
    };
    private static readonly Option<string?> Until = new("--until")
    {
        Description = "Where the clock goes after the last purchase (RFC 3339).",
    };
    private static readonly Argument<FileInfo> File = new("file") { Description = "The CSV file, with a header." };

    public static Command Make()
    {
        var command = new Command(
            "import",
            "Brings a CSV of purchases into a sandbox brand. Running it again goes on where it stopped."
        )
        {
            File,
            Brand,
            Customer,
            Date,
            Amount,
            Format,
            Delimiter,
            At,
            Zone,
            Until,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        if (!parsed.GetValue(File)!.Exists)
            return Refuse($"There is no file {parsed.GetValue(File)}.");
        DateTime? until = null;
        if (parsed.GetValue(Until) is { } text)
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end))
                return Refuse("--until is a time such as 1998-08-01T04:00:00Z.");
            until = end.UtcDateTime;
        }
        await using var app = HostSetup.Build([.. parsed.UnmatchedTokens], "none");
        await HostSetup.PrepareAsync(app, ct);
        var directory = app.Services.GetRequiredService<TenantDirectory>();
        if (
            await directory.FindBySlugAsync(parsed.GetValue(Brand)!, ct)
            is not { Mode: TenantMode.Sandbox, TestClock: not null } tenant
        )
            return Refuse($"There is no sandbox brand with a test clock called {parsed.GetValue(Brand)}.");
        if (parsed.GetValue(Zone) is { } zone && !LocalTime.TryGet(zone, out _))
            return Refuse($"There is no time zone {zone}.");
        try
        {
            return await ImportAsync(app.Services, tenant, OptionsOf(parsed), parsed.GetValue(Zone), until, ct);
        }
        catch (InvalidDataException error)
        {
            return Refuse(error.Message);
        }
    }

    private static char DelimiterOf(ArgumentResult given)
    {
        if (given.Tokens is [{ Value: [var delimiter] }])
            return delimiter;
        given.AddError("--delimiter is one character, such as ; or a tab.");
        return default;
    }

    private static PurchaseFileOptions OptionsOf(ParseResult parsed) =>
        new(
            parsed.GetValue(File)!.FullName,
            parsed.GetValue(Customer)!,
            parsed.GetValue(Date)!,
            parsed.GetValue(Amount)!,
            parsed.GetValue(At),
            parsed.GetValue(Format)!,
            parsed.GetValue(Delimiter)
        );

    private static async Task<int> ImportAsync(
        IServiceProvider services,
        TenantInfo tenant,
        PurchaseFileOptions options,
        string? zone,
        DateTime? until,
        CancellationToken ct
    )
    {
        ImportResult? result = null;
        await AnsiConsole
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("purchases");
                result = await services
                    .GetRequiredService<PurchaseImport>()
                    .RunAsync(tenant, options, zone, until, step => Show(task, step), ct);
                task.StopTask();
            });
        foreach (var bad in result!.Bad)
            await Console.Error.WriteLineAsync($"row {bad.Row}: {bad.Reason}");
        await using var scope = services.CreateAsyncScope();
        var fresh = await services.GetRequiredService<TenantDirectory>().FindAsync(tenant.Id, ct);
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(fresh!);
        Report(result, await scope.ServiceProvider.GetRequiredService<ImportReport>().ReadAsync(ct), tenant.Currency);
        return result.Bad.Count == 0 ? 0 : 2;
    }

    private static void Show(ProgressTask task, ImportProgress step)
    {
        task.MaxValue = step.Total;
        task.Value = step.Done;
        task.Description = $"purchases of {step.Clock:yyyy-MM-dd}";
    }

    private static void Report(ImportResult result, BrandNumbers numbers, string currency)
    {
        Console.WriteLine($"rows {result.Rows}, new {result.Made}, known {result.Known}, bad {result.Bad.Count}");
        Console.WriteLine($"clock {numbers.Clock:yyyy-MM-ddTHH:mm:ssZ}");
        Console.WriteLine($"orders {numbers.Orders}, members {numbers.Members}, money {numbers.Money} minor units of {currency}");
        Console.WriteLine(
            $"points issued {numbers.Issued}, pending {numbers.Pending}, available {numbers.Available}, expired {numbers.Expired}"
        );
        foreach (var (tier, members) in numbers.Tiers)
            Console.WriteLine($"tier {tier}: {members} members");
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 1;
    }
}
