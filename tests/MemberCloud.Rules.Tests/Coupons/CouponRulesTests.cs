using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Coupons;

public sealed class CouponRulesTests
{
    private static readonly LocalTime Shanghai = LocalTime.Of("Asia/Shanghai");
    private static readonly Guid Gold = Guid.Parse("01900000-0000-7000-8000-000000000001");
    private static readonly Guid Ann = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly TemplateBody Plain = new("t", CouponKind.AmountOff, new(DaysAfterClaim: 7), AmountOff: 100);

    private static string NewCode() => CodeRules.Of(System.Security.Cryptography.RandomNumberGenerator.GetBytes(CodeRules.Bytes));

    private static DateTime At(string text) => DateTime.Parse(text, null, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static LoadedTemplate Template(TemplateBody body, TemplateState state = TemplateState.Active) =>
        new(Ids.New(), 1, state, body);

    private static CouponHolder Holder(string joined = "2026-01-01T00:00:00Z", Guid? tier = null, params string[] tags) =>
        new(Ann, At(joined), false, tier, tags, []);

    private static Refusal? MayHave(
        TemplateBody body,
        CouponHolder holder,
        CouponCount? count = null,
        string now = "2026-03-10T04:00:00Z"
    ) => CouponRules.MayHave(Template(body), CouponWay.Claim, holder, count ?? new(), At(now), Shanghai);

    [Theory]
    [InlineData(TemplateState.Draft, Refusal.NotActive)]
    [InlineData(TemplateState.Paused, Refusal.Paused)]
    [InlineData(TemplateState.Ended, Refusal.Ended)]
    [InlineData(TemplateState.Active, null)]
    public void Only_an_active_template_gives_out(TemplateState state, Refusal? refusal) =>
        Assert.Equal(refusal, CouponRules.Open(Template(Plain, state), CouponWay.Claim, At("2026-03-10T04:00:00Z")));

    [Theory]
    [InlineData("2026-03-10T03:59:59.999999Z", CouponWay.Claim, Refusal.NotStarted)]
    [InlineData("2026-03-10T04:00:00Z", CouponWay.Claim, null)] // opens at that instant
    [InlineData("2026-03-10T03:59:59Z", CouponWay.Issue, null)] // staff prepare
    [InlineData("2026-03-20T15:59:59Z", CouponWay.Issue, null)]
    [InlineData("2026-03-20T16:00:00Z", CouponWay.Issue, Refusal.Ended)] // the window is over: nothing that could be used
    public void It_opens_and_ends_at_an_instant(string now, CouponWay way, Refusal? refusal)
    {
        var body = Plain with { OpensAt = At("2026-03-10T04:00:00Z"), Validity = new(Until: At("2026-03-20T16:00:00Z")) };
        Assert.Equal(refusal, CouponRules.Open(Template(body), way, At(now)));
    }

    [Fact]
    public void An_audience_asks_for_all_that_it_names()
    {
        var gold = Ids.Show(IdPrefix.Tier, Gold);
        Assert.Null(MayHave(Plain with { Audience = new() }, Holder()));
        Assert.Null(MayHave(Plain with { Audience = new(TierIds: [gold]) }, Holder(tier: Gold)));
        Assert.Equal(Refusal.Audience, MayHave(Plain with { Audience = new(TierIds: [gold]) }, Holder()));
        Assert.Null(MayHave(Plain with { Audience = new(Tags: ["tea", "vip"]) }, Holder(tags: "vip")));
        Assert.Equal(Refusal.Audience, MayHave(Plain with { Audience = new(Tags: ["tea"]) }, Holder(tags: "vip")));
        Assert.Equal(Refusal.Audience, MayHave(Plain with { Audience = new([gold], Tags: ["vip"]) }, Holder(tier: Gold)));
        Assert.Equal(Refusal.Audience, MayHave(Plain with { Audience = new(PlanIds: ["plan_x"]) }, Holder()));
    }

    [Theory]
    [InlineData("2026-03-16T16:30:00Z", null)] // 7 local days, same wall time
    [InlineData("2026-03-17T16:29:59Z", null)]
    [InlineData("2026-03-17T16:30:00Z", Refusal.Audience)]
    public void A_new_member_is_new_for_local_days(string now, Refusal? refusal) =>
        Assert.Equal(refusal, MayHave(Plain with { Audience = new(NewMemberDays: 7) }, Holder("2026-03-10T16:30:00Z"), now: now));

    [Fact]
    public void An_erased_member_is_told_so_before_whom_it_is_for() =>
        Assert.Equal(
            Refusal.ErasedMember,
            MayHave(Plain with { Audience = new(Tags: ["x"]) }, Holder() with { IsErased = true })
        );

    // Shanghai: Sunday 2026-03-15 23:30 | Monday 2026-03-16 00:30 (a new day and week) | Wednesday 2026-04-01 00:30 (a new month)
    [Theory]
    [InlineData("2026-03-15T15:30:00Z", Refusal.DayLimit)]
    [InlineData("2026-03-15T16:30:00Z", null)]
    [InlineData("2026-03-31T16:30:00Z", null)]
    public void A_day_limit_starts_anew_at_local_midnight(string now, Refusal? refusal)
    {
        var count = new CouponCount();
        CouponRules.Add(count, 1, At("2026-03-15T15:00:00Z"), Shanghai);
        Assert.Equal(refusal, MayHave(Plain with { Limits = new(PerMemberPerDay: 1) }, Holder(), count, now));
    }

    [Theory]
    [InlineData("2026-03-15T15:59:00Z", Refusal.WeekLimit)] // still Sunday
    [InlineData("2026-03-15T16:00:00Z", null)] // Monday
    public void A_week_begins_on_Monday(string now, Refusal? refusal)
    {
        var count = new CouponCount();
        CouponRules.Add(count, 1, At("2026-03-09T16:00:00Z"), Shanghai);
        Assert.Equal(refusal, MayHave(Plain with { Limits = new(PerMemberPerWeek: 1) }, Holder(), count, now));
    }

    [Theory]
    [InlineData("2026-03-31T15:59:00Z", Refusal.MonthLimit)]
    [InlineData("2026-03-31T16:00:00Z", null)]
    public void A_month_begins_on_its_first(string now, Refusal? refusal)
    {
        var count = new CouponCount();
        CouponRules.Add(count, 1, At("2026-03-01T00:00:00Z"), Shanghai);
        Assert.Equal(refusal, MayHave(Plain with { Limits = new(PerMemberPerMonth: 1) }, Holder(), count, now));
    }

    [Fact]
    public void What_was_made_void_counts_no_longer_in_its_own_periods_only()
    {
        var (first, second) = (At("2026-03-10T04:00:00Z"), At("2026-03-11T04:00:00Z"));
        var count = new CouponCount();
        CouponRules.Add(count, 1, first, Shanghai);
        CouponRules.Add(count, 1, second, Shanghai);
        Assert.Equal((2, 1, 2, 2), (count.Total, count.InDay, count.InWeek, count.InMonth));
        CouponRules.Add(count, -1, first, Shanghai);
        Assert.Equal((1, 1, 1, 1), (count.Total, count.InDay, count.InWeek, count.InMonth));
        CouponRules.Add(count, -1, second, Shanghai);
        Assert.Equal((0, 0, 0, 0), (count.Total, count.InDay, count.InWeek, count.InMonth));
    }

    [Fact]
    public void Days_after_claim_keep_the_wall_time_over_a_DST_night()
    {
        var newYork = LocalTime.Of("America/New_York");
        var (from, until) = CouponRules.Validity(new(DaysAfterClaim: 1), At("2026-03-07T15:00:00Z"), newYork);
        Assert.Equal((At("2026-03-07T15:00:00Z"), At("2026-03-08T14:00:00Z")), (from, until));
        Assert.Equal(
            (At("2026-04-01T00:00:00Z"), At("2026-05-01T00:00:00Z")),
            CouponRules.Validity(new(From: At("2026-04-01T00:00:00Z"), Until: At("2026-05-01T00:00:00Z")), from, newYork)
        );
    }

    [Fact]
    public void Every_refusal_has_a_code_and_a_sentence_in_both_languages()
    {
        var all = Enum.GetValues<Refusal>();
        Assert.Equal(25, all.Length);
        Assert.All(all, r => Assert.NotEqual(Refusals.Message(r, "zh-CN"), Refusals.Message(r, "en")));
        Assert.Equal(all.Length, all.Select(r => Refusals.Problem(r, "en").Code).Distinct().Count());
    }

    [Fact]
    public void A_mistyped_code_is_told_from_an_unknown_one()
    {
        for (var i = 0; i < 2000; i++)
        {
            var code = NewCode();
            Assert.Equal(CodeRules.Length, code.Length);
            Assert.False(CodeRules.IsTypo(code));
            var at = i % CodeRules.Length;
            var other = CodeRules.Alphabet[(CodeRules.Alphabet.IndexOf(code[at]) + 1 + i % 31) % 32];
            Assert.True(CodeRules.IsTypo($"{code[..at]}{other}{code[(at + 1)..]}"), code);
        }
    }

    [Theory]
    [InlineData("abcd-efgh 0123-4567", "ABCDEFGH01234567")]
    [InlineData("OIlu", "011V")]
    public void Look_alikes_read_as_one(string written, string read) => Assert.Equal(read, CodeRules.Normalise(written));

    [Fact]
    public void Two_neighbours_swapped_are_found_nearly_always()
    {
        var (found, tried) = (0, 0);
        for (var i = 0; i < 2000; i++)
        {
            var code = NewCode().ToCharArray();
            var at = i % (CodeRules.Length - 1);
            if (code[at] == code[at + 1])
                continue;
            (code[at], code[at + 1]) = (code[at + 1], code[at]);
            tried++;
            found += CodeRules.IsTypo(new(code)) ? 1 : 0;
        }
        Assert.True(found > tried * 0.98, $"{found} of {tried}");
    }
}
