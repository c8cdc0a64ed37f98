using Microsoft.Playwright;

namespace MemberCloud.Browser.Tests;

/// <summary>Swagger UI in one tab, as a person uses it.</summary>
public sealed class Tab
{
    private readonly List<string> complaints = [];

    public Tab(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => complaints.Add(error);
        // What a policy forbids is said on the console; a refused request is said there too, and is what some tests are about.
        page.Console += (_, line) =>
        {
            if (line.Type == "error" && !line.Text.Contains("Failed to load resource", StringComparison.Ordinal))
                complaints.Add(line.Text);
        };
    }

    public IPage Page { get; }

    public ILocator Message => Page.Locator("#message");

    public ILocator Operation(string id) => Page.Locator($"[id$='-{id}']");

    public async Task SignInAsync(string brand, string email, string password)
    {
        await Page.Locator("#sign-in [name=brand]").FillAsync(brand);
        await Page.Locator("#sign-in [name=email]").FillAsync(email);
        await Page.Locator("#sign-in [name=password]").FillAsync(password);
        await Page.Locator("#sign-in [type=submit]").ClickAsync();
    }

    /// <summary>Opens an operation, fills in what is given, executes; the status that was answered.</summary>
    public async Task<int> ExecuteAsync(string operation, string? body, params (string Name, string Value)[] parameters)
    {
        await ReadyAsync();
        var block = Operation(operation);
        if (!await block.Locator(".opblock-body").IsVisibleAsync())
            await block.Locator(".opblock-summary-control").ClickAsync();
        await block.Locator(".try-out__btn").First.WaitForAsync();
        if (!await block.Locator("button.execute").IsVisibleAsync())
            await block.Locator(".try-out__btn").ClickAsync();
        foreach (var (name, value) in parameters)
            await block.Locator($"tr[data-param-name='{name}'] input").FillAsync(value);
        if (body is not null)
            await block.Locator("textarea.body-param__text").FillAsync(body);
        var answer = await Page.RunAndWaitForResponseAsync(
            () => block.Locator("button.execute").ClickAsync(),
            response => response.Request.ResourceType == "fetch"
        );
        // What was answered before may still stand there for a moment.
        await Page.Locator(
                $"[id$='-{operation}'] .live-responses-table .response-col_status",
                new() { HasText = $"{answer.Status}" }
            )
            .WaitForAsync();
        return answer.Status;
    }

    /// <summary>Until the page shows whole what it is to show.</summary>
    public Task ReadyAsync() =>
        Page.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });

    /// <summary>What the page says of an operation's answer, and what it offers next.</summary>
    public ILocator Said(string operation) => Operation(operation).Locator(".next-said");

    /// <summary>Goes on by a button that stands below an operation's answer.</summary>
    public Task GoOnAsync(string operation, string label) =>
        Operation(operation).Locator(".next-step", new() { HasText = label }).ClickAsync();

    public ILocator Field(string operation, string parameter) =>
        Operation(operation).Locator($"tr[data-param-name='{parameter}'] input");

    /// <summary>What was answered last, as it is shown.</summary>
    public ILocator Shown(string operation) => Operation(operation).Locator(".live-responses-table .highlight-code").First;

    /// <summary>Keeps what the tab shows, or all of one operation, as a picture beside the tests' other results.</summary>
    public async Task PictureAsync(string name, string? operation = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;
        var file = Path.Combine(folder, $"{name}.png");
        if (operation is null)
            await Page.ScreenshotAsync(new() { Path = file });
        else
            await Operation(operation).ScreenshotAsync(new() { Path = file, Style = ".bar { position: static }" });
    }

    public void MustBeQuiet() => Assert.Empty(complaints);
}
