using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Coupons;

/// <summary>What must hold of a coupon's row, of members' counts and of templates' counters.</summary>
public sealed class CouponChecksTests
{
    private static readonly DateTime At = new(2026, 3, 10, 4, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Ann = Guid.Parse("01900000-0000-7000-8000-00000000000a");
    private static readonly Guid Tea = Guid.Parse("01900000-0000-7000-8000-00000000000b");

    private static Coupon New(CouponState state, DateTime? issued = null) =>
        new()
        {
            MemberId = Ann,
            TemplateId = Tea,
            Code = "",
            State = state,
            IssuedAt = issued ?? At,
            ValidFrom = At,
            ValidUntil = At.AddDays(7),
            LockedBy = state == CouponState.Locked ? Ann : null,
            LockedUntil = state == CouponState.Locked ? At.AddDays(1) : null,
            OrderId = state == CouponState.Redeemed ? Ann : null,
            RedeemedAt = state == CouponState.Redeemed ? At : null,
            Amount = state == CouponState.Redeemed ? 0 : null,
            EndedAt = state is CouponState.Expired or CouponState.Void ? At : null,
            Reason = state == CouponState.Void ? "wrong" : null,
            DueAt = state switch
            {
                CouponState.Issued => At.AddDays(7),
                CouponState.Locked => At.AddDays(1),
                CouponState.Redeemed or CouponState.Expired or CouponState.Void => null,
            },
        };

    /// <summary>Each field that says something of the state, set to what it must not be in at least one.</summary>
    private static readonly (string Field, Action<Coupon> Change)[] Changes =
    [
        ("locked_by", c => c.LockedBy = c.LockedBy is null ? Tea : null),
        ("locked_until", c => c.LockedUntil = c.LockedUntil is null ? At : null),
        ("order_id", c => c.OrderId = c.OrderId is null ? Tea : null),
        ("redeemed_at", c => c.RedeemedAt = c.RedeemedAt is null ? At : null),
        ("amount", c => c.Amount = c.Amount is null ? 1 : -1),
        ("ended_at", c => c.EndedAt = c.EndedAt is null ? At : null),
        ("due_at", c => c.DueAt = c.DueAt is null ? At : null),
        ("due_at", c => c.DueAt = At.AddDays(3)),
        ("valid_until", c => c.ValidUntil = c.ValidFrom),
    ];

    [Theory]
    [InlineData(CouponState.Issued)]
    [InlineData(CouponState.Locked)]
    [InlineData(CouponState.Redeemed)]
    [InlineData(CouponState.Expired)]
    [InlineData(CouponState.Void)]
    public void A_state_goes_with_the_fields_that_tell_of_it_and_with_no_others(CouponState state)
    {
        Assert.True(CouponChecks.IsPossible(New(state)));
        foreach (var (field, change) in Changes)
        {
            var coupon = New(state);
            change(coupon);
            Assert.False(CouponChecks.IsPossible(coupon), $"{state} with another {field}");
        }
    }

    [Theory]
    [InlineData(CouponState.Issued, "because")]
    [InlineData(CouponState.Void, null)]
    public void Only_what_was_made_void_has_a_reason(CouponState state, string? reason)
    {
        var coupon = New(state);
        coupon.Reason = reason;
        Assert.False(CouponChecks.IsPossible(coupon));
    }

    [Fact]
    public void A_members_counts_are_its_coupons_that_are_not_void()
    {
        // 9 March is the day before, in the same week; 1 March lies in the month alone. Shanghai: the day begins at 16:00 UTC.
        DateTime[] issued = [At.AddDays(-9), At.AddHours(-13), At, At.AddHours(1)];
        var count = new CouponCount { MemberId = Ann, TemplateId = Tea };
        foreach (var at in issued)
            CouponRules.Add(count, 1, at, LocalTime.Of("Asia/Shanghai"));

        Assert.Equal((4, 2, 3, 4), (count.Total, count.InDay, count.InWeek, count.InMonth));
        Assert.Empty(Faults(count, [.. issued.Select(at => New(CouponState.Redeemed, at)), New(CouponState.Void)]));
        Assert.Equal(4, Faults(count, [.. issued.Skip(1).Append(At).Append(At).Select(at => New(CouponState.Issued, at))]).Count);
        Assert.Single(
            Faults(null, [New(CouponState.Issued)]),
            f => f.EndsWith("the total count is 0, the coupons make 1", StringComparison.Ordinal)
        );
    }

    private static List<string> Faults(CouponCount? stored, IEnumerable<Coupon> coupons)
    {
        var tally = new CouponTally([Ann], stored is null ? [] : [stored], LocalTime.Of("Asia/Shanghai"));
        foreach (var coupon in coupons)
            tally.Add(coupon);
        return [.. tally.Faults];
    }

    [Fact]
    public void A_flood_of_faults_is_not_all_named()
    {
        var tally = new CouponTally([], [], LocalTime.Utc);
        var coupon = New(CouponState.Issued);
        coupon.Amount = 1;
        for (var i = 0; i < 2_000; i++)
            tally.Add(coupon);
        Assert.InRange(tally.Faults.Count(), 1_000, 1_001);
    }
}
