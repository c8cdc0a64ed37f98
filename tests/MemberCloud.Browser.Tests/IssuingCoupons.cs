using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;
using static Microsoft.Playwright.Assertions;

namespace MemberCloud.Browser.Tests;

/// <summary>People who do not program give out coupons in Swagger UI: what is filled in runs as it stands, and each answer offers what comes next.</summary>
public sealed class IssuingCoupons(Clouds clouds, Chromium chromium) : IClassFixture<Clouds>, IClassFixture<Chromium>
{
    private const string Follow = "Reads how far a batch is";

    [SkippableFact]
    public async Task A_marketer_tries_an_issue_does_it_follows_the_batch_and_undoes_it()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds));
        var (shop, template) = await Open("flower-shop");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, await shop.InviteAsync("Mei", "marketer"), Shop.Password);

        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("Mei · Marketer");
        await tab.ReadyAsync();
        foreach (var allowed in new[] { "AddTemplate", "IssueCoupons", "GetBatch", "UndoBatch", "MakeCodes" })
            await Expect(tab.Operation(allowed)).ToHaveCountAsync(1);
        foreach (var others in new[] { "VoidCoupon", "ApproveBatch", "AdjustPoints", "InviteStaff", "ClaimCoupon" })
            await Expect(tab.Operation(others)).ToHaveCountAsync(0);
        await tab.PictureAsync("10-marketer");

        // As it stands: a template that is active, a tag, a key of its own, and dry_run.
        Assert.Equal(200, await tab.ExecuteAsync("IssueCoupons", null));
        await Expect(tab.Said("IssueCoupons")).ToHaveTextAsync("Tried. Nothing has changed.");
        await Expect(tab.Shown("IssueCoupons")).ToContainTextAsync("\"coupons\": 3");
        Assert.Equal(0, await Count(shop, template, "issued"));
        await tab.PictureAsync("11-tried", "IssueCoupons");
        var key = await tab.Field("IssueCoupons", "Idempotency-Key").InputValueAsync();

        await tab.GoOnAsync("IssueCoupons", "Do it now");
        await Expect(tab.Operation("IssueCoupons").Locator("textarea")).ToHaveValueAsync(new Regex("\"dry_run\": false"));
        Assert.Equal(202, await tab.ExecuteAsync("IssueCoupons", null));
        await Expect(tab.Field("IssueCoupons", "Idempotency-Key")).Not.ToHaveValueAsync(key);
        await Expect(tab.Operation("IssueCoupons").Locator("textarea")).ToHaveValueAsync(new Regex("\"dry_run\": true"));
        await tab.PictureAsync("12-issued", "IssueCoupons");

        await tab.GoOnAsync("IssueCoupons", Follow);
        await Expect(tab.Shown("GetBatch")).ToContainTextAsync("\"state\": \"queued\"");
        await Run(shop);
        await tab.GoOnAsync("GetBatch", "Look again");
        await Expect(tab.Shown("GetBatch")).ToContainTextAsync("\"state\": \"done\"");
        await Expect(tab.Shown("GetBatch")).ToContainTextAsync("\"issued\": 3");
        await tab.PictureAsync("13-followed", "GetBatch");

        await tab.GoOnAsync("GetBatch", "Takes back all coupons of a batch");
        var batch = await tab.Field("GetBatch", "id").InputValueAsync();
        await Expect(tab.Field("UndoBatch", "id")).ToHaveValueAsync(batch);
        Assert.Equal(202, await tab.ExecuteAsync("UndoBatch", """{ "reason": "Wrong tag" }"""));
        await Run(shop);
        await tab.GoOnAsync("UndoBatch", Follow);
        await Expect(tab.Shown("GetBatch")).ToContainTextAsync("\"state\": \"undone\"");
        await tab.PictureAsync("14-undone", "GetBatch");
        Assert.Equal((0, 3), (await Count(shop, template, "issued"), await Count(shop, template, "voided")));
        tab.MustBeQuiet();
    }

    [SkippableFact]
    public async Task A_viewer_sees_nothing_that_issues_and_is_refused_when_forcing_it()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds));
        var (shop, template) = await Open("bakery");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, await shop.InviteAsync("Lin Wei", "viewer"), Shop.Password);

        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("Lin Wei · Viewer");
        await tab.ReadyAsync();
        await Expect(tab.Operation("GetTemplate")).ToHaveCountAsync(1);
        foreach (
            var others in new[] { "AddTemplate", "ActivateTemplate", "IssueCoupons", "UndoBatch", "MakeCodes", "DownloadCodes" }
        )
            await Expect(tab.Operation(others)).ToHaveCountAsync(0);
        // Nor does an answer offer what they may not do.
        Assert.Equal(200, await tab.ExecuteAsync("GetTemplate", null));
        await Expect(tab.Operation("GetTemplate").Locator(".next-step")).ToHaveCountAsync(0);
        var forced = await tab.Page.EvaluateAsync<string>(
            """
            (path) => fetch(path, { method: "POST", body: '{ "tag": "newsletter", "reason": "forced" }', headers: {
              Authorization: `Bearer ${JSON.parse(sessionStorage.getItem("membercloud")).token}`, "Content-Type": "application/json",
              "Idempotency-Key": "forced-1" } }).then(async (r) => `${r.status} ${(await r.json()).code}`)
            """,
            $"/v1/coupon-templates/{template}/issue"
        );
        Assert.Equal("403 role_missing", forced);
        Assert.Empty((await shop.Owner.Get("/v1/batches")).Must(200).At("data")!.AsArray());
        tab.MustBeQuiet();
    }

    [SkippableFact]
    public async Task The_page_speaks_Chinese_to_who_reads_it_and_changes_its_language_at_a_click()
    {
        var tab = await chromium.OpenAsync(await Shop.UrlAsync(clouds), "zh-CN");
        var (shop, template) = await Open("tea-stall");
        await tab.Page.GotoAsync("/swagger");

        await tab.SignInAsync(shop.Slug, await shop.InviteAsync("小梅", "marketer"), Shop.Password);

        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("小梅 · 市场");
        await tab.ReadyAsync();
        await Expect(tab.Operation("IssueCoupons")).ToContainTextAsync("发放优惠券");
        await Expect(tab.Page.Locator("[data-tag='优惠券模板']")).ToBeVisibleAsync();
        await tab.PictureAsync("15-marketer-in-chinese");
        Assert.Equal(200, await tab.ExecuteAsync("IssueCoupons", null));
        await Expect(tab.Said("IssueCoupons")).ToHaveTextAsync("试算完成，未作任何更改。");
        await Expect(tab.Operation("IssueCoupons").Locator("button.execute")).ToHaveTextAsync("执行");
        await tab.PictureAsync("16-tried-in-chinese", "IssueCoupons");
        (await shop.Owner.Post($"/v1/coupon-templates/{template}/pause", new { })).Must(200);
        Assert.Equal(409, await tab.ExecuteAsync("IssueCoupons", null));
        await Expect(tab.Said("IssueCoupons")).ToHaveTextAsync(new Regex("被拒绝.*。.*[一-龥]"));
        await tab.PictureAsync("17-refused-in-chinese", "IssueCoupons");

        await tab.Page.Locator("#language").ClickAsync();
        await tab.ReadyAsync();
        await Expect(tab.Operation("IssueCoupons")).ToContainTextAsync("Gives coupons of a template to members");
        await Expect(tab.Page.Locator("#who")).ToContainTextAsync("Marketer");
        await tab.Page.ReloadAsync();
        await Expect(tab.Operation("IssueCoupons")).ToContainTextAsync("Gives coupons of a template to members");
        tab.MustBeQuiet();
    }

    /// <summary>A sandbox with three members who get the newsletter, an active template and a newer draft.</summary>
    private async Task<(Shop Shop, string Template)> Open(string slug)
    {
        var shop = await Shop.OpenAsync(clouds, slug, "sandbox");
        foreach (var name in new[] { "li-lei", "han-mei", "jim" })
            await shop.Key.Put($"/v1/members/by-external-id/{name}", new { tags = new[] { "newsletter" } });
        var active = (await Add(shop, "3 off")).Text("id");
        (await shop.Owner.Post($"/v1/coupon-templates/{active}/activate", new { })).Must(200);
        await Add(shop, "20 off for midsummer");
        return (shop, active);
    }

    private static async Task<Answer> Add(Shop shop, string name) =>
        (
            await shop.Owner.Post(
                "/v1/coupon-templates",
                new
                {
                    name,
                    kind = "amount_off",
                    amount_off = 300,
                    validity = new { days_after_claim = 7 },
                }
            )
        ).Must(201);

    private static async Task Run(Shop shop) => (await shop.Owner.Post("/v1/jobs/coupons.issue/run")).Must(200);

    private static async Task<long> Count(Shop shop, string template, string part) =>
        (await shop.Owner.Get($"/v1/coupon-templates/{template}")).Must(200).Number($"counts.{part}");
}
