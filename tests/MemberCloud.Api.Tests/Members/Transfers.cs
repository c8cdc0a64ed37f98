using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Points that go from one member to another.</summary>
public sealed class Transfers(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";

    private static Task<Answer> Give(Brand brand, string from, string to, long amount, string? currency = null) =>
        brand.Post(
            $"/v1/members/{from}/points/transfer",
            new
            {
                to_member_id = to,
                amount,
                currency,
            }
        );

    [SkippableTheory, EveryEngine]
    public async Task Points_given_away_keep_their_end_and_come_soonest_first(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Earn(ann, 30, expiresAt: "2026-06-01T00:00:00Z");
        await brand.Earn(ann, 50, expiresAt: "2026-05-01T00:00:00Z");

        var given = (await Give(brand, ann, bob, 60)).Must(201);

        Assert.Equal((-60, 60), (given.Number("out.delta_available"), given.Number("in.delta_available")));
        Assert.Equal(("transfer_out", "transfer_in"), (given.Text("out.kind"), given.Text("in.kind")));
        Assert.Equal("20/0", await brand.Balance(ann));
        var points = await brand.Points(bob);
        Assert.Equal(
            "50 2026-05-01T00:00:00Z, 10 2026-06-01T00:00:00Z",
            string.Join(", ", points.Each("lots", "remaining").Zip(points.Each("lots", "expires_at"), (r, e) => $"{r} {e}"))
        );
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task An_orders_points_can_be_given_away_once_it_can_no_longer_be_refunded(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var ann = (await brand.Report(brand.Order("ann", "2026-03-10T03:00:00Z"))).Text("member_id");
        var bob = await brand.Member("bob");

        var soon = (await Give(brand, ann, bob, 40)).MustRefuse(409, "points_not_transferable");
        Assert.Equal(0, soon.Number("transferable"));
        await brand.StandAt("2026-04-09T02:59:59Z");
        (await Give(brand, ann, bob, 40)).MustRefuse(409, "points_not_transferable");
        await brand.StandAt("2026-04-09T03:00:00Z");
        (await Give(brand, ann, bob, 40)).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_gives_away_so_much_in_a_local_day(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { points_transfer_daily_limit = 100 })).Must(200);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Earn(ann, 1000);

        var answers = await AtOnce(16, _ => Give(brand, ann, bob, 30));
        Assert.Equal(3, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "transfer_limit"));
        Assert.Equal(10, (await Give(brand, ann, bob, 11)).MustRefuse(409, "transfer_limit").Number("left"));
        await brand.StandAt("2026-03-10T16:00:00Z"); // midnight in Shanghai
        (await Give(brand, ann, bob, 100)).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_transfers_are_refused_and_change_nothing(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var (ann, bob, gone) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("gone"));
        var stranger = await other.Member("ann");
        await brand.Earn(ann, 100);
        (await brand.Delete($"/v1/members/{gone}")).Must(204);

        (await Give(brand, ann, ann, 10)).MustRefuse(422, "transfer_to_self");
        (await Give(brand, ann, stranger, 10)).MustRefuse(404, "not_found");
        (await Give(brand, ann, gone, 10)).MustRefuse(409, "erased_member");
        (await Give(brand, ann, "nobody", 10)).MustRefuse(404, "not_found");
        (await Give(brand, ann, bob, 0)).MustRefuse(400, "out_of_range");
        (await Give(brand, ann, bob, -5)).MustRefuse(400, "out_of_range");
        (await Give(brand, ann, bob, 101)).MustRefuse(409, "points_insufficient");
        (await Give(brand, ann, bob, 5, "growth")).MustRefuse(422, "currency_not_spendable");

        Assert.Equal(("100/0", "0/0"), (await brand.Balance(ann), await brand.Balance(bob)));
        Assert.Equal("0/0", await other.Balance(stranger));
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_who_give_to_each_other_at_once_do_not_stand_in_each_others_way(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Earn(ann, 500);
        await brand.Earn(bob, 500);

        var answers = await AtOnce(40, i => i % 2 == 0 ? Give(brand, ann, bob, 5) : Give(brand, bob, ann, 3));

        Assert.All(answers, a => a.Must(201));
        Assert.Equal(("460/0", "540/0"), (await brand.Balance(ann), await brand.Balance(bob)));
        await brand.LedgerIsClean();
    }
}
