using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Tenancy;

/// <summary>Two brands on one database never see each other.</summary>
public sealed class Isolation(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Another_brands_ids_are_unknown_in_paths_and_in_bodies(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var ann = await theirs.Member("ann", new { tags = new[] { "vip" }, phone = "+8613800138000" });
        await theirs.Earn(ann, 100);
        var rule = await theirs.PointPerUnit();
        var tier = await theirs.Tier("base", 0, 0);
        await theirs.Report(theirs.Order("ann", "2026-01-09T00:00:00Z", no: "A-1"));
        object reference = new { type = "test", id = "x" };

        var answers = new[]
        {
            await mine.Get($"/v1/members/{ann}"),
            await mine.Patch($"/v1/members/{ann}", new { name = "Mine" }),
            await mine.Get($"/v1/members/{ann}/summary"),
            await mine.Get($"/v1/members/{ann}/points"),
            await mine.Get($"/v1/members/{ann}/points/entries"),
            await mine.Get($"/v1/members/{ann}/tier-history"),
            await mine.Get($"/v1/members/{ann}/identities"),
            await mine.Post($"/v1/members/{ann}/identities", new { channel = "c", subject = "s" }),
            await mine.Post($"/v1/members/{ann}/points/earn", new { amount = 1, reference }),
            await mine.Post($"/v1/members/{ann}/points/spend", new { amount = 1, reference }),
            await mine.Post($"/v1/members/{ann}/points/settle", new { reference }),
            await mine.Post("/v1/orders", mine.Order(null, "2026-01-09T00:00:00Z", memberId: ann)),
            await mine.Post(
                "/v1/events",
                new
                {
                    id = "e",
                    type = "check_in",
                    member_id = ann,
                    occurred_at = "2026-01-09T00:00:00Z",
                }
            ),
            await mine.Get("/v1/orders/A-1"),
            await mine.Post("/v1/orders/A-1/pay", "{}"),
            await mine.Post("/v1/orders/A-1/complete", "{}"),
            await mine.Post("/v1/orders/A-1/cancel", "{}"),
            await mine.Post("/v1/orders/A-1/settle", "{}"),
            await mine.Get($"/v1/earning-rules/{rule}"),
            await mine.Patch($"/v1/earning-rules/{rule}", new { active = false }),
            await mine.Get($"/v1/tiers/{tier}"),
            await mine.Patch($"/v1/tiers/{tier}", new { name = "Mine" }),
            await mine.Delete($"/v1/tiers/{tier}"),
            await mine.Delete($"/v1/keys/{theirs.KeyId}"),
        };

        Assert.All(answers, a => a.MustRefuse(404, "not_found"));
        Assert.Equal("100/100", await theirs.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_brands_rows_are_in_no_list_and_names_may_repeat(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var ann = await theirs.Member(
            "ann",
            new
            {
                tags = new[] { "vip" },
                phone = "+8613800138000",
                email = "ann@example.com",
            }
        );
        await theirs.Report(theirs.Order("ann", "2026-01-09T00:00:00Z", no: "A-1"));
        await theirs.PointPerUnit();
        await theirs.Tier("base", 0, 0);
        (await theirs.Post("/v1/attributes", new { name = "size", type = "number" })).Must(201);
        (await theirs.Post("/v1/currencies", new { code = "beans", name = "Beans" })).Must(201);

        foreach (
            var list in new[]
            {
                "members",
                "members?external_id=ann",
                "members?phone=%2B8613800138000",
                "members?email=ann@example.com",
                "members?tag=vip",
                "tiers",
                "earning-rules",
                "attributes",
                "jobs/ledger.verify/runs",
            }
        )
            Assert.Empty((await mine.Get($"/v1/{list}")).Must(200).At("data")!.AsArray());
        Assert.Equal(["points", "growth"], (await mine.Get("/v1/currencies")).Each("data", "code"));
        Assert.Single((await mine.Get("/v1/keys")).Each("data", "id"));

        await mine.Report(mine.Order("ann", "2026-01-09T00:00:00Z", no: "A-1"));
        Assert.NotEqual(ann, (await mine.Get("/v1/members?external_id=ann")).Text("data.0.id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Brands_may_use_the_same_idempotency_key(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var (ann, bob) = (await mine.Member("ann"), await theirs.Member("bob"));

        (await mine.Earn(ann, 1, key: "same")).Must(201);
        (await theirs.Earn(bob, 2, key: "same")).Must(201);

        Assert.Equal(("1/0", "2/0"), (await mine.Balance(ann), await theirs.Balance(bob)));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_header_that_names_another_brand_is_refused(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));

        (await mine.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("X-Tenant", theirs.Slug))).MustRefuse(
            403,
            "tenant_mismatch"
        );
        (await mine.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("X-Tenant", "nobody"))).MustRefuse(
            403,
            "tenant_mismatch"
        );
        (await mine.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("X-Tenant", mine.Slug))).Must(200);
    }
}
