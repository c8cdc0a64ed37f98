using MemberCloud.Api.Tests.Cloud;
using static Microsoft.Playwright.Assertions;

namespace MemberCloud.Browser.Tests;

/// <summary>The page at /swagger in a real browser: signing in, and only what the person may do.</summary>
public sealed class SwaggerUi(Clouds clouds, Chromium chromium) : IClassFixture<Clouds>, IClassFixture<Chromium>
{
    [SkippableFact]
    public async Task An_owner_signs_in_and_adjusts_a_members_points()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds));
        var shop = await Open("tea-house");
        await tab.Page.GotoAsync("/swagger");
        await Expect(tab.Operation("SignIn")).ToBeVisibleAsync();
        await tab.PictureAsync("1-before-signing-in");

        await tab.SignInAsync(shop.Slug, shop.OwnerEmail, Shop.Password);

        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("Owner · tea-house");
        await tab.PictureAsync("2-owner");
        // The member's id stands there already: the first of the list.
        var status = await tab.ExecuteAsync("AdjustPoints", """{ "amount": 120, "reason": "The parcel came late" }""");
        await tab.Operation("AdjustPoints").Locator(".responses-wrapper").ScrollIntoViewIfNeededAsync();
        await tab.PictureAsync("3-adjusted");
        Assert.Equal(201, status);
        Assert.Equal(120, (await shop.Points()).Number("available"));

        await tab.Page.Locator("#sign-out").ClickAsync();
        await Expect(tab.Page.Locator("#sign-in")).ToBeVisibleAsync();
        Assert.Null(await tab.Page.EvaluateAsync<string?>("sessionStorage.getItem('membercloud')"));
        tab.MustBeQuiet();
    }

    [SkippableFact]
    public async Task A_viewer_sees_no_adjustment_and_is_refused_when_forcing_it()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds));
        var shop = await Open("coffee-bar");
        var lin = await shop.InviteAsync("Lin Wei", "viewer");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, lin, Shop.Password);

        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("Lin Wei · Viewer");
        await Expect(tab.Operation("GetPoints")).ToBeVisibleAsync();
        await Expect(tab.Operation("AdjustPoints")).ToHaveCountAsync(0);
        await tab.PictureAsync("4-viewer");
        var token = await tab.Page.EvaluateAsync<string>("JSON.parse(sessionStorage.getItem('membercloud')).token");
        var forced = await tab.Page.EvaluateAsync<int>(
            """
            ([path, token]) => fetch(path, { method: "POST", body: '{ "amount": 5, "reason": "forced" }', headers: {
              Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": "forced-1" } }).then(r => r.status)
            """,
            new[] { $"/v1/members/{shop.Member}/points/adjust", token }
        );
        Assert.Equal(403, forced);
        Assert.Equal(0, (await shop.Points()).Number("available"));
        tab.MustBeQuiet();
    }

    [SkippableFact]
    public async Task A_wrong_password_is_told_in_words_and_a_key_shows_what_its_scopes_allow()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds), "zh-CN");
        var shop = await Open("book-shop");
        var key = (await shop.Owner.Post("/v1/keys", new { name = "till", scopes = new[] { "members:read", "points:read" } }))
            .Must(201)
            .Text("secret");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, shop.OwnerEmail, "not the password");

        await Expect(tab.Message).ToContainTextAsync("wrong");
        await tab.PictureAsync("5-wrong-password");
        await tab.Page.Locator("[data-switch=key]").ClickAsync();
        await tab.Page.Locator("#use-key [name=key]").FillAsync(key);
        await tab.Page.Locator("#use-key [type=submit]").ClickAsync();
        await Expect(tab.Page.Locator("#who")).ToContainTextAsync(key[^4..]);
        await Expect(tab.Operation("GetPoints")).ToBeVisibleAsync();
        await Expect(tab.Operation("SpendPoints")).ToHaveCountAsync(0);
        Assert.Equal(200, await tab.ExecuteAsync("GetMember", null));
        await tab.PictureAsync("6-key-in-chinese");
        tab.MustBeQuiet();
    }

    private Task<Shop> Open(string slug) => Shop.OpenAsync(clouds, slug);
}
