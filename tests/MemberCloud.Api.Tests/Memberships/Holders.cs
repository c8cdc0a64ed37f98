using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>What a plan in force opens to its members, and what becomes of it when members are joined or erased.</summary>
public sealed class Holders(Clouds clouds) : ApiTests(clouds)
{
    private Task<Brand> January(string engine) => NewBrand(engine, clock: "2026-01-31T09:00:00Z", zone: "UTC");

    private static async Task Price(Brand brand, object audience, int price)
    {
        var list = (
            await brand.Post(
                "/v1/price-lists",
                new
                {
                    name = "l",
                    audience,
                    priority = price,
                }
            )
        ).Must(201).Text("id");
        var entries = new[] { new { sku = "tea", price } };
        (await brand.Put($"/v1/price-lists/{list}/entries", new { entries })).Must(200);
    }

    /// <summary>What tea costs a member, told and quoted.</summary>
    private static async Task<(long Told, long Quoted)> Tea(Brand brand, string member)
    {
        var lines = new[]
        {
            new
            {
                id = "1",
                sku = "tea",
                quantity = 1,
            },
        };
        var told = (await brand.Get($"/v1/members/{member}/prices?sku=tea")).Must(200);
        var quoted = (await brand.Post("/v1/quotes", new { member_id = member, lines }, key: null)).Must(200);
        return (told.Number("data.0.member_price"), quoted.Number("totals.payable"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Prices_for_a_plan_and_for_the_tier_it_lifts_to_count_while_it_is_in_force(string engine)
    {
        var brand = await January(engine);
        var tier = await brand.Tier("gold", 1, 1_000_000);
        var plan = await brand.Plan(unit: "month", price: 3_000, more: new { tier_id = tier });
        var lifted = await brand.Plan("GOLD", unit: "month", price: 2_000, family: "gold", more: new { tier_id = tier });
        var tea = new[]
        {
            new
            {
                sku = "tea",
                name = "Tea",
                list_price = 1_000,
            },
        };
        (await brand.Put("/v1/products", new { products = tea })).Must(200);
        await Price(brand, new { plan_ids = new[] { plan } }, 700);
        await Price(brand, new { tier_ids = new[] { tier } }, 600);
        var (ann, bob, cid) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cid"));
        (await brand.Buy(ann, plan, renew: false)).Must(201);
        (await brand.Buy(cid, lifted, renew: false)).Must(201);

        // The plan's list has the higher priority; who has the tier alone gets the tier's.
        Assert.Equal((700, 700), await Tea(brand, ann));
        Assert.Equal((1_000, 1_000), await Tea(brand, bob));
        Assert.Equal((600, 600), await Tea(brand, cid));
        await brand.MoveTo("2026-02-28T09:00:00Z");
        Assert.Equal((1_000, 1_000), await Tea(brand, ann));
        Assert.Equal((1_000, 1_000), await Tea(brand, cid));
    }

    [SkippableTheory, EveryEngine]
    public async Task Coupons_for_a_plan_are_for_who_has_it_in_force(string engine)
    {
        var brand = await January(engine);
        var plan = await brand.Plan(unit: "month", price: 3_000);
        var template = await brand.Template(new { audience = new { plan_ids = new[] { plan } } });
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        (await brand.Buy(ann, plan, renew: false)).Must(201);

        (await brand.Claim(template, ann)).Must(201);
        (await brand.Claim(template, bob)).MustRefuse(409, "audience");
        await brand.MoveTo("2026-02-28T09:00:00Z");
        (await brand.Claim(template, ann)).MustRefuse(409, "audience");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_merge_adds_the_paid_time_of_the_one_to_the_others(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");
        var (plus, books) = (await brand.Plan(), await brand.Plan("BOOKS", family: "books"));
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var kept = (await brand.Buy(ann, plus)).Must(201).Text("id");
        await brand.MoveTo("2026-01-20T00:00:00Z");
        var gone = (await brand.Buy(bob, plus)).Must(201).Text("id");
        var moved = (await brand.Buy(bob, books)).Must(201).Text("id");

        (await brand.Post($"/v1/members/{ann}/merge", new { from_member_id = bob })).Must(200);

        // Ten days older: 355 days of its own and 365 of the other's.
        Assert.Equal("2028-01-10T00:00:00Z", (await brand.Membership(kept)).Text("paid_until"));
        Assert.Equal(
            ("revoked", "merged"),
            ((await brand.Membership(gone)).Text("state"), (await brand.Membership(gone)).Text("reason"))
        );
        Assert.Equal(
            ("active", ann),
            ((await brand.Membership(moved)).Text("state"), (await brand.Membership(moved)).Text("member_id"))
        );
        (await brand.Buy(bob, plus)).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_is_erased_is_charged_no_more(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-01-31T09:00:00Z", zone: "UTC");
        var plan = await brand.Plan(unit: "month", price: 3_000);
        var ann = await brand.Member("ann");
        var id = (await brand.Buy(ann, plan)).Must(201).Text("id");
        // Under way when the member goes: it comes back.
        (await brand.Buy(ann, plan, "fake_late")).Must(200);

        (await brand.Delete($"/v1/members/{ann}")).Must(204);
        Assert.Equal(
            ("revoked", "erased"),
            ((await brand.Membership(id)).Text("state"), (await brand.Membership(id)).Text("reason"))
        );
        (await brand.Buy(ann, plan)).MustRefuse(409, "erased_member");
        await brand.MoveTo("2026-04-01T00:00:00Z");

        Assert.Equal(2, await brand.Count<FakePayment>(p => p.Taken && p.RefundOf == null));
        Assert.Equal(1, await brand.Count<FakePayment>(p => p.RefundOf != null && p.Amount == 3_000));
    }
}
