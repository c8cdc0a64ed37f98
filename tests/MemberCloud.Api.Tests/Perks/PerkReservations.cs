using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Perks;
using MemberCloud.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Some of a perk set aside: used, given back, or run out, once.</summary>
public sealed class PerkReservations(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task What_is_reserved_is_used_or_given_back(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5, value: 300);
        var ann = await brand.Holder("ann", perk);

        var asked = new { quantity = 2, reference = new { type = "visit", id = "v-1" } };
        var reserved = (await brand.Post($"/v1/members/{ann}/perks/{perk}/reserve", asked)).Must(201);
        Assert.StartsWith("prs_", reserved.Text("id"));
        Assert.Equal(
            ("reserved", ann, perk, 2, 600, "v-1", "2026-01-10T00:15:00Z"),
            (
                reserved.Text("state"),
                reserved.Text("member_id"),
                reserved.Text("perk_id"),
                (int)reserved.Number("quantity"),
                (int)reserved.Number("value"),
                reserved.Text("reference.id"),
                reserved.Text("expires_at")
            )
        );
        Assert.Equal("5/0/2/3", await brand.Left(ann));
        var back = (await brand.Reserve(ann, perk)).Must(201);
        (await brand.Reserve(ann, perk, 3)).MustRefuse(409, "perk_used_up");
        Assert.Equal("committed", (await brand.Resolve(reserved, "commit")).Must(200).Text("state"));
        Assert.Equal("released", (await brand.Resolve(back, "release")).Must(200).Text("state"));

        Assert.Equal("5/2/0/3", await brand.Left(ann));
        var read = (await brand.Get($"/v1/perk-reservations/{reserved.Text("id")}")).Must(200);
        Assert.Equal(("committed", "2026-01-10T00:00:00Z"), (read.Text("state"), read.Text("resolved_at")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_reservation_has_one_outcome_which_the_second_is_told(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(9);
        var ann = await brand.Holder("ann", perk);
        var used = (await brand.Reserve(ann, perk)).Must(201);
        var back = (await brand.Reserve(ann, perk)).Must(201);
        var late = (await brand.Reserve(ann, perk, ttl: 60)).Must(201);
        (await brand.Resolve(used, "commit")).Must(200);
        (await brand.Resolve(back, "release")).Must(200);
        await brand.StandAt("2026-01-10T00:01:00Z");

        foreach (var how in new[] { "commit", "release" })
        foreach (var (one, state) in new[] { (used, "committed"), (back, "released"), (late, "expired") })
        {
            var refused = (await brand.Resolve(one, how)).MustRefuse(409, $"reservation_{state}");
            Assert.Equal((one.Text("id"), state), (refused.Text("outcome.id"), refused.Text("outcome.state")));
        }
        Assert.Equal("2026-01-10T00:01:00Z", (await brand.Get($"/v1/perk-reservations/{late.Text("id")}")).Text("resolved_at"));
        Assert.Equal("9/1/0/8", await brand.Left(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Time_runs_out_whether_or_not_the_job_has_run(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(1);
        var ann = await brand.Holder("ann", perk);
        var first = (await brand.Reserve(ann, perk, ttl: 60)).Must(201);
        (await brand.Reserve(ann, perk)).MustRefuse(409, "perk_used_up");

        await brand.StandAt("2026-01-10T00:01:00Z");

        Assert.Equal("1/0/0/1", await brand.Left(ann));
        Assert.Equal("expired", (await brand.Get($"/v1/perk-reservations/{first.Text("id")}")).Text("state"));
        (await brand.Reserve(ann, perk, ttl: 60)).Must(201);
        var run = (await brand.Post("/v1/jobs/perks.release/run")).Must(200);
        Assert.Equal(0, run.Number("changed"));
        await brand.MoveTo("2026-01-10T00:05:00Z");
        Assert.Equal("1/0/0/1", await brand.Left(ann));
        Assert.Equal(0, (await brand.Post("/v1/jobs/perks.release/run")).Must(200).Number("looked"));
    }

    // month |  January                | February
    //       |  reserve 2 of 3 --------|-- release: January has 3 again, February has what went over then: 1
    [SkippableTheory, EveryEngine]
    public async Task A_release_after_the_reset_goes_to_the_old_grant(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(3, rollover: 3);
        var ann = await brand.Holder("ann", perk);
        var old = (await brand.Reserve(ann, perk, 2, ttl: 2_678_400)).Must(201);
        var used = (await brand.Reserve(ann, perk, 1, ttl: 2_678_400)).Must(201);
        await brand.StandAt("2026-02-01T00:00:00Z");
        (await brand.Consume(ann, perk)).Must(201);
        Assert.Equal("3/1/0/2", await brand.Left(ann));

        (await brand.Resolve(old, "release")).Must(200);
        (await brand.Resolve(used, "commit")).Must(200);

        Assert.Equal("3/1/0/2", await brand.Left(ann));
        var grants = await brand.Grants(ann);
        Assert.Equal(["m2026-01: 3/1/0", "m2026-02: 3/1/0"], grants);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_set_aside_can_be_used_when_the_perk_is_held_no_more(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk();
        var ann = await brand.Member("ann");
        await brand.Hold(ann, [perk], until: "2026-01-11T00:00:00Z");
        var kept = (await brand.Reserve(ann, perk, ttl: 200_000)).Must(201);
        await brand.StandAt("2026-01-11T00:00:00Z");

        (await brand.Reserve(ann, perk)).MustRefuse(409, "perk_not_held");

        (await brand.Resolve(kept, "commit")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_used_is_refused_and_changes_nothing(string engine)
    {
        var (brand, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var always = await brand.Perk(kind: "points_multiplier", config: new { multiplier_bp = 20_000 });
        var (perk, unheld) = (await brand.Perk(), await brand.Perk());
        var ann = await brand.Holder("ann", perk, always);
        var (bob, other) = (await theirs.Member("bob"), await theirs.Perk());
        var reserved = (await brand.Reserve(ann, perk)).Must(201);

        foreach (var how in new[] { "reserve", "consume" })
        {
            Task<Answer> Ask(Caller who, string member, string of, string body = "{}") =>
                who.Post($"/v1/members/{member}/perks/{of}/{how}", body);
            (await Ask(brand, ann, always)).MustRefuse(422, "not_applicable");
            (await Ask(brand, ann, unheld)).MustRefuse(409, "perk_not_held");
            (await Ask(brand, ann, perk)).MustRefuse(409, "perk_used_up");
            (await Ask(brand, bob, perk)).MustRefuse(404, "not_found");
            (await Ask(brand, ann, other)).MustRefuse(404, "not_found");
            (await Ask(brand, "mem_1", perk)).MustRefuse(404, "not_found");
            (await Ask(theirs, ann, other)).MustRefuse(404, "not_found");
            (await Ask(brand, ann, perk, """{ "quantity": 0 }""")).MustRefuse(400, "out_of_range");
            (await Ask(brand, ann, perk, """{ "quantity": 1001 }""")).MustRefuse(400, "out_of_range");
            (await brand.Post($"/v1/members/{ann}/perks/{perk}/{how}", new { }, key: null)).MustRefuse(
                400,
                "idempotency_key_missing"
            );
        }
        (await brand.Reserve(ann, perk, ttl: 0)).MustRefuse(400, "out_of_range");
        foreach (var how in new[] { "commit", "release" })
        {
            (await theirs.Resolve(reserved, how)).MustRefuse(404, "not_found");
            (await brand.Post($"/v1/perk-reservations/prs_1/{how}", new { })).MustRefuse(404, "not_found");
            (await brand.Resolve(reserved, how, key: null)).MustRefuse(400, "idempotency_key_missing");
        }
        (await theirs.Get($"/v1/perk-reservations/{reserved.Text("id")}")).MustRefuse(404, "not_found");
        (await theirs.Get($"/v1/members/{ann}/perks")).MustRefuse(404, "not_found");
        Assert.Equal(["m2026-01: 1/0/1"], await brand.Grants(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_has_so_many_open_reservations_of_a_perk(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(1000);
        var ann = await brand.Holder("ann", perk);
        for (var i = 0; i < PerkWork.MaxOpen; i++)
            (await brand.Reserve(ann, perk)).Must(201);

        (await brand.Reserve(ann, perk)).MustRefuse(409, "too_many_reservations");
    }

    [SkippableTheory, EveryEngine]
    public async Task Twenty_at_once_take_a_quota_of_five_five_times(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5);
        var ann = await brand.Holder("ann", perk);

        var answers = await AtOnce(20, i => i % 2 == 0 ? brand.Consume(ann, perk) : brand.Reserve(ann, perk));

        Assert.Equal(5, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "perk_used_up"));
        Assert.EndsWith("/0", await brand.Left(ann));
        Assert.Single(await brand.Grants(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_many_who_resolve_at_once_one_does(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5);
        var ann = await brand.Holder("ann", perk);
        var reserved = (await brand.Reserve(ann, perk, 3)).Must(201);

        var answers = await AtOnce(10, i => brand.Resolve(reserved, i % 2 == 0 ? "commit" : "release"));

        var done = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != done), a => a.MustRefuse(409, $"reservation_{done.Text("state")}"));
        Assert.Equal(done.Text("state") == "committed" ? "5/3/0/2" : "5/0/0/5", await brand.Left(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_key_uses_once_also_at_once(string engine)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(5);
        var ann = await brand.Holder("ann", perk);

        var answers = await AtOnce(8, _ => brand.Consume(ann, perk, key: "visit-1"));

        Assert.Single(answers.Select(a => a.Must(201).Raw).Distinct());
        Assert.Equal("5/1/0/4", await brand.Left(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_value_used_of_a_membership_is_summed_as_it_was(string engine)
    {
        var brand = await NewBrand(engine);
        var (perk, free) = (await brand.Perk(5, value: 300), await brand.Perk(5));
        var ann = await brand.Member("ann");
        var membership = Ids.New();
        await brand.Hold(ann, [perk, free], membership: membership);
        (await brand.Consume(ann, perk, 2)).Must(201);
        (await brand.Consume(ann, free)).Must(201);
        (await brand.Reserve(ann, perk)).Must(201);
        Task<PerksUsed> Used(Guid of, int from, int now) =>
            brand.Inside(db => PerksUsed.OfAsync(db, of, Day(from), Day(now), default));
        static DateTime Day(int day) => new(2026, 1, day, 0, 0, 0, DateTimeKind.Utc);
        // What is set aside can still be used.
        Assert.Equal(new(4, 900), await Used(membership, 10, 10));
        (await brand.Patch($"/v1/perks/{perk}", new { value = 1000 })).Must(200);
        await brand.StandAt("2026-01-11T00:00:00Z");
        (await brand.Consume(ann, perk)).Must(201);

        Assert.Equal(new(4, 1600), await Used(membership, 10, 12));
        Assert.Equal(new(1, 1000), await Used(membership, 11, 12));
        Assert.Equal(new(0, 0), await Used(Ids.New(), 10, 12));
    }
}
