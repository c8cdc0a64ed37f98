using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Two members who are one person are no way around a limit, nor is taking them apart.</summary>
public sealed class MergeLimits(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static async Task Merge(Brand brand, string into, string from) =>
        (await brand.Post($"/v1/members/{into}/merge", new { from_member_id = from })).Must(200);

    private static async Task<Answer> Unmerge(Brand brand, string into) =>
        (await brand.Post($"/v1/members/{into}/unmerge", "{}")).Must(200);

    private static Task<Answer> Give(Brand brand, string from, string to, long amount) =>
        brand.Post($"/v1/members/{from}/points/transfer", new { to_member_id = to, amount });

    private static Task<Answer> CheckIn(Brand brand, string member, string id) =>
        brand.Post(
            "/v1/events",
            new
            {
                id,
                type = "check_in",
                member_id = member,
                occurred_at = Bought,
            }
        );

    [SkippableTheory, EveryEngine]
    public async Task Caps_count_together_while_they_are_one_and_no_longer_after(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "capped",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 30 },
                caps = new { per_member = 100 },
            }
        );
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await CheckIn(brand, ann, "1");
        await CheckIn(brand, bob, "2");
        foreach (var _ in Enumerable.Range(0, 2))
        {
            await Merge(brand, ann, bob);
            await Unmerge(brand, ann);
        }
        await Merge(brand, ann, bob);
        foreach (var id in new[] { "3", "4", "5" })
            await CheckIn(brand, ann, id);
        Assert.Equal("100/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_either_gave_away_today_counts_and_what_a_merge_moved_does_not(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { points_transfer_daily_limit = 100 })).Must(200);
        var (ann, bob, cat) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cat"));
        await brand.Earn(ann, 500);
        await brand.Earn(bob, 500);
        (await Give(brand, bob, cat, 60)).Must(201);
        await Merge(brand, ann, bob);
        (await Give(brand, ann, cat, 41)).MustRefuse(409, "transfer_limit");
        await Unmerge(brand, ann);
        (await Give(brand, ann, cat, 100)).Must(201);
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Debt_goes_back_to_whom_it_came_from(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var bob = (await brand.Report(brand.Order("bob", Bought, no: "B"))).Text("member_id");
        (await brand.Spend(bob, 100)).Must(201);
        (await brand.Post("/v1/orders/B/refunds", new { refund_no = "r", full = true })).Must(201);
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 30);

        await Merge(brand, ann, bob);
        Assert.Equal(70, (await brand.Points(ann)).Number("debt"));
        var undone = await Unmerge(brand, ann);

        Assert.Equal((0, 70), ((await brand.Points(ann)).Number("debt"), (await brand.Points(bob)).Number("debt")));
        Assert.Equal(30, undone.Number("stays.0.debt_paid"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_first_order_is_the_first_of_both(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "welcome",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 50 },
                settle = new { after_days = 0 },
                conditions = new { first_order = true },
            }
        );
        var bob = (await brand.Report(brand.Order("bob", Bought))).Text("member_id");
        var ann = await brand.Member("ann");
        await Merge(brand, ann, bob);

        await brand.Report(brand.Order("ann", Bought));

        Assert.Equal("50/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task On_the_wall_clock_what_settles_at_once_is_available_at_once(string engine)
    {
        var brand = await NewBrand(engine, clock: null);
        var ann = await brand.Member("ann");
        foreach (var _ in Enumerable.Range(0, 30))
            Assert.Equal(5, (await brand.Earn(ann, 5)).Must(201).Number("delta_available"));
    }
}
