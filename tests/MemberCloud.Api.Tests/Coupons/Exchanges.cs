using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Coupons for points: both change hands, or neither.</summary>
public sealed class Exchanges(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task Points_buy_a_coupon_and_the_entry_names_it(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { points_price = 30, stock = 5 });
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 100)).Must(201);

        var coupon = (await brand.Exchange(template, ann, key: "k")).Must(201);
        Assert.Equal(coupon.Raw, (await brand.Exchange(template, ann, key: "k")).Must(201).Raw);

        Assert.Equal("exchange", coupon.Text("way"));
        Assert.Equal("70/0", await brand.Balance(ann));
        var entry = (await brand.Entries(ann)).At("data.0")!;
        Assert.Equal(
            ("spend", "coupon", coupon.Text("id")),
            ((string)entry["kind"]!, (string)entry["reference"]!["type"]!, (string)entry["reference"]!["id"]!)
        );
        (await brand.Post($"/v1/coupons/{coupon.Text("id")}/void", new { reason = "taken back" })).Must(200);
        Assert.Equal("70/0", await brand.Balance(ann)); // points come back by hand only
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task What_refuses_the_coupon_leaves_the_points(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, poor) = (await brand.Member("ann"), await brand.Member("poor"));
        (await brand.Earn(ann, 100)).Must(201);
        (await brand.Earn(poor, 29)).Must(201);
        var priced = new { points_price = 30, stock = 1 };
        var (free, draft, open) = (
            await brand.Template(),
            await brand.Template(priced, active: false),
            await brand.Template(priced)
        );

        (await brand.Exchange(free, ann)).MustRefuse(409, "not_exchangeable");
        (await brand.Exchange(draft, ann)).MustRefuse(409, "not_active");
        var refused = (await brand.Exchange(open, poor)).MustRefuse(409, "points_insufficient");
        Assert.Equal((30, 29), (refused.Number("price"), refused.Number("available")));
        (await brand.Exchange(open, ann, key: null)).MustRefuse(400, "idempotency_key_missing");
        (await brand.Exchange(open, "mem_nobody")).MustRefuse(404, "not_found");
        (await brand.Claim(open, ann)).Must(201);
        (await brand.Exchange(open, ann)).MustRefuse(409, "used_up");

        Assert.Equal(("100/0", "29/0"), (await brand.Balance(ann), await brand.Balance(poor)));
        Assert.Equal("1/0/0/0 0", await brand.Counts(open));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_takes_a_priced_offer_for_points_and_not_for_nothing(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { points_price = 30 });
        var hidden = await brand.Template(new { points_price = 30, claimable = false });
        var ann = await brand.MemberCaller("ann");
        (await brand.Earn(await brand.Member("ann"), 50)).Must(201);

        (await ann.Post($"/v1/me/offers/{template}/claim")).MustRefuse(409, "only_for_points");
        (await ann.Post($"/v1/me/offers/{hidden}/exchange")).MustRefuse(404, "not_found");
        (await ann.Post($"/v1/me/offers/{template}/exchange", key: null)).MustRefuse(400, "idempotency_key_missing");
        (await ann.Post($"/v1/me/offers/{template}/exchange", key: "k")).Must(201);
        (await ann.Post($"/v1/me/offers/{template}/exchange", key: "k")).Must(201);
        (await ann.Post($"/v1/me/offers/{template}/exchange")).MustRefuse(409, "points_insufficient");
        Assert.Single((await ann.Get("/v1/me/coupons")).Each("data", "id"));
    }
}
