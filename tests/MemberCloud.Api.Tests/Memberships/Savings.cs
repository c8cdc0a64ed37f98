using MemberCloud.Api.Tests.Checkouts;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What a plan saves: before it is bought, on each cart, in all; and the receipt of what it cost.</summary>
public sealed class Savings(Clouds clouds) : ApiTests(clouds)
{
    /// <summary>Tea at 60.00, for members of the plan at 45.00; shipping free for them.</summary>
    private static async Task<string> PlusAsync(Brand brand)
    {
        await brand.Products("tea 6000");
        var perk = await brand.Perk(12, "term", kind: "free_shipping");
        var plan = await brand.Plan(price: 14_900, more: new { perks = new[] { perk } });
        await brand.PriceList(
            new { name = "PLUS", audience = new { plan_ids = new[] { plan } } },
            new { sku = "tea", price = 4500 }
        );
        return plan;
    }

    private static object Teas(string member, int quantity = 2) =>
        Shop.Cart(member, [Shop.Line("1", "tea", quantity)], shipping: 1000);

    [SkippableTheory, EveryEngine]
    public async Task A_quote_says_what_a_plan_would_save_and_what_it_does(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var plan = await PlusAsync(brand);
        var ann = await brand.Member("ann");

        var before = (await brand.Post("/v1/quotes", Teas(ann))).Must(200);
        Assert.Equal((13_000, 0), (before.Number("totals.payable"), before.Number("plans_save")));
        Assert.Equal(
            ("plan_saves", 4000, 14_900, plan, ""),
            (
                before.Text("nudges.0.code"),
                before.Number("nudges.0.saves"),
                before.Number("nudges.0.needs"),
                before.Text("nudges.0.plan_id"),
                before.Text("nudges.0.coupon_id")
            )
        );
        (await brand.Buy(ann, plan)).Must(201);
        var after = (await brand.Post("/v1/quotes", Teas(ann))).Must(200);
        Assert.Equal((9000, 4000), (after.Number("totals.payable"), after.Number("plans_save")));
        Assert.Empty(after.At("nudges")!.AsArray());
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_reads_what_plans_saved_so_far(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var plan = await PlusAsync(brand);
        var caller = await brand.MemberCaller("ann");
        var ann = (await caller.Get("/v1/me")).Must(200).Text("member.id");
        var none = (await caller.Get("/v1/me/savings")).Must(200);
        Assert.Equal((0, 0), (none.Number("total"), none.Number("paid")));
        (await brand.Buy(ann, plan)).Must(201);

        foreach (var no in new[] { "A-1", "A-2" })
            (await brand.Commit(await brand.Opened(Teas(ann)), no, Shop.Now)).Must(200);
        (await brand.Refund("A-2", "R-1", ("1", 1))).Must(201);

        var saved = (await caller.Get("/v1/me/savings")).Must(200);
        Assert.Equal(
            (6000, 6000, 0, 14_900),
            (saved.Number("total"), saved.Number("orders"), saved.Number("coupons"), saved.Number("paid"))
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task An_invoice_is_a_page_that_runs_nothing(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var plan = await brand.Plan("PLUS & \"more\"", 14_900);
        var ann = await brand.MemberCaller("ann");
        var id = (await ann.Get("/v1/me")).Must(200).Text("member.id");
        (await brand.Buy(id, plan)).Must(201);
        var invoice = (await ann.Get("/v1/me/invoices")).Must(200).Text("data.0.id");

        var page = (await ann.Get($"/v1/me/invoices/{invoice}/receipt")).Must(200);

        Assert.Equal("text/html", page.MediaType);
        Assert.StartsWith("default-src 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains("PLUS &amp; &quot;more&quot;", page.Raw, StringComparison.Ordinal);
        Assert.Contains(">149.00<", page.Raw, StringComparison.Ordinal);
        Assert.Contains("INV-000001", page.Raw, StringComparison.Ordinal);
        Assert.Contains("2026-03-10 – 2027-03-10", page.Raw, StringComparison.Ordinal);
        var theirs = await brand.MemberCaller("eve");
        (await theirs.Get($"/v1/me/invoices/{invoice}/receipt")).MustRefuse(404, "not_found");
        Assert.Equal(page.Raw, (await brand.Get($"/v1/members/{id}/invoices/{invoice}/receipt")).Must(200).Raw);
    }
}
