using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>From a purchase to the end of its points, on a moving clock. Shanghai is UTC+8 without summer time.</summary>
public sealed class PointsLife(Clouds clouds) : ApiTests(clouds)
{
    private static readonly object OneMonth = new { policy = "months", months = 1 };

    // 10 March 12:00 bought, paid, completed -> pending; 17 March 12:00 settled; 17 April 24:00 gone.
    [SkippableTheory, EveryEngine]
    public async Task A_purchase_is_pending_then_settles_then_ends_and_reads_need_no_job(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T05:00:00Z");
        await brand.PointPerUnit(settleDays: 7, OneMonth);
        await brand.Report(brand.Order("ann", "2026-03-10T04:00:00Z", 10_099, "A-1"));
        var ann = await brand.Member("ann");

        Assert.Equal("0/100", await brand.Balance(ann));
        Assert.Equal("2026-03-17T04:00:00Z", (await brand.Points(ann)).Text("lots.0.available_at"));
        await brand.StandAt("2026-03-17T03:59:59Z");
        Assert.Equal("0/100", await brand.Balance(ann));
        await brand.StandAt("2026-03-17T04:00:00Z");
        Assert.Equal("100/0", await brand.Balance(ann));
        Assert.Equal("2026-04-17T16:00:00Z", (await brand.Points(ann)).Text("lots.0.expires_at"));
        Assert.Equal("settled", (await brand.Get("/v1/orders/A-1")).Text("earned.0.state"));
        await brand.StandAt("2026-04-17T15:59:59Z");
        Assert.Equal(100, (await brand.Summary(ann)).Number("points.available"));
        await brand.StandAt("2026-04-17T16:00:00Z");
        Assert.Equal("0/0", await brand.Balance(ann));
        Assert.Equal(0, (await brand.Summary(ann)).Number("points.available"));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_jobs_post_what_falls_due_at_its_own_instant(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T05:00:00Z");
        await brand.PointPerUnit(settleDays: 7, OneMonth);
        await brand.Report(brand.Order("ann", "2026-03-10T04:00:00Z"));
        var ann = await brand.Member("ann");

        var moved = await brand.MoveTo("2026-04-20T00:00:00Z");

        var entries = await brand.Entries(ann);
        Assert.Equal(["expire", "settle", "earn"], entries.Each("data", "kind"));
        Assert.Equal(
            ["2026-04-17T16:00:00Z", "2026-03-17T04:00:00Z", "2026-03-10T04:00:00Z"],
            entries.Each("data", "occurred_at")
        );
        Assert.Equal(
            ["2026-04-17T16:00:00Z", "2026-03-17T04:00:00Z", "2026-03-10T05:00:00Z"],
            entries.Each("data", "recorded_at")
        );
        Assert.Equal(["0", "100", "0"], entries.Each("data", "available_after"));
        Assert.Equal("2026-04-20T00:00:00Z", moved.Text("now"));
        Assert.Equal(
            [1L, 1L],
            moved
                .At("runs")!
                .AsArray()
                .Where(r => (string)r!["job"]! is "points.settle" or "points.expire")
                .Select(r => (long)r!["changed"]!)
        );
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_write_first_posts_what_fell_due_though_no_job_ran(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-10T05:00:00Z");
        await brand.PointPerUnit(settleDays: 7);
        await brand.Report(brand.Order("ann", "2026-03-10T04:00:00Z"));
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 40, expiresAt: "2026-03-15T00:00:00Z")).Must(201);
        (await brand.Spend(ann, 41)).MustRefuse(409, "points_insufficient");

        await brand.StandAt("2026-03-18T00:00:00Z");
        Assert.Equal(70, (await brand.Spend(ann, 30)).Must(201).Number("available_after"));

        var entries = await brand.Entries(ann);
        Assert.Equal(["spend", "settle", "expire", "earn", "earn"], entries.Each("data", "kind"));
        Assert.Equal(["70", "100", "0", "40", "0"], entries.Each("data", "available_after"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_overdue_when_a_move_begins_is_done_before_time_goes_on(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-20T00:00:00Z");
        await brand.PointPerUnit(settleDays: 7);
        await brand.Report(brand.Order("ann", "2026-03-10T04:00:00Z"));
        var ann = await brand.Member("ann");

        await brand.MoveTo("2026-03-23T00:00:00Z");

        var settle = (await brand.Entries(ann)).At("data.0")!;
        Assert.Equal("settle", (string?)settle["kind"]);
        Assert.Equal("2026-03-17T04:00:00Z", (string?)settle["occurred_at"]);
        Assert.Equal("2026-03-20T00:00:00Z", (string?)settle["recorded_at"]);
    }

    // 2026-03-08 02:00 -> 03:00 in New York; 2026-11-01 02:00 -> 01:00.
    [SkippableTheory]
    [InlineData("sqlite", "2026-03-01T07:30:00Z", "2026-03-08T07:00:00Z")] // 02:30 does not exist: the first instant that does
    [InlineData("postgres", "2026-03-01T07:30:00Z", "2026-03-08T07:00:00Z")]
    [InlineData("sqlite", "2026-10-25T05:30:00Z", "2026-11-01T05:30:00Z")] // 01:30 comes twice: the first
    [InlineData("postgres", "2026-10-25T05:30:00Z", "2026-11-01T05:30:00Z")]
    [InlineData("sqlite", "2026-03-02T15:00:00Z", "2026-03-09T14:00:00Z")] // same wall time across the jump
    [InlineData("postgres", "2026-03-02T15:00:00Z", "2026-03-09T14:00:00Z")]
    public async Task Seven_days_later_means_wall_time_over_the_night_clocks_change(string engine, string bought, string settles)
    {
        var brand = await NewBrand(engine, bought, "America/New_York", "USD");
        await brand.PointPerUnit(settleDays: 7);
        await brand.Report(brand.Order("ann", bought));
        var ann = await brand.Member("ann");

        Assert.Equal(settles, (await brand.Points(ann)).Text("lots.0.available_at"));
        await brand.StandAt(settles);
        Assert.Equal("100/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_given_by_hand_settle_and_end_when_said(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");
        var entry = (await brand.Earn(ann, 50, settleAt: "2026-02-01T00:00:00Z", expiresAt: "2026-03-01T00:00:00Z")).Must(201);
        Assert.Equal(50, entry.Number("delta_pending"));
        Assert.Equal(0, entry.Number("available_after"));
        Assert.Equal("0/50", await brand.Balance(ann));

        await brand.StandAt("2026-02-01T00:00:00Z");
        Assert.Equal("50/0", await brand.Balance(ann));
        await brand.MoveTo("2026-03-01T00:00:00Z");
        Assert.Equal("0/0", await brand.Balance(ann));

        (await brand.Earn(ann, 1, expiresAt: "2026-03-01T00:00:00Z")).MustRefuse(400, "in_past");
        (await brand.Earn(ann, 1, settleAt: "2026-06-01T00:00:00Z", expiresAt: "2026-05-01T00:00:00Z")).MustRefuse(
            400,
            "in_past"
        );
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Pending_points_settle_early_when_the_brand_says_so(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 50, settleAt: "2026-02-01T00:00:00Z", reference: "a");
        await brand.Earn(ann, 5, settleAt: "2026-02-01T00:00:00Z", reference: "b");

        var settled = (
            await brand.Post($"/v1/members/{ann}/points/settle", new { reference = new { type = "test", id = "a" } })
        ).Must(200);
        var again = (
            await brand.Post($"/v1/members/{ann}/points/settle", new { reference = new { type = "test", id = "a" } })
        ).Must(200);

        Assert.Equal(["settle"], settled.Each("entries", "kind"));
        Assert.Empty(again.Each("entries", "kind"));
        Assert.Equal("50/5", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Spending_takes_the_soonest_ending_points_first_and_all_or_nothing(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10);
        await brand.Earn(ann, 20, expiresAt: "2026-03-01T00:00:00Z");
        await brand.Earn(ann, 30, expiresAt: "2026-02-01T00:00:00Z");

        (await brand.Spend(ann, 35)).Must(201);
        Assert.Equal(["15", "10"], (await brand.Points(ann)).Each("lots", "remaining"));
        var refused = (await brand.Spend(ann, 26)).MustRefuse(409, "points_insufficient");

        Assert.Equal(25, refused.Number("available"));
        Assert.Equal(["15", "10"], (await brand.Points(ann)).Each("lots", "remaining"));
        Assert.Equal(["25", "60", "30", "10"], (await brand.Entries(ann)).Each("data", "available_after"));
        await brand.LedgerIsClean();
    }
}
