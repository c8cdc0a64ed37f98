using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Races;

/// <summary>A checkout keeps a coupon until a time. At that time its lock ends, an order wants it, the job comes by: whoever is first, one outcome.</summary>
public sealed class LockRaces(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";
    private const string Before = "2026-03-10T04:14:59Z";
    private const string End = "2026-03-10T04:15:00Z";
    private const string After = "2026-03-10T04:20:00Z";
    private static readonly DateTime Until = new(2026, 3, 10, 4, 15, 0, DateTimeKind.Utc);

    private static Task<Answer> Order(Brand brand, string coupon, string who, string no, string at) =>
        brand.Post(
            "/v1/orders",
            new
            {
                order_no = no,
                external_id = who,
                occurred_at = at,
                paid_at = at,
                currency = "CNY",
                lines = new[]
                {
                    new
                    {
                        id = "1",
                        sku = "tea",
                        quantity = 1,
                        net = 9500,
                    },
                },
                coupons = new[] { new { id = coupon, amount = 500 } },
            }
        );

    private static async Task<string> Job(Brand brand)
    {
        (await brand.Post("/v1/jobs/coupons.expire/run")).Must(200);
        return "";
    }

    /// <summary>What happens after a checkout locked the coupon at 04:00 until 04:15, and what is said to it, word by word.</summary>
    public static IEnumerable<object[]> Table =>
        [
            ["order@04:00", "locked_by_other_order"],
            ["04:14:59 order@04:14:59", "locked_by_other_order"],
            ["04:15 order@04:15 job", "redeemed"], // at the instant the lock is over, though no job has run
            ["04:15 job order@04:15", "redeemed"],
            ["04:15 job order@04:14:59", "redeemed"], // a late report: nobody has it any more,
            ["04:15 order@04:14:59 job", "redeemed"], // whether or not a job has written that
            ["04:14:59 job order@04:14:59 04:15 job", "locked_by_other_order"],
            ["04:14:59 checkout 04:15 job order@04:15", "already_redeemed"],
            ["04:15 order@04:15 checkout", "redeemed"],
            ["04:15 job checkout order@04:15", "already_redeemed"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Table))]
    public async Task Each_order_of_events_has_one_outcome(string engine, string events, string outcome)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var coupon = (await brand.Claim(template, await brand.Member("ann"))).Must(201).Text("id");
        var checkout = Ids.New();
        Assert.True(await brand.OnCoupon(coupon, checkout, (work, c) => work.Lock(c, checkout, Until)));
        var said = "";
        foreach (var what in events.Split(' '))
            said += what.Split('@') switch
            {
                ["job"] => await Job(brand),
                ["checkout"] => await Commit(brand, coupon, checkout) ? "" : " refused",
                ["order", var at] => await Order(brand, coupon, "ann", "1", $"2026-03-10T{Full(at)}Z") is var a && a.Status == 201
                    ? "redeemed"
                    : a.Code,
                [var clock] => await Stand(brand, clock),
                _ => throw new InvalidOperationException(what),
            };

        Assert.Equal(outcome, said.Split(' ')[0]);
        Assert.Equal(
            events.Contains("order@04:15 checkout", StringComparison.Ordinal),
            said.EndsWith(" refused", StringComparison.Ordinal)
        );
        var isUsed = outcome != "locked_by_other_order";
        Assert.Equal($"1/{(isUsed ? 1 : 0)}/0/0 -", await brand.Counts(template));
        Assert.Equal(isUsed ? 1 : 0, (await brand.Events("coupon.redeemed")).Count);
        await brand.LedgerIsClean();
    }

    private static Task<bool> Commit(Brand brand, string coupon, Guid checkout) =>
        brand.OnCoupon(coupon, checkout, (work, c) => work.Redeem(c, checkout, 500, Until));

    private static async Task<string> Stand(Brand brand, string clock)
    {
        await brand.StandAt($"2026-03-10T{Full(clock)}Z");
        return "";
    }

    private static string Full(string time) => time.Length == 5 ? time + ":00" : time;

    // 04:15  the lock ends, its checkout commits, two orders are reported, the job comes by: all at once, for each of ten coupons
    [SkippableTheory, EveryEngine]
    public async Task Of_all_at_once_one_has_it(string engine)
    {
        const int Coupons = 10;
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var coupons = await AtOnce(
            Coupons,
            async i => (await brand.Claim(template, await brand.Member($"m-{i}"))).Must(201).Text("id")
        );
        var checkout = Ids.New();
        foreach (var coupon in coupons)
            Assert.True(await brand.OnCoupon(coupon, checkout, (work, c) => work.Lock(c, checkout, Until)));
        await brand.StandAt(End);

        var won = await AtOnce(
            Coupons * 4,
            async i =>
            {
                var (n, coupon) = (i / 4, coupons[i / 4]);
                if (i % 4 == 0)
                    return await Job(brand) == "never";
                if (i % 4 == 1)
                    return await Commit(brand, coupon, checkout);
                var answer = await Order(brand, coupon, $"m-{n}", $"{i}", End);
                Assert.True(answer.Status == 201 || answer.Code == "already_redeemed", answer.Raw);
                return answer.Status == 201;
            }
        );

        Assert.All(won.Chunk(4), four => Assert.Single(four, w => w));
        Assert.Equal($"{Coupons}/{Coupons}/0/0 -", await brand.Counts(template));
        Assert.All(await brand.CouponRows(), c => Assert.Equal(CouponState.Redeemed, c.State));
        Assert.Equal(Coupons, (await brand.Events("coupon.redeemed")).Count);
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_lock_that_runs_out_when_the_coupon_ends_leaves_an_expired_one(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { validity = new { until = End } });
        var coupon = (await brand.Claim(template, await brand.Member("ann"))).Must(201).Text("id");
        var checkout = Ids.New();
        Assert.True(await brand.OnCoupon(coupon, checkout, (work, c) => work.Lock(c, checkout, Until)));

        await brand.StandAt(End);
        Assert.Equal("expired", (await brand.Get($"/v1/coupons/{coupon}")).Text("state"));
        (await Order(brand, coupon, "ann", "1", End)).MustRefuse(409, "expired");
        await Job(brand);
        Assert.Equal("1/0/1/0 -", await brand.Counts(template));
        await brand.StandAt(After);
        (await Order(brand, coupon, "ann", "2", Before)).Must(201); // it was good then
        Assert.Equal("1/1/0/0 -", await brand.Counts(template));
        await brand.LedgerIsClean();
    }
}
