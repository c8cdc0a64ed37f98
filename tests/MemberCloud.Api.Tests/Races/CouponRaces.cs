using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>Many want the same coupons at the same moment.</summary>
public sealed class CouponRaces(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Stock_is_given_out_to_the_last_and_not_one_more(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { stock = 100, limits = new { per_member = 1 } });
        var members = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => brand.Member($"m-{i}")));

        var answers = await AtOnce(200, i => brand.Claim(template, members[i]));

        Assert.Equal(100, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "used_up"));
        Assert.Equal(100, answers.Where(a => a.Status == 201).Select(a => a.Text("code")).Distinct().Count());
        Assert.Equal("100/0/0/0 0", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_member_gets_one_of_50_claims_at_once(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { stock = 100, limits = new { per_member = 1 } });
        var ann = await brand.Member("ann");

        var answers = await AtOnce(50, _ => brand.Claim(template, ann));
        var keyed = await AtOnce(50, i => brand.Claim(template, ann, key: $"k-{i % 5}"));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Concat(keyed).Where(a => a.Status != 201), a => a.MustRefuse(409, "member_limit"));
        Assert.DoesNotContain(keyed, a => a.Status == 201);
        Assert.Equal("1/0/0/0 99", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_key_50_times_is_one_coupon_and_one_answer(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { stock = 100 });
        var ann = await brand.Member("ann");

        var answers = await AtOnce(50, _ => brand.Claim(template, ann, key: "once"));

        Assert.Single(answers.Select(a => a.Must(201).Raw).Distinct());
        Assert.Equal("issued", await brand.Wallet(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_made_void_while_others_claim_is_given_out_again(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { stock = 20 });
        var members = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => brand.Member($"m-{i}")));
        var first = await AtOnce(20, i => brand.Claim(template, members[i]));
        var ids = first.Select(a => a.Must(201).Text("id")).ToList();

        await AtOnce(
            40,
            async i =>
                i % 2 == 0
                    ? await brand.Post($"/v1/coupons/{ids[i / 2]}/void", new { reason = "race" })
                    : await brand.Claim(template, members[20 + i])
        );
        while ((await brand.Claim(template, members[59])).Status == 201) { }

        Assert.Equal("20/0/0/20 0", await brand.Counts(template));
    }

    // each pair  |merge, void|   then   |part, void|
    [SkippableTheory, EveryEngine]
    public async Task What_is_made_void_while_its_member_is_merged_counts_for_nobody(string engine)
    {
        const int Pairs = 12;
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { limits = new { per_member = 3 } });
        var kept = await Task.WhenAll(Enumerable.Range(0, Pairs).Select(i => brand.Member($"kept-{i}")));
        var gone = await Task.WhenAll(Enumerable.Range(0, Pairs).Select(i => brand.Member($"gone-{i}")));
        var coupons = await AtOnce(Pairs * 2, async i => (await brand.Claim(template, gone[i / 2])).Must(201).Text("id"));
        Task<Answer> Void(int i) => brand.Post($"/v1/coupons/{coupons[i]}/void", new { reason = "race" });

        var joined = await AtOnce(
            Pairs * 2,
            i => i % 2 == 0 ? Void(i) : brand.Post($"/v1/members/{kept[i / 2]}/merge", new { from_member_id = gone[i / 2] })
        );
        await brand.LedgerIsClean();
        var parted = await AtOnce(Pairs * 2, i => i % 2 == 1 ? Void(i) : brand.Post($"/v1/members/{kept[i / 2]}/unmerge", "{}"));

        Assert.All(joined.Concat(parted), a => a.Must(200));
        await brand.LedgerIsClean();
        Assert.Equal($"0/0/0/{Pairs * 2} -", await brand.Counts(template));
    }

    [SkippableFact]
    public async Task Two_hosts_give_out_the_same_stock_once()
    {
        var cloud = await On("postgres");
        await using var second = await cloud.SecondHost();
        var here = await cloud.NewBrand("2026-03-10T04:00:00Z");
        var both = new[] { here, here.At(second) };
        var template = await here.Template(new { stock = 150, limits = new { per_member = 1 } });
        var members = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => here.Member($"m-{i}")));

        var answers = await AtOnce(300, i => both[i % 2].Claim(template, members[i]));
        var again = await AtOnce(64, i => both[i % 2].Claim(template, members[0]));

        Assert.Equal(150, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "used_up"));
        Assert.All(again, a => Assert.Equal(409, a.Status));
        Assert.Equal("150/0/0/0 0", await here.Counts(template));
    }
}
