using Microsoft.Playwright;

namespace MemberCloud.Browser.Tests;

/// <summary>The machine's own Chromium, without a window. Where it is missing, its tests are skipped; in CI that is a failure.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Milliseconds: the page takes seconds on a machine that runs the other suites beside it.</summary>
    private const int Patience = 120_000;

    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private IPlaywright? playwright;
    private IBrowser? browser;

    private static string? Program { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>A page in a profile of its own, which fails the test that opened it when the page's scripts fail.</summary>
    public async Task<Tab> OpenAsync(string url, string locale = "en-GB")
    {
        if (Program is null && Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail("CI runs the browser's tests, but this machine has no Chromium.");
        Skip.If(Program is null, "This machine has no Chromium.");
        var context = await browser!.NewContextAsync(
            new()
            {
                BaseURL = url,
                Locale = locale,
                ViewportSize = new() { Width = 1280, Height = 900 },
            }
        );
        context.SetDefaultTimeout(Patience);
        return new(await context.NewPageAsync());
    }

    public async Task InitializeAsync()
    {
        if (Program is null)
            return;
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] }
        );
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }
}
