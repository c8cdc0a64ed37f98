using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Perks of members who are merged, parted, erased and exported.</summary>
public sealed class PerkHolders(Clouds clouds) : ApiTests(clouds)
{
    private static Task<Answer> Merge(Brand brand, string into, string from) =>
        brand.Post($"/v1/members/{into}/merge", new { from_member_id = from });

    private static Task<Answer> Unmerge(Brand brand, string into) => brand.Post($"/v1/members/{into}/unmerge", new { });

    [SkippableTheory, EveryEngine]
    public async Task Of_two_who_are_one_the_larger_use_counts(string engine)
    {
        var brand = await NewBrand(engine);
        var (perk, other) = (await brand.Perk(5), await brand.Perk(5));
        var (ann, bob) = (await brand.Holder("ann", perk, other), await brand.Holder("bob", perk, other));
        (await brand.Consume(ann, perk, 1)).Must(201);
        (await brand.Consume(bob, perk, 4)).Must(201);
        (await brand.Consume(bob, other, 2)).Must(201);

        (await Merge(brand, ann, bob)).Must(200);

        Assert.Equal(["1", "3"], (await brand.Get($"/v1/members/{ann}/perks")).Each("data", "left"));
        Assert.Equal(["m2026-01: 5/4/0", "m2026-01: 5/2/0"], await brand.Grants(ann));
        (await brand.Consume(bob, perk, 1)).Must(201);
        (await brand.Consume(bob, perk, 1)).MustRefuse(409, "perk_used_up");
        (await Unmerge(brand, ann)).Must(200);
        Assert.Equal(["m2026-01: 5/5/0"], await brand.Grants(ann));
        Assert.Equal(["m2026-01: 5/4/0", "m2026-01: 5/2/0"], await brand.Grants(bob));
        Assert.Equal(["1", "3"], (await brand.Get($"/v1/members/{bob}/perks")).Each("data", "left"));
    }

    // both stand on one tier, reached on different days: their terms differ
    [SkippableTheory, EveryEngine]
    public async Task Terms_of_two_who_are_one_do_not_add_up(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5, "term");
        await brand.GrowthPerUnit("order.paid");
        (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "silver",
                    rank = 1,
                    growth_threshold = 100,
                    perks = new[] { perk },
                }
            )
        ).Must(201);
        async Task<string> Silver(string name, string at) =>
            (await brand.Report(brand.Order(name, at, 10_000, completed: null))).Text("member_id");
        var ann = await Silver("ann", "2026-01-09T00:00:00Z");
        await brand.StandAt("2026-01-12T00:00:00Z");
        var bob = await Silver("bob", "2026-01-12T00:00:00Z");
        (await brand.Consume(bob, perk, 3)).Must(201);

        (await Merge(brand, ann, bob)).Must(200);

        Assert.Equal("5/3/0/2", await brand.Left(ann));
        (await brand.Consume(ann, perk, 2)).Must(201);
        (await brand.Consume(ann, perk)).MustRefuse(409, "perk_used_up");
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_set_aside_holds_up_a_merge_and_what_ran_out_does_not(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5);
        var (ann, bob) = (await brand.Holder("ann", perk), await brand.Holder("bob", perk));
        var kept = (await brand.Reserve(bob, perk, 2, ttl: 60)).Must(201);

        (await Merge(brand, ann, bob)).MustRefuse(409, "open_perk_reservation");
        (await Merge(brand, bob, ann)).MustRefuse(409, "open_perk_reservation");
        await brand.StandAt("2026-01-10T00:01:00Z");
        (await Merge(brand, ann, bob)).Must(200);

        Assert.Equal("5/0/0/5", await brand.Left(ann));
        (await brand.Resolve(kept, "commit")).MustRefuse(409, "reservation_expired");
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_is_erased_has_nothing_set_aside_and_uses_nothing(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5);
        var ann = await brand.Holder("ann", perk);
        var kept = (await brand.Reserve(ann, perk)).Must(201);

        (await brand.Delete($"/v1/members/{ann}")).Must(204);

        (await brand.Consume(ann, perk)).MustRefuse(409, "erased_member");
        (await brand.Resolve(kept, "commit")).MustRefuse(409, "erased_member");
        Assert.Equal("released", (await brand.Get($"/v1/perk-reservations/{kept.Text("id")}")).Text("state"));
        Assert.Equal(["m2026-01: 5/0/0"], await brand.Grants(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_export_has_grants_and_uses_with_their_codes(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5, kind: "partner_code");
        var ann = await brand.Holder("ann", perk);
        (await brand.Post($"/v1/perks/{perk}/codes", new { codes = new[] { "a", "b", "c" } })).Must(201);
        var used = (await brand.Consume(ann, perk, 2)).Must(201);
        (await brand.Reserve(ann, perk)).Must(201);

        var export = (await brand.Get($"/v1/members/{ann}/export")).Must(200);

        Assert.Equal(
            (perk, "m2026-01", 2),
            (export.Text("perk_grants.0.perk_id"), export.Text("perk_grants.0.period"), export.Number("perk_grants.0.used"))
        );
        Assert.Equal(used.Raw, export.At("perk_reservations.0")!.ToJsonString());
        Assert.Equal(["committed", "reserved"], export.Each("perk_reservations", "state"));
        Assert.Equal(["a", "b"], export.At("perk_reservations.0.codes")!.AsArray().Select(c => (string)c!));
    }
}
