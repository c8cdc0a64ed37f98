using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Operations;

/// <summary>The clock of a sandbox.</summary>
public sealed class Clock(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_sandbox_clock_stands_and_moves_forward_only(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-31T04:00:00Z");
        Assert.Equal("2026-01-31T04:00:00Z", (await brand.Get("/v1/test-clock")).Must(200).Text("now"));

        Assert.Equal("2026-02-28T04:00:00Z", (await brand.Move("P1M")).Text("now"));
        Assert.Equal("2026-03-08T05:30:00Z", (await brand.Move("P1W1DT1H30M")).Text("now"));
        (await brand.MoveTo("2026-03-08T05:30:00Z")).Must(200);
        (await brand.Post("/v1/test-clock", new { advance_to = "2026-03-08T05:29:59Z" })).MustRefuse(409, "clock_backwards");

        var clock = (await brand.Get("/v1/test-clock")).Must(200);
        Assert.Equal("2026-03-08T05:30:00Z", clock.Text("now"));
        Assert.Null(clock.At("target"));
        Assert.Equal("2026-03-08T05:30:00Z", (await brand.Get($"/v1/members/{await brand.Member("ann")}")).Text("joined_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_days_step_over_the_night_clocks_change_keeps_the_wall_time(string engine)
    {
        var brand = await NewBrand(engine, "2026-03-07T17:00:00Z", "America/New_York", "USD");

        Assert.Equal("2026-03-08T16:00:00Z", (await brand.Move("P1D")).Text("now"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_moves_at_once_one_goes_and_the_others_wait_their_turn_or_are_told(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");

        var answers = await AtOnce(6, _ => brand.Post("/v1/test-clock", new { advance = "P1D" }, key: null));

        Assert.All(answers.Where(a => a.Status != 200), a => a.MustRefuse(409, "clock_moving"));
        var moved = answers.Count(a => a.Status == 200);
        Assert.True(moved >= 1);
        Assert.Equal(
            new DateTime(2026, 1, 10 + moved, 0, 0, 0, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            (await brand.Get("/v1/test-clock")).Text("now")
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task A_live_brand_has_no_clock_to_move_and_no_job_to_run_by_hand(string engine)
    {
        var brand = await NewBrand(engine, clock: null);

        (await brand.Get("/v1/test-clock")).MustRefuse(409, "not_a_sandbox");
        (await brand.Post("/v1/test-clock", new { advance = "P1D" })).MustRefuse(409, "not_a_sandbox");
        (await brand.Post("/v1/jobs/points.settle/run")).MustRefuse(409, "not_a_sandbox");
    }

    [SkippableTheory, EveryEngine]
    public async Task Moving_one_brands_clock_leaves_another_where_it_stands(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));

        await mine.Move("P3D");

        Assert.Equal("2026-01-10T00:00:00Z", (await theirs.Get("/v1/test-clock")).Text("now"));
    }
}
