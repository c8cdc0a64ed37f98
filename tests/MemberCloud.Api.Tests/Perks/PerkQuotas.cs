using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Which perks members have by tier and plan, how much of each, and when that begins anew. The calendar itself is the rules' own table.</summary>
public sealed class PerkQuotas(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_tier_and_a_plan_entitle_and_what_both_give_is_given_once(string engine)
    {
        var brand = await NewBrand(engine);
        var (shared, ofPlan, ofTier) = (await brand.Perk(2), await brand.Perk(), await brand.Perk(kind: "member_price"));
        var entry = (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "base",
                    rank = 0,
                    growth_threshold = 0,
                    perks = new[] { shared, ofTier },
                }
            )
        ).Must(201);
        var ann = await brand.Holder("ann", shared, ofPlan);

        var perks = (await brand.Get($"/v1/members/{ann}/perks")).Must(200);

        Assert.Equal([shared, ofPlan, ofTier], perks.Each("data", "id"));
        Assert.Equal(["2", "1", "null"], perks.Each("data", "left"));
        Assert.Equal((entry.Text("id"), "tier"), (perks.Text("data.0.sources.0.id"), perks.Text("data.0.sources.0.type")));
        Assert.Equal(
            ("plan", "2027-01-10T00:00:00Z"),
            (perks.Text("data.0.sources.1.type"), perks.Text("data.0.sources.1.until"))
        );
        Assert.Equal("2026-01-31T16:00:00Z", perks.Text("data.0.resets_at"));
        Assert.Null(perks.At("data.0.ends_at"));
        Assert.Equal("2027-01-10T00:00:00Z", perks.Text("data.1.ends_at"));
        (await brand.Consume(ann, shared, 2)).Must(201);
        (await brand.Consume(ann, shared)).MustRefuse(409, "perk_used_up");
        Assert.Equal(["0", "1", "null"], (await brand.Get($"/v1/members/{ann}/perks")).Each("data", "left"));
        Assert.Equal(["0", "1", "null"], (await brand.Summary(ann)).Each("perks", "left"));
        Assert.Equal(["2", "null"], (await brand.Get($"/v1/members/{await brand.Member("bob")}/perks")).Each("data", "left"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_plan_lifts_to_a_tier_and_its_perks_while_it_is_in_force(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk();
        var gold = (
            await brand.Post(
                "/v1/tiers",
                new
                {
                    name = "gold",
                    rank = 2,
                    growth_threshold = 900,
                    perks = new[] { perk },
                }
            )
        ).Must(201).Text("id");
        var ann = await brand.Member("ann");
        await brand.Hold(ann, [], until: "2026-02-01T00:00:00Z", tier: gold);

        Assert.Equal("1/0/0/1", await brand.Left(ann));
        Assert.Equal(
            [gold],
            (await brand.Get($"/v1/members/{ann}/perks")).At("data.0.sources")!.AsArray().Select(s => (string)s!["id"]!)
        );
        await brand.StandAt("2026-02-01T00:00:00Z");
        Assert.Empty((await brand.Get($"/v1/members/{ann}/perks")).Each("data", "id"));
        (await brand.Consume(ann, perk)).MustRefuse(409, "perk_not_held");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_tiers_perks_are_changed_and_must_be_the_brands(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var (own, other) = (await brand.Perk(), await theirs.Perk());
        object With(params string[] perks) =>
            new
            {
                name = "base",
                rank = 0,
                growth_threshold = 0,
                perks,
            };

        (await brand.Post("/v1/tiers", With(other))).MustRefuse(422, "perk_unknown");
        (await brand.Post("/v1/tiers", With(own, own))).MustRefuse(400, "duplicate");
        var tier = (await brand.Post("/v1/tiers", With(own))).Must(201);
        var path = $"/v1/tiers/{tier.Text("id")}";
        (await brand.Patch(path, new { perks = new[] { other } })).MustRefuse(422, "perk_unknown");
        (await brand.Patch(path, new { perks = new[] { own, own } })).MustRefuse(400, "duplicate");
        Assert.Equal(own, (await brand.Patch(path, new { name = "entry" })).Must(200).Text("perks.0"));
        Assert.Empty((await brand.Patch(path, new { perks = Array.Empty<string>() })).Must(200).At("perks")!.AsArray());
    }

    // month |  January    February    March     April
    // takes |  2 of 3     -           -         all
    // grant |  3          3 + 1       3 + 4     3 + 4 (at most 4 go over)
    [SkippableTheory, EveryEngine]
    public async Task What_is_left_goes_over_months_in_which_nothing_was_written_too(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(3, rollover: 4);
        var ann = await brand.Holder("ann", perk);

        (await brand.Consume(ann, perk, 2)).Must(201);
        Assert.Equal("3/2/0/1", await brand.Left(ann));
        await brand.StandAt("2026-01-31T16:00:00Z");
        Assert.Equal("4/0/0/4", await brand.Left(ann));
        await brand.StandAt("2026-02-28T16:00:00Z");
        Assert.Equal("7/0/0/7", await brand.Left(ann));
        await brand.StandAt("2026-03-31T16:00:00Z");
        Assert.Equal("7/0/0/7", await brand.Left(ann));
        (await brand.Consume(ann, perk, 8)).MustRefuse(409, "perk_used_up");
        (await brand.Consume(ann, perk, 7)).Must(201);
        Assert.Equal("7/7/0/0", await brand.Left(ann));
        await brand.StandAt("2026-04-30T16:00:00Z");
        Assert.Equal("3/0/0/3", await brand.Left(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_change_of_the_perk_changes_nothing_that_was_granted(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(2);
        var (ann, bob) = (await brand.Holder("ann", perk), await brand.Holder("bob", perk));
        (await brand.Consume(ann, perk)).Must(201);

        (await brand.Patch($"/v1/perks/{perk}", new { quantity = 9 })).Must(200);
        Assert.Equal(("2/1/0/1", "9/0/0/9"), (await brand.Left(ann), await brand.Left(bob)));
        (await brand.Patch($"/v1/perks/{perk}", new { active = false })).Must(200);
        Assert.Equal(("2/1/0/1", "0/0/0/0"), (await brand.Left(ann), await brand.Left(bob)));
        (await brand.Consume(bob, perk)).MustRefuse(409, "perk_used_up");
        (await brand.Consume(ann, perk)).Must(201);
        await brand.StandAt("2026-02-01T00:00:00Z");
        Assert.Equal("0/0/0/0", await brand.Left(ann));
    }

    // once is once, also when the plan lapsed and was bought again; a term's grant is the new term's
    [SkippableTheory, EveryEngine]
    public async Task A_new_term_brings_a_new_grant_and_once_stays_once(string engine)
    {
        var brand = await NewBrand(engine);
        var (term, once) = (await brand.Perk(period: "term"), await brand.Perk(period: "once"));
        var ann = await brand.Member("ann");
        await brand.Hold(ann, [term, once], until: "2026-02-10T00:00:00Z", family: "first");
        foreach (var perk in new[] { term, once })
        {
            (await brand.Consume(ann, perk)).Must(201);
            (await brand.Consume(ann, perk)).MustRefuse(409, "perk_used_up");
        }
        await brand.Hold(ann, [term, once], since: "2026-02-01T00:00:00Z", family: "second");
        await brand.StandAt("2026-02-05T00:00:00Z");
        (await brand.Consume(ann, term)).MustRefuse(409, "perk_used_up"); // the first is held still: never the sum

        await brand.StandAt("2026-02-10T00:00:00Z");

        (await brand.Consume(ann, term)).Must(201);
        (await brand.Consume(ann, once)).MustRefuse(409, "perk_used_up");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_sees_their_own_perks(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Holder("ann", await brand.Perk(config: new { text = "Towels" }));
        var me = await brand.MemberCaller("ann");

        var mine = (await me.Get("/v1/me/perks")).Must(200);

        Assert.Equal((await brand.Get($"/v1/members/{ann}/perks")).Raw, mine.Raw);
        Assert.Equal("Towels", mine.Text("data.0.config.text"));
        Assert.Equal(["1"], (await me.Get("/v1/me")).Must(200).Each("perks", "left"));
    }
}
