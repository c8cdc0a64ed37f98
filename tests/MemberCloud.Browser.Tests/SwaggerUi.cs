using MemberCloud.Api.Tests.Cloud;
using static Microsoft.Playwright.Assertions;

namespace MemberCloud.Browser.Tests;

/// <summary>The page at /swagger in a real browser: signing in, and only what the person may do.</summary>
public sealed class SwaggerUi(Clouds clouds, Chromium chromium) : IClassFixture<Clouds>, IClassFixture<Chromium>
{
    private const string Password = "three green kettles";

    private sealed record Shop(TestCloud Cloud, string Slug, Caller Owner, string Member)
    {
        public Uri Url => Owner.Http.BaseAddress!;

        public Task<Answer> Points() => Owner.Get($"/v1/members/{Member}/points");
    }

    [SkippableFact]
    public async Task An_owner_signs_in_and_adjusts_a_members_points()
    {
        var tab = await chromium.OpenAsync((await Cloud()).ToString());
        var shop = await Open("tea-house");
        await tab.Page.GotoAsync("/swagger");
        await Expect(tab.Operation("SignIn")).ToBeVisibleAsync();
        await tab.PictureAsync("1-before-signing-in");

        await tab.SignInAsync(shop.Slug, "owner@tea-house.example", Password);

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
        var tab = await chromium.OpenAsync((await Cloud()).ToString());
        var shop = await Open("coffee-bar");
        var viewer = (
            await shop.Owner.Post(
                "/v1/staff",
                new
                {
                    name = "Lin Wei",
                    email = "lin@coffee-bar.example",
                    role = "viewer",
                }
            )
        ).Must(201);
        await Accept(shop.Cloud, viewer.Text("invitation.token"), null);
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, "lin@coffee-bar.example", Password);

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
        var tab = await chromium.OpenAsync((await Cloud()).ToString(), "zh-CN");
        var shop = await Open("book-shop");
        var key = (await shop.Owner.Post("/v1/keys", new { name = "till", scopes = new[] { "members:read", "points:read" } }))
            .Must(201)
            .Text("secret");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, "owner@book-shop.example", "not the password");

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

    private async Task<Uri> Cloud() => (await clouds.On("sqlite")).Nobody.Http.BaseAddress!;

    private async Task<Shop> Open(string slug)
    {
        var cloud = await clouds.On("sqlite");
        var made = (
            await cloud.Operator.Post(
                "/platform/v1/tenants",
                new
                {
                    slug,
                    name = slug,
                    time_zone = "Asia/Shanghai",
                    currency = "CNY",
                    locale = "en",
                    mode = "live",
                },
                key: null
            )
        ).Must(201);
        var session = await Accept(cloud, made.Text("owner.token"), $"owner@{slug}.example");
        var owner = new Caller(cloud.Host.Client(session.Text("token")));
        var key = new Caller(cloud.Host.Client(made.Text("api_key.secret")));
        var member = (await key.Put("/v1/members/by-external-id/li-lei", new { name = "Li Lei" })).Must(201).Text("id");
        return new(cloud, slug, owner, member);
    }

    private static async Task<Answer> Accept(TestCloud cloud, string token, string? email) =>
        (
            await cloud.Nobody.Post(
                "/v1/staff/invitations/accept",
                new
                {
                    token,
                    password = Password,
                    email,
                },
                key: null
            )
        ).Must(200);
}
