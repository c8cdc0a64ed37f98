using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Two members turn out to be one person, and sometimes two again.</summary>
public sealed class Merges(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static Task<Answer> Merge(Brand brand, string into, string from) =>
        brand.Post($"/v1/members/{into}/merge", new { from_member_id = from });

    private static Task<Answer> Unmerge(Brand brand, string into, string? from = null) =>
        brand.Post($"/v1/members/{into}/unmerge", new { from_member_id = from });

    [SkippableTheory, EveryEngine]
    public async Task Everything_said_of_the_one_is_about_the_other_from_then_on(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob", new { phone = "+8613800138000" }));
        await brand.Earn(ann, 10);
        await brand.Earn(bob, 30, expiresAt: "2026-06-01T00:00:00Z");
        await brand.Report(brand.Order("bob", Bought, no: "B-1"));

        var merged = (await Merge(brand, ann, bob)).Must(200);

        Assert.Equal("2026-04-09T12:00:00Z", merged.Text("unmerge_until"));
        Assert.Equal("40/100", await brand.Balance(ann));
        Assert.Equal("40/100", await brand.Balance(bob));
        Assert.Equal("2026-06-01T00:00:00Z", (await brand.Points(ann)).Text("lots.0.expires_at"));
        Assert.Equal(ann, (await brand.Get($"/v1/members/{bob}")).Must(200).Text("id"));
        Assert.Equal(ann, await brand.Member("bob"));
        Assert.Equal(
            ann,
            (await brand.Post("/v1/members/search", new { phone = "+8613800138000" }, key: null)).Text("data.0.id")
        );
        Assert.Equal([ann], (await brand.Get("/v1/members")).Each("data", "id"));
        await brand.Report(brand.Order("bob", Bought, no: "B-1"));
        Assert.Equal(ann, (await brand.Report(brand.Order("bob", Bought, net: 500, no: "B-2"))).Text("member_id"));
        Assert.Equal(-7, (await brand.Spend(bob, 7)).Must(201).Number("delta_available"));
        Assert.Equal("33/105", await brand.Balance(ann));
        (await brand.Post("/v1/orders/B-1/refunds", new { refund_no = "r1", full = true })).Must(201);
        Assert.Equal("33/5", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_owed_moves_along_and_is_paid_at_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        var bob = (await brand.Report(brand.Order("bob", Bought, no: "B-1"))).Text("member_id");
        (await brand.Spend(bob, 80)).Must(201);
        (await brand.Post("/v1/orders/B-1/refunds", new { refund_no = "r1", full = true })).Must(201);
        Assert.Equal(80, (await brand.Points(bob)).Number("debt"));
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100);

        (await Merge(brand, ann, bob)).Must(200);

        var points = await brand.Points(ann);
        Assert.Equal((20, 0), (points.Number("available"), points.Number("debt")));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Undone_what_is_left_of_the_lots_goes_back_and_the_answer_says_what_stays(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(settleDays: 0);
        await brand.GrowthPerUnit();
        await brand.Tier("Member", 0, 0);
        await brand.Tier("Gold", 1, 100);
        var bob = (await brand.Report(brand.Order("bob", Bought, no: "B-1"))).Text("member_id");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10, expiresAt: "2026-03-20T00:00:00Z");
        (await Merge(brand, ann, bob)).Must(200);
        Assert.Equal("Gold", (await brand.Summary(ann)).Text("tier.name"));
        (await brand.Spend(ann, 30)).Must(201); // ann's 10, which end first, and 20 of bob's

        var undone = (await Unmerge(brand, ann, bob)).Must(200);

        Assert.Equal(("0/0", "80/0"), (await brand.Balance(ann), await brand.Balance(bob)));
        Assert.Contains("""{"currency":"points","amount":20,"debt_paid":0}""", undone.Raw, StringComparison.Ordinal);
        Assert.Equal(("0/0", "100/0"), (await brand.Balance(ann, "growth"), await brand.Balance(bob, "growth")));
        Assert.Equal(bob, (await brand.Get($"/v1/members/{bob}")).Text("id"));
        Assert.Equal("Gold", (await brand.Summary(bob)).Text("tier.name"));
        (await Unmerge(brand, ann, bob)).MustRefuse(409, "not_merged");
        (await brand.Post("/v1/orders/B-1/refunds", new { refund_no = "r1", full = true })).Must(201);
        var points = await brand.Points(bob);
        Assert.Equal((0, 20), (points.Number("available"), points.Number("debt")));
        (await Merge(brand, ann, bob)).Must(200);
        Assert.Equal(20, (await brand.Points(ann)).Number("debt"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_was_merged_twice_stands_for_the_last_and_is_taken_apart_in_order(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob, cat) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cat"));
        foreach (var (member, amount) in new[] { (ann, 1L), (bob, 10L), (cat, 100L) })
            await brand.Earn(member, amount);
        (await Merge(brand, bob, cat)).Must(200);
        (await Merge(brand, ann, bob)).Must(200);

        Assert.Equal(ann, await brand.Member("cat"));
        Assert.Equal("111/0", await brand.Balance(cat));
        (await Merge(brand, ann, cat)).MustRefuse(409, "member_merged");
        (await Unmerge(brand, bob, cat)).MustRefuse(409, "member_merged");
        (await Unmerge(brand, ann, bob)).Must(200);
        Assert.Equal(("1/0", "110/0", "110/0"), (await brand.Balance(ann), await brand.Balance(bob), await brand.Balance(cat)));
        (await Unmerge(brand, bob, cat)).Must(200);
        Assert.Equal(("10/0", "100/0"), (await brand.Balance(bob), await brand.Balance(cat)));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_merges_are_refused_and_change_nothing(string engine)
    {
        var (brand, other) = (await NewBrand(engine, Now), await NewBrand(engine, Now));
        var (ann, bob, gone) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("gone"));
        await brand.Earn(bob, 10);
        (await brand.Delete($"/v1/members/{gone}")).Must(204);

        (await Merge(brand, ann, ann)).MustRefuse(422, "merge_with_self");
        (await Merge(brand, ann, gone)).MustRefuse(409, "erased_member");
        (await Merge(brand, ann, await other.Member("bob"))).MustRefuse(404, "not_found");
        (await Merge(other, ann, bob)).MustRefuse(404, "not_found");
        (await Unmerge(brand, ann)).MustRefuse(409, "not_merged");
        var hold = (
            await brand.Post(
                $"/v1/members/{bob}/points/holds",
                new
                {
                    amount = 5,
                    ttl_seconds = 60,
                    reference = new { type = "cart", id = "1" },
                }
            )
        ).Text("id");
        (await Merge(brand, ann, bob)).MustRefuse(409, "open_hold");
        (await brand.Post($"/v1/points/holds/{hold}/release", "{}")).Must(200);
        (await Merge(brand, ann, bob)).Must(200);
        await brand.MoveTo("2026-04-09T12:00:00Z");
        (await Unmerge(brand, ann)).MustRefuse(409, "unmerge_too_late");
        Assert.Equal("10/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Nothing_is_lost_of_what_is_written_about_either_while_they_are_merged(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Earn(ann, 100);
        await brand.Earn(bob, 100);

        var answers = await AtOnce(
            24,
            i =>
                i == 12 ? Merge(brand, ann, bob)
                : i % 3 == 0 ? brand.Spend(bob, 1)
                : i % 3 == 1 ? brand.Earn(bob, 10)
                : brand.Earn(ann, 10)
        );

        Assert.All(answers, a => Assert.True(a.Status is 200 or 201, a.Raw));
        var (spends, earns) = (
            answers.Where((_, i) => i != 12 && i % 3 == 0).Count(),
            answers.Where((_, i) => i % 3 != 0).Count()
        );
        Assert.Equal($"{200 - spends + (10 * earns)}/0", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Erasing_the_person_erases_both(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (ann, bob) = (
            await brand.Member("ann"),
            await brand.Member("bob", new { name = "Robert", phone = "+8613800138000" })
        );
        await brand.Earn(bob, 10);
        (await Merge(brand, ann, bob)).Must(200);
        Assert.Contains("Robert", (await brand.Get($"/v1/members/{ann}/export")).Must(200).Raw, StringComparison.Ordinal);

        (await brand.Delete($"/v1/members/{ann}")).Must(204);

        Assert.DoesNotContain("Robert", (await brand.Get($"/v1/members/{ann}/export")).Raw, StringComparison.Ordinal);
        Assert.Empty((await brand.Post("/v1/members/search", new { phone = "+8613800138000" }, key: null)).Each("data", "id"));
        (await brand.Spend(bob, 1)).MustRefuse(409, "erased_member");
    }
}
