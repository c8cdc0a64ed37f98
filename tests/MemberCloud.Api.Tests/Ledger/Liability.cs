using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>What outstanding points are worth, out of a brand's own rows.</summary>
public sealed class Liability(Clouds clouds) : ApiTests(clouds)
{
    // Jan 2025  1,000 earned, 600 spent, 400 ended: 60 % are redeemed
    // Oct 2025  40 that never end
    // Jan 2026  100 until the end of May, 10 of them held; 50 for ever; 30 for ever, pending; 20 pending, their end counted from settling
    private static async Task<Brand> StoryAsync(Brand brand)
    {
        await brand.PointPerUnit(settleDays: 7, new { policy = "months", months = 2 });
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 1_000, expiresAt: "2025-06-30T16:00:00Z")).Must(201);
        await brand.MoveTo("2025-03-01T00:00:00Z");
        (await brand.Spend(ann, 600)).Must(201);
        await brand.MoveTo("2025-10-01T00:00:00Z");
        (await brand.Earn(ann, 40)).Must(201);
        await brand.MoveTo("2026-01-10T00:00:00Z");
        (await brand.Earn(ann, 100, expiresAt: "2026-05-31T16:00:00Z")).Must(201);
        await brand.OnAccount(ann, j => j.Hold(10, new("till", "1"), j.Account.ActiveAt.AddDays(9))!.Id);
        (await brand.Earn(ann, 50)).Must(201);
        (await brand.Earn(ann, 30, settleAt: "2026-02-01T00:00:00Z")).Must(201);
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z", 2_000));
        return brand;
    }

    [SkippableTheory, EveryEngine]
    public async Task The_report_splits_by_age_and_end_and_estimates_from_history(string engine)
    {
        var brand = await StoryAsync(await NewBrand(engine, "2025-01-10T00:00:00Z"));

        var report = (await brand.Get("/v1/insights/points/liability")).Must(200);

        Assert.Equal(("CNY", 10_000L), (report.Text("currency"), report.Number("point_value")));
        Assert.Equal("points", Assert.Single(report.Each("data", "points")));
        long Of(string name) => report.Number($"data.0.{name}");
        Assert.Equal((240, 50, 180, 10, 0), (Of("outstanding"), Of("pending"), Of("available"), Of("held"), Of("debt")));
        Assert.Equal(["190", "40", "0", "0", "0"], report.Each("data.0.by_age", "points"));
        Assert.Equal(["0", "3", "6", "12", "24"], report.Each("data.0.by_age", "from_months"));
        Assert.Equal(["2026-05"], report.Each("data.0.by_expiry", "month"));
        Assert.Equal(["90"], report.Each("data.0.by_expiry", "points"));
        Assert.Equal((120, 20), (Of("never_expiring"), Of("expiry_not_known")));
        Assert.Equal((6_000, "history"), (Of("redemption_bp"), report.Text("data.0.redemption_basis")));
        Assert.Equal((144, 96, 144), (Of("expected_redeemed"), Of("expected_breakage"), Of("liability")));
    }

    [SkippableTheory, EveryEngine]
    public async Task Price_and_estimate_may_be_given(string engine)
    {
        var brand = await StoryAsync(await NewBrand(engine, "2025-01-10T00:00:00Z"));

        var given = (await brand.Get("/v1/insights/points/liability?point_value=5000&redemption_bp=9500")).Must(200);

        Assert.Equal((9_500, "given"), (given.Number("data.0.redemption_bp"), given.Text("data.0.redemption_basis")));
        Assert.Equal((228, 114), (given.Number("data.0.expected_redeemed"), given.Number("data.0.liability")));
        (await brand.Get("/v1/insights/points/liability?point_value=-1")).MustRefuse(400, "out_of_range");
        (await brand.Get("/v1/insights/points/liability?redemption_bp=10001")).MustRefuse(400, "out_of_range");
    }

    // Nothing has run since: what ended is not there, what settled is available, the month ahead is the month of the brand's calendar.
    [SkippableTheory, EveryEngine]
    public async Task It_needs_no_job(string engine)
    {
        var brand = await StoryAsync(await NewBrand(engine, "2025-01-10T00:00:00Z"));
        await brand.StandAt("2026-05-31T16:00:00Z");

        var report = (await brand.Get("/v1/insights/points/liability")).Must(200);

        Assert.Equal((0, 140), (report.Number("data.0.pending"), report.Number("data.0.available")));
        Assert.Empty(report.At("data.0.by_expiry")!.AsArray());
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_without_points_owes_nothing_and_growth_is_no_debt(string engine)
    {
        var brand = await NewBrand(engine);
        (await brand.Post("/v1/currencies", new { code = "beans", name = "Beans" })).Must(201);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 9, "growth")).Must(201);

        var report = (await brand.Get("/v1/insights/points/liability")).Must(200);

        Assert.Equal(["points", "beans"], report.Each("data", "points"));
        Assert.Equal(["0", "0"], report.Each("data", "liability"));
        Assert.Equal(["no_history", "no_history"], report.Each("data", "redemption_basis"));
    }
}
