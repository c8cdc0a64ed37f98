using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>All that is held on a person.</summary>
public sealed class Exports(Clouds clouds) : ApiTests(clouds)
{
    private static async Task Rules(Brand brand)
    {
        await brand.PointPerUnit();
        await brand.GrowthPerUnit();
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 50);
        await brand.Rule(
            new
            {
                name = "check-in",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 3 },
                caps = new { per_day = 5 },
            }
        );
    }

    private static async Task<string> Live(Brand brand, string who)
    {
        var id = await brand.Member(
            who,
            new
            {
                name = who,
                phone = "+8613800138000",
                tags = new[] { $"tag of {who}" },
            }
        );
        (await brand.Post($"/v1/members/{id}/identities", new { channel = "wechat", subject = $"openid of {who}" })).Must(201);
        object terms = new
        {
            purpose = "terms",
            text_version = "1",
            granted = true,
            proof = $"proof of {who}",
        };
        (await brand.Post($"/v1/members/{id}/consents", terms)).Must(201);
        await brand.Report(brand.Order(who, "2026-01-09T00:00:00Z", no: $"order of {who}"));
        object checkIn = new
        {
            id = $"event of {who}",
            type = "check_in",
            member_id = id,
            occurred_at = "2026-01-09T00:00:00Z",
        };
        (await brand.Post("/v1/events", checkIn)).Must(200);
        (await brand.Spend(id, 2, $"spend of {who}")).Must(201);
        return id;
    }

    [SkippableTheory, EveryEngine]
    public async Task Everything_is_in_it_and_nobody_elses(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        await Rules(brand);
        var ann = await Live(brand, "ann");
        await Live(brand, "bob");

        var all = (await brand.Get($"/v1/members/{ann}/export")).Must(200);

        Assert.Equal(
            ("ann", "+8613800138000", "tag of ann"),
            (all.Text("member.name"), all.Text("member.phone"), all.Text("member.tags.0"))
        );
        Assert.Equal("openid of ann", all.Text("identities.0.subject"));
        Assert.Equal("proof of ann", all.Text("consents.0.proof"));
        Assert.Equal(["growth", "points"], all.Each("accounts", "currency"));
        Assert.Equal(["100", "1"], all.Each("accounts", "available"));
        Assert.Equal(["0", "100"], all.Each("accounts", "pending"));
        Assert.Equal(3, all.At("lots")!.AsArray().Count);
        Assert.Equal(["earn", "earn", "earn", "spend"], all.Each("entries", "kind"));
        Assert.Equal(["day:2026-01-09"], all.Each("caps", "period"));
        Assert.Equal(("order of ann", "tea"), (all.Text("orders.0.order_no"), all.Text("orders.0.lines.0.sku")));
        Assert.Equal(2, all.At("orders.0.earned")!.AsArray().Count);
        Assert.Equal(("event of ann", 3), (all.Text("events.0.id"), (int)all.Number("events.0.earned.0.amount")));
        Assert.NotNull(all.At("tier.tier_id"));
        Assert.Equal(["upgraded"], all.Each("tier_history", "kind"));
        Assert.DoesNotContain("of bob", all.Raw);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_long_life_comes_whole(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        await brand.PointPerUnit();
        var orders = Enumerable.Range(0, 450).Select(i => brand.Order("ann", "2026-01-09T00:00:00Z", no: $"A-{i}"));
        (await brand.Post("/v1/orders/bulk", new { orders }, key: null)).Must(200);
        var ann = await brand.Member("ann");

        var all = (await brand.Get($"/v1/members/{ann}/export")).Must(200);

        Assert.Equal(450, all.Each("orders", "order_no").Distinct().Count());
        Assert.Equal(450, all.At("entries")!.AsArray().Count);
    }
}
