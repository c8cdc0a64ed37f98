using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Checkouts;

/// <summary>Many at once for what one member has; and one checkout's commit, cancellation and end at one instant.</summary>
public sealed class CheckoutRaces(Clouds clouds) : ApiTests(clouds)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    private const int PointsEach = 50;

    /// <summary>Coupons, and the limit; so many as want them is ten times that.</summary>
    private static int Things => IsLong ? 100 : 12;

    /// <summary>Points for a tenth of them.</summary>
    private static int Points => Things / 10 * PointsEach;

    private static int Asking => Things * 10;

    private static int AtATime => IsLong ? 64 : 40;

    // One wallet with so many coupons, a limit of as many, points for a tenth; ten times as many want one of each.
    [SkippableTheory, EveryEngine]
    public async Task Of_many_that_want_a_members_coupons_limit_and_points_each_gets_what_there_is(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var (ann, template) = await RichAsync(brand);
        var cart = Shop.Cart(ann, [Shop.Line("1", "tea", 1)], points: "max", ttl: 3600);

        var answers = await AllAsync(i => SellAsync(brand, cart, $"A-{i}"));

        await MustBeTakenAsync(brand, ann, template, answers);
    }

    [SkippableFact]
    public async Task Two_hosts_take_no_more_than_there_is()
    {
        TestCloud.RequirePostgres();
        var cloud = await On("postgres");
        await using var second = await cloud.SecondHost();
        var brand = await cloud.NewBrand(Shop.Now);
        var there = brand.At(second);
        var (ann, template) = await RichAsync(brand);
        var cart = Shop.Cart(ann, [Shop.Line("1", "tea", 1)], points: "max", ttl: 3600);

        var answers = await AllAsync(i => SellAsync(i % 2 == 0 ? brand : there, cart, $"A-{i}"));

        await MustBeTakenAsync(brand, ann, template, answers);
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_key_many_times_is_one_checkout_and_one_order(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var ann = await brand.Member("ann");
        await brand.NewCoupon(await brand.Template(), ann);
        await brand.NewCoupon(await brand.Template(), ann);

        var made = await AtOnce(20, _ => brand.Checkout(Shop.Cart(ann), "once"));
        var id = Assert.Single(made.Select(a => a.Must(201).Raw).Distinct()) is var _ ? made[0].Text("id") : "";
        Assert.Single((await brand.Wallet(ann)).Split(' '), "locked");
        var orders = await AtOnce(20, i => brand.Commit(id, "A-1", key: i % 2 == 0 ? "commit" : Caller.NewKey));
        Assert.Single(orders.Select(a => a.Must(200).Raw).Distinct());
        var others = await AtOnce(10, i => brand.Commit(id, $"B-{i}"));
        Assert.All(others, a => a.MustRefuse(409, "checkout_committed"));
        Assert.Single((await brand.Wallet(ann)).Split(' '), "redeemed");
    }

    // commit, cancel and the job meet on 04:15, or a moment before it.
    [SkippableTheory, EveryEngine]
    public async Task A_commit_a_cancellation_and_the_end_that_meet_have_one_outcome(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.PointsAreMoney();
        await brand.LimitedTea(100);
        var members = await AtOnce(10, i => brand.Member($"m-{i}"));
        var template = await brand.Template();
        var checkouts = new List<string>();
        foreach (var member in members)
        {
            await brand.Earn(member, 1000);
            await brand.NewCoupon(template, member);
            checkouts.Add(await brand.Opened(Shop.Cart(member, [Shop.Line("1", "tea", 1)], points: 1000)));
        }
        await brand.StandAt("2026-03-10T04:14:59Z");

        var racing = AtOnce(
            30,
            i =>
                (i % 3) switch
                {
                    0 => brand.Commit(checkouts[i / 3], $"A-{i / 3}"),
                    1 => brand.Cancel(checkouts[i / 3]),
                    _ => EndAsync(brand, i / 3),
                }
        );
        var answers = await racing;
        (await brand.Post("/v1/jobs/checkouts.release/run")).Must(200);

        Assert.All(answers, a => Assert.True(a.Status is 200 or 409, a.Raw));
        for (var i = 0; i < members.Length; i++)
        {
            var state = await brand.State(checkouts[i]);
            var isSold = (await brand.Get($"/v1/orders/A-{i}")).Status == 200;
            Assert.Equal(isSold, state == "committed");
            Assert.Equal(isSold, answers[i * 3].Status == 200);
            Assert.False(isSold && answers[(i * 3) + 1].Status == 200);
            Assert.Equal(
                isSold ? ("redeemed", "0/0/0", 99) : ("issued", "1000/0/0", 100),
                (await brand.Wallet(members[i]), await brand.Purse(members[i]), await brand.Left(members[i], "tea"))
            );
        }
        await brand.LedgerIsClean();
    }

    // commit begins 04:14:59, and waits | 04:15:00: another checkout sets the same three aside | the commit goes on: too late
    [SkippableFact]
    public async Task A_commit_that_is_overtaken_by_its_end_takes_nothing_that_is_another_checkouts_by_then()
    {
        TestCloud.RequirePostgres();
        var brand = await NewBrand("postgres", Shop.Now);
        await brand.PointPerUnit(settleDays: 0);
        await brand.LimitedTea(3);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10);
        var cart = Shop.Cart(ann, [Shop.Line("1", "tea", 3)]);
        var first = await brand.Opened(cart);
        await brand.StandAt("2026-03-10T04:14:59Z");
        Task<Answer> committed;
        await using (await HeldRows.AccountsAsync(brand))
        {
            committed = brand.Commit(first, "A-1", "2026-03-10T04:00:00Z");
            await Task.Delay(TimeSpan.FromSeconds(1));
            Assert.False(committed.IsCompleted);
            await brand.StandAt("2026-03-10T04:15:00Z");
            Assert.Equal(3 * 4500, (await brand.Checkout(cart)).Must(201).Number("quote.totals.payable"));
        }

        (await committed).MustRefuse(409, "checkout_expired");
        (await brand.Get("/v1/orders/A-1")).MustRefuse(404, "not_found");
        await brand.LedgerIsClean();
    }

    /// <summary>Half way through the race the clock comes to the end of all; then the job comes by.</summary>
    private static async Task<Answer> EndAsync(Brand brand, int turn)
    {
        if (turn == 5)
            await brand.StandAt("2026-03-10T04:15:00Z");
        return await brand.Post("/v1/jobs/checkouts.release/run");
    }

    private static async Task<(string Ann, string Template)> RichAsync(Brand brand)
    {
        await brand.PointsAreMoney();
        // 50 points, 0.50, on each.
        (
            await brand.Patch("/v1/brand", """{ "points_money": { "points": 100, "amount": 100, "cap_bp": 125, "step": 50 } }""")
        ).Must(200);
        await brand.LimitedTea(Things);
        var (ann, template) = (await brand.Member("ann"), await brand.Template());
        await brand.Earn(ann, Points);
        for (var i = 0; i < Things; i++)
            await brand.NewCoupon(template, ann);
        return (ann, template);
    }

    /// <summary>A checkout and its commit; a member has no more than 100 points holds at once.</summary>
    private static async Task<Answer> SellAsync(Brand brand, object cart, string no)
    {
        var made = await brand.Checkout(cart);
        return made.Status == 201 ? (await brand.Commit(made.Text("id"), no, Shop.Now)).Must(200) : made;
    }

    private static async Task<List<Answer>> AllAsync(Func<int, Task<Answer>> act)
    {
        var answers = new List<Answer>();
        foreach (var some in Enumerable.Range(0, Asking).Chunk(AtATime))
            answers.AddRange(await Task.WhenAll(some.Select(i => Task.Run(() => act(i)))));
        return answers;
    }

    private static async Task MustBeTakenAsync(Brand brand, string ann, string template, List<Answer> answers)
    {
        Assert.All(answers, a => Assert.True(a.Status == 200, a.Raw));
        Assert.Equal(Things, answers.Count(a => a.At("coupons")!.AsArray().Count == 1));
        Assert.Equal(Points, answers.Sum(a => (long?)a.At("points.amount") ?? 0));
        Assert.Equal(Asking, (await brand.Get($"/v1/members/{ann}/export")).At("orders")!.AsArray().Count);
        Assert.Equal(0, await brand.Left(ann, "tea"));
        Assert.Equal($"{Things}/{Things}/0/0 -", await brand.Counts(template));
        Assert.Equal("0/0/0", await brand.Purse(ann));
        // Of those that came in time 45.00 - ..., the others 60.00: sums say how many had the limited price.
        var lists = answers.Sum(a => a.Number("total") + ((long?)a.At("coupons.0.amount") ?? 0)) + Points;
        Assert.Equal((4500L * Things) + (6000L * (Asking - Things)), lists);
        await brand.LedgerIsClean();
    }
}
