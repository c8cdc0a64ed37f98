using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Coupons;

/// <summary>Whatever is given out, made void, merged and parted, in whatever order: counts and buckets say what the coupons say, and so does every answer.</summary>
public sealed class CouponHistoriesTests
{
    private static readonly string[] Zones =
    [
        "UTC",
        "America/New_York",
        "Asia/Shanghai",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
    ];

    public enum Kind
    {
        Give,
        GiveMany,
        Void,
        Pass,
        Merge,
        Stock,
    }

    /// <summary>One step: what, how much, and a choice whose meaning depends on what.</summary>
    public sealed record Step(Kind Kind, int Amount, int Pick);

    /// <summary>A template's limits and stock, and what happens to it.</summary>
    public sealed record History(string Zone, CouponLimits? Limits, int? Stock, Step[] Steps);

    private static Gen<int?> Maybe(int most) =>
        Gen.Frequency((1, Gen.Constant((int?)null)), (2, Gen.Choose(1, most).Select(n => (int?)n)));

    private static readonly Gen<Step> Steps =
        from kind in Gen.Frequency(
            (5, Gen.Constant(Kind.Give)),
            (1, Gen.Constant(Kind.GiveMany)),
            (3, Gen.Constant(Kind.Void)),
            (3, Gen.Constant(Kind.Pass)),
            (1, Gen.Constant(Kind.Merge)),
            (1, Gen.Constant(Kind.Stock))
        )
        from amount in Gen.Choose(1, 60)
        from pick in Gen.Choose(0, 1_000)
        select new Step(kind, amount, pick);

    private static readonly Gen<History> Histories =
        from zone in Gen.Elements(Zones)
        from all in Maybe(6)
        from day in Maybe(2)
        from week in Maybe(3)
        from month in Maybe(4)
        from stock in Maybe(20)
        from length in Gen.Choose(1, 60)
        from steps in Steps.ArrayOf(length)
        select new History(zone, new(all, day, week, month), stock, steps);

    [Fact]
    public void Counts_and_buckets_say_what_the_coupons_say_after_every_step_of_any_history() =>
        Cases.ForAll(Histories, Replay, 20_000, h => Cases.WithoutOne(h.Steps).Select(steps => h with { Steps = steps }));

    private static void Replay(History history)
    {
        var shop = new Shop(history);
        foreach (var step in history.Steps)
        {
            shop.Do(step);
            shop.MustAddUp();
        }
    }

    /// <summary>One template, two members, and every coupon that was given out.</summary>
    private sealed class Shop
    {
        private sealed class Given(Guid member, DateTime at)
        {
            public Guid Member { get; set; } = member;
            public Guid? BroughtFrom { get; set; }
            public DateTime At { get; } = at;
            public bool IsVoid { get; set; }
        }

        private static readonly Guid[] Members =
        [
            Guid.Parse("01900000-0000-7000-8000-00000000000a"),
            Guid.Parse("01900000-0000-7000-8000-00000000000b"),
        ];

        private readonly List<Given> given = [];
        private readonly Dictionary<Guid, CouponCount> counts;
        private readonly LoadedTemplate template;
        private readonly LocalTime local;
        private readonly long[] share = new long[16];
        private readonly long[] used = new long[16];
        private long? stock;
        private bool isMerged;
        private DateTime now = new(2026, 1, 28, 20, 0, 0, DateTimeKind.Utc);

        public Shop(History history)
        {
            local = LocalTime.Of(history.Zone);
            var body = new TemplateBody("t", CouponKind.AmountOff, new(DaysAfterClaim: 7), AmountOff: 1, Limits: history.Limits);
            template = new(Guid.Empty, 1, TemplateState.Active, body);
            counts = Members.ToDictionary(m => m, m => new CouponCount { MemberId = m });
            SetStock(history.Stock);
        }

        public void Do(Step step)
        {
            var member = isMerged ? Members[0] : Members[step.Pick % 2];
            switch (step.Kind)
            {
                case Kind.Give:
                    Give(member, step.Pick);
                    break;
                case Kind.GiveMany:
                    for (var i = 0; i < 4; i++)
                        Give(member, step.Pick + i);
                    break;
                case Kind.Void when given.Where(g => !g.IsVoid).ToList() is { Count: > 0 } live:
                    Void(live[step.Pick % live.Count]);
                    break;
                case Kind.Merge when isMerged:
                    Part();
                    break;
                case Kind.Merge:
                    Join();
                    break;
                case Kind.Stock:
                    SetStock(step.Pick % 5 == 0 ? null : step.Amount % 15);
                    break;
                default:
                    now = now.AddHours(step.Pick % 3 == 0 ? step.Amount * 9 : step.Amount % 9);
                    break;
            }
        }

        /// <summary>Given out if the coupons themselves say that it may be, by counting them; refused for the first thing that they say against it.</summary>
        private void Give(Guid member, int first)
        {
            var mine = given.Where(g => g.Member == member && !g.IsVoid).Select(g => local.DateOf(g.At)).ToList();
            var (today, limits) = (local.DateOf(now), template.Body.Limits!);
            var expected =
                mine.Count >= limits.PerMember ? Refusal.MemberLimit
                : mine.Count(d => d == today) >= limits.PerMemberPerDay ? Refusal.DayLimit
                : mine.Count(d => MondayOf(d) == MondayOf(today)) >= limits.PerMemberPerWeek ? Refusal.WeekLimit
                : mine.Count(d => (d.Year, d.Month) == (today.Year, today.Month)) >= limits.PerMemberPerMonth ? Refusal.MonthLimit
                : given.Count(g => !g.IsVoid) >= stock ? Refusal.UsedUp
                : (Refusal?)null;

            var refusal = CouponRules.MayHave(
                template,
                CouponWay.Claim,
                new(member, now, false, null, [], []),
                counts[member],
                now,
                local
            );
            if (refusal is null && Take(first % 16) == 0)
                refusal = Refusal.UsedUp;

            Assert.Equal(expected, refusal);
            if (refusal is not null)
                return;
            CouponRules.Add(counts[member], 1, now, local);
            given.Add(new(member, now));
        }

        private long Take(int first)
        {
            var parts = BucketRules.Take(1, [.. share.Zip(used, (s, u) => s - u)], first);
            foreach (var (bucket, part) in parts)
                used[bucket] += part;
            return parts.Sum(p => p.Part);
        }

        private void Void(Given coupon)
        {
            coupon.IsVoid = true;
            CouponRules.Add(counts[coupon.Member], -1, coupon.At, local);
            used[0]--;
        }

        private void Join()
        {
            isMerged = true;
            foreach (var coupon in given.Where(g => g.Member == Members[1]))
                (coupon.Member, coupon.BroughtFrom) = (Members[0], Members[1]);
            CouponRules.Join(counts[Members[0]], counts[Members[1]]);
        }

        private void Part()
        {
            isMerged = false;
            foreach (var coupon in given.Where(g => g.BroughtFrom is not null))
            {
                (coupon.Member, coupon.BroughtFrom) = (Members[1], null);
                if (coupon.IsVoid)
                    continue;
                CouponRules.Add(counts[Members[0]], -1, coupon.At, local);
                CouponRules.Add(counts[Members[1]], 1, coupon.At, local);
            }
        }

        private void SetStock(long? to)
        {
            stock = to;
            BucketRules.Shares(to ?? TemplateBook.Boundless, used).CopyTo(share, 0);
        }

        public void MustAddUp()
        {
            var tally = new CouponTally([.. Members], counts.Values, local);
            foreach (var coupon in given)
                tally.Add(Row(coupon));
            Assert.Empty(tally.Faults);
            Assert.Equal(given.Count(g => !g.IsVoid), used.Sum());
            Assert.Equal(stock ?? TemplateBook.Boundless, share.Sum());
        }

        private static Coupon Row(Given g) =>
            new()
            {
                MemberId = g.Member,
                Code = "",
                IssuedAt = g.At,
                ValidFrom = g.At,
                ValidUntil = g.At.AddDays(7),
                State = g.IsVoid ? CouponState.Void : CouponState.Issued,
                EndedAt = g.IsVoid ? g.At : null,
                Reason = g.IsVoid ? "test" : null,
                DueAt = g.IsVoid ? null : g.At.AddDays(7),
            };

        private static DateOnly MondayOf(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }
}
