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
        await Page.Locator("html[data-ready=true]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        var block = Operation(operation);
        await block.Locator(".opblock-summary-control").ClickAsync();
        await block.Locator(".try-out__btn").ClickAsync();
        foreach (var (name, value) in parameters)
            await block.Locator($"tr[data-param-name='{name}'] input").FillAsync(value);
        if (body is not null)
            await block.Locator("textarea.body-param__text").FillAsync(body);
        await block.Locator("button.execute").ClickAsync();
        var status = block.Locator(".live-responses-table tbody .response-col_status");
        return int.Parse((await status.InnerTextAsync()).Trim()[..3], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Keeps what the tab shows as a picture beside the tests' other results.</summary>
    public async Task PictureAsync(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    public void MustBeQuiet() => Assert.Empty(complaints);
}
