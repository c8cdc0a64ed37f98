using System.Diagnostics;
using System.Text;
using MemberCloud.Data;

namespace MemberCloud.Host.Demo;

/// <summary>Whether the demo brands are built, and the file that says how they are entered.</summary>
public sealed record DemoOptions(string File);

/// <summary>Builds the demo brands once the host serves, and tells on the console, never in the log, how to get in.</summary>
public sealed partial class DemoBrands(
    DemoBuilder builder,
    DemoOptions options,
    Secrets secrets,
    IHostApplicationLifetime lifetime,
    ILogger<DemoBrands> log
) : BackgroundService
{
    public static void Add(WebApplicationBuilder builder, string folder)
    {
        if (!builder.Configuration.GetValue("Demo:Enabled", builder.Environment.IsDevelopment()))
            return;
        builder.Services.AddSingleton(new DemoOptions(Path.Combine(folder, "demo.txt")));
        builder.Services.AddSingleton<DemoBuilder>().AddSingleton<DemoBrands>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoBrands>());
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var known = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var watch = Stopwatch.StartNew();
        var (text, isNew) = (new StringBuilder(), false);
        foreach (var brand in DemoBrand.All)
        {
            try
            {
                if (await builder.BuildAsync(brand, stoppingToken) is not { } built)
                {
                    LogTaken(brand.Slug);
                    continue;
                }
                isNew |= built;
                DemoAccess.Of(brand, secrets).Write(text, await builder.MemberTokenAsync(brand, stoppingToken));
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // The host serves without its demo; the next start goes on where this one stopped.
                LogFailed(error, brand.Slug);
            }
        }
        if (text.Length > 0)
            Tell(text.ToString(), isNew ? watch.Elapsed : null);
    }

    private void Tell(string text, TimeSpan? took)
    {
        Keep(text);
        if (took is not { } time)
        {
            Console.WriteLine($"Demo brands: how to get in is in {options.File}");
            return;
        }
        Console.WriteLine(
            $"The demo brands are built ({time.TotalSeconds:0.0} s). How to get in is shown this once; it stays in {options.File}"
        );
        Console.WriteLine(text);
    }

    /// <summary>Whole or not at all, and readable by its owner only.</summary>
    private void Keep(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(options.File)!);
        var draft = $"{options.File}.{Environment.ProcessId}";
        var mode = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            mode.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, mode))
            stream.Write(Encoding.UTF8.GetBytes(text));
        File.Move(draft, options.File, overwrite: true);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No demo brand {Brand}: another brand has the slug")]
    private partial void LogTaken(string brand);

    [LoggerMessage(Level = LogLevel.Error, Message = "Building the demo brand {Brand} failed")]
    private partial void LogFailed(Exception error, string brand);
}
