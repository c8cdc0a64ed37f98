using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Points set aside, and the one thing that becomes of it.</summary>
public sealed class HoldLife(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";

    private static Task<Answer> Hold(Brand brand, string member, long amount, int seconds = 3600, string? currency = null) =>
        brand.Post(
            $"/v1/members/{member}/points/holds",
            new
            {
                amount,
                currency,
                ttl_seconds = seconds,
                reference = new { type = "cart", id = "c-1" },
            }
        );

    private static async Task<string> Held(Brand brand, string member, long amount, int seconds = 3600) =>
        (await Hold(brand, member, amount, seconds)).Must(201).Text("id");

    private static Task<Answer> Capture(Brand brand, string hold, long? amount = null) =>
        brand.Post($"/v1/points/holds/{hold}/capture", new { amount });

    private static Task<Answer> Release(Brand brand, string hold) => brand.Post($"/v1/points/holds/{hold}/release", "{}");

    [SkippableTheory, EveryEngine]
    public async Task What_is_held_cannot_be_spent_and_a_capture_of_a_part_gives_the_rest_back(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100, expiresAt: "2026-05-01T00:00:00Z");
        await brand.Earn(ann, 50);

        var hold = await Held(brand, ann, 120);
        var points = await brand.Points(ann);
        Assert.Equal((30, 120), (points.Number("available"), points.Number("held")));
        (await brand.Spend(ann, 31)).MustRefuse(409, "points_insufficient");

        var captured = (await Capture(brand, hold, 70)).Must(200);
        Assert.Equal(("captured", 70, 50), (captured.Text("state"), captured.Number("captured"), captured.Number("released")));
        points = await brand.Points(ann);
        Assert.Equal((80, 0), (points.Number("available"), points.Number("held")));
        // Captured were those that end soonest: 30 of them went back, and 20 of those without an end.
        Assert.Equal("30 50", string.Join(' ', points.Each("lots", "remaining")));
        var second = (await Capture(brand, hold, 1)).MustRefuse(409, "hold_captured");
        Assert.Equal(70, second.Number("outcome.captured"));
        (await Release(brand, hold)).MustRefuse(409, "hold_captured");
        Assert.Equal("captured", (await brand.Get($"/v1/points/holds/{hold}")).Must(200).Text("state"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_hold_runs_out_by_itself_whether_a_job_runs_or_not(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        var hold = await Held(brand, ann, 60, seconds: 600);

        await brand.StandAt("2026-03-10T12:09:59Z");
        Assert.Equal("40/0", await brand.Balance(ann));
        await brand.StandAt("2026-03-10T12:10:00Z");
        Assert.Equal("100/0", await brand.Balance(ann));
        Assert.Equal("expired", (await brand.Get($"/v1/points/holds/{hold}")).Text("state"));
        var late = (await Capture(brand, hold)).MustRefuse(409, "hold_expired");
        Assert.Equal("2026-03-10T12:10:00Z", late.Text("outcome.resolved_at"));

        var moved = await brand.MoveTo("2026-03-10T12:30:00Z");
        Assert.Contains("points.holds", moved.Raw, StringComparison.Ordinal);
        Assert.Equal("2026-03-10T12:10:00Z", (await brand.Entries(ann)).Text("data.0.occurred_at"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Held_points_do_not_expire_and_those_released_after_their_end_expire_at_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100, expiresAt: "2026-03-12T00:00:00Z");
        var (kept, back) = (await Held(brand, ann, 40, 864_000), await Held(brand, ann, 25, 864_000));

        await brand.MoveTo("2026-03-13T00:00:00Z");
        var points = await brand.Points(ann);
        Assert.Equal((0, 65), (points.Number("available"), points.Number("held")));

        (await Capture(brand, kept)).Must(200);
        (await Release(brand, back)).Must(200);
        points = await brand.Points(ann);
        Assert.Equal((0, 0), (points.Number("available"), points.Number("held")));
        var entries = await brand.Entries(ann);
        Assert.Equal("expire release capture expire hold hold earn", string.Join(' ', entries.Each("data", "kind")));
        Assert.Equal("2026-03-13T00:00:00Z", entries.Text("data.0.occurred_at"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_holds_are_refused_and_change_nothing(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        var hold = await Held(brand, ann, 10);

        (await Hold(brand, ann, 0)).MustRefuse(400, "out_of_range");
        (await Hold(brand, ann, -1)).MustRefuse(400, "out_of_range");
        (await Hold(brand, ann, 1_000_000_000_001)).MustRefuse(400, "out_of_range");
        (await Hold(brand, ann, 5, seconds: 0)).MustRefuse(400, "out_of_range");
        (await Hold(brand, ann, 91)).MustRefuse(409, "points_insufficient");
        (await Hold(brand, ann, 5, currency: "growth")).MustRefuse(422, "currency_not_spendable");
        (await Hold(brand, ann, 5, currency: "beans")).MustRefuse(422, "currency_unknown");
        (await Capture(brand, hold, 11)).MustRefuse(422, "capture_above_hold");
        (await Capture(brand, hold, 0)).MustRefuse(400, "out_of_range");
        (await Capture(other, hold)).MustRefuse(404, "not_found");
        (await Release(other, hold)).MustRefuse(404, "not_found");
        (await other.Get($"/v1/points/holds/{hold}")).MustRefuse(404, "not_found");
        (await Hold(other, ann, 5)).MustRefuse(404, "not_found");

        Assert.Equal("90/0", await brand.Balance(ann));
        Assert.Equal("held", (await brand.Get($"/v1/points/holds/{hold}")).Text("state"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_many_who_resolve_a_hold_at_once_one_does(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);
        foreach (var _ in Enumerable.Range(0, 4))
        {
            var hold = await Held(brand, ann, 25);
            var answers = await AtOnce(16, i => i % 2 == 0 ? Capture(brand, hold, 5 + i) : Release(brand, hold));

            var won = Assert.Single(answers, a => a.Status == 200);
            var code = won.Text("state") == "captured" ? "hold_captured" : "hold_released";
            Assert.All(answers.Where(a => a != won), a => a.MustRefuse(409, code));
            Assert.All(answers.Where(a => a != won), a => Assert.Equal(won.Number("captured"), a.Number("outcome.captured")));
            await brand.Earn(ann, won.Number("captured") is > 0 and var spent ? spent : 1);
        }
        Assert.Equal(0, (await brand.Points(ann)).Number("held"));
        await brand.LedgerIsClean();
    }
}
