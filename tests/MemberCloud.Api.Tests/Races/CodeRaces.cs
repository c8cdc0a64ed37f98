using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Races;

/// <summary>Many with one code, with one template's points, and several workers on one pool.</summary>
public sealed class CodeRaces(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Of_20_with_one_code_one_gets_the_coupon(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template();
        var (batch, codes) = await brand.Pool(template, 2);
        var members = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => brand.Member($"m-{i}")));

        var answers = await AtOnce(20, i => brand.Redeem(codes[0], members[i]));
        var keyed = await AtOnce(20, _ => brand.Redeem(codes[1], members[0], key: "once"));

        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "already_redeemed"));
        Assert.Single(keyed.Select(a => a.Must(201).Raw).Distinct());
        Assert.Equal("2/0/0/0 -", await brand.Counts(template));
        Assert.Equal(codes.Select(c => $"{c},redeemed"), await brand.CodesOf(batch));
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_64_with_a_code_for_everyone_as_many_get_one_as_there_is_stock(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(
            new
            {
                code = "SPRING",
                stock = 40,
                limits = new { per_member = 1 },
            }
        );
        var members = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => brand.Member($"m-{i}")));

        var answers = await AtOnce(64, i => brand.Redeem("SPRING", members[i]));
        var claimed = await AtOnce(64, i => brand.Claim(template, members[i]));

        Assert.Equal(40, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "used_up"));
        Assert.All(claimed, a => Assert.Equal(409, a.Status));
        Assert.Equal("40/0/0/0 0", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task Redeeming_while_the_rest_is_made_void_is_one_or_the_other(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template();
        var ann = await brand.Member("ann");
        var (batch, codes) = await brand.Pool(template, 30);

        var redeeming = AtOnce(30, i => brand.Redeem(codes[i], ann));
        var voided = 0;
        for (Guid? at = null; ; )
        {
            var step = await VoidAsync(brand, at);
            (voided, at) = (voided + step.Voided, step.Cursor);
            if (at is null)
                break;
        }
        var answers = await redeeming;

        var given = answers.Count(a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "void"));
        Assert.Equal(30, given + voided);
        var states = (await brand.CodesOf(batch)).CountBy(l => l.Split(',')[1]).ToDictionary();
        Assert.Equal((given, voided), (states.GetValueOrDefault("redeemed"), states.GetValueOrDefault("void")));
        Assert.Equal($"{given}/0/0/0 -", await brand.Counts(template));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_last_points_buy_one_coupon_and_the_last_coupon_costs_one_price(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { points_price = 10, stock = 5 });
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 35)).Must(201);
        var members = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => brand.Member($"m-{i}")));
        foreach (var member in members)
            (await brand.Earn(member, 10)).Must(201);

        var own = await AtOnce(8, _ => brand.Exchange(template, ann));
        var others = await AtOnce(10, i => brand.Exchange(template, members[i]));

        Assert.Equal(3, own.Count(a => a.Status == 201));
        Assert.All(own.Where(a => a.Status != 201), a => a.MustRefuse(409, "points_insufficient"));
        Assert.Equal(2, others.Count(a => a.Status == 201));
        Assert.All(others.Where(a => a.Status != 201), a => a.MustRefuse(409, "used_up"));
        Assert.Equal("5/0", await brand.Balance(ann));
        var left = await Task.WhenAll(members.Select(m => brand.Balance(m)));
        Assert.Equal((2, 8), (left.Count(b => b == "0/0"), left.Count(b => b == "10/0")));
        Assert.Equal("5/0/0/0 0", await brand.Counts(template));
        await brand.LedgerIsClean();
    }

    // workers  aaaa|aa x   a is undone in the middle of a step again and again; two others go on at once
    [SkippableTheory, EveryEngine]
    public async Task Workers_on_one_pool_that_break_off_anywhere_make_each_number_once(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template();
        var begun = (await brand.Post($"/v1/coupon-templates/{template}/codes", new { count = 300 })).Must(202);

        await AtOnce(3, WorkAsync);

        Assert.Equal(300, (await brand.CodesOf(begun.Text("batch_id"))).Distinct().Count());

        async Task<bool> WorkAsync(int worker)
        {
            while (true)
            {
                // Some are stopped on their way, wherever that is.
                using var patience = new CancellationTokenSource(Random.Shared.Next(3) == 0 ? Random.Shared.Next(1, 8) : 60_000);
                try
                {
                    if (!await StepAsync(patience.Token))
                        return true;
                }
                catch (OperationCanceledException) { }
            }
        }
        Task<bool> StepAsync(CancellationToken ct) =>
            brand.Cloud.Host.InsideAsync(
                brand.Id,
                async s => (await s.GetRequiredService<MakeCodesJob>().RunAsync(new JobProgress(), 7, ct)).More
            );
    }

    private static Task<(int Voided, Guid? Cursor)> VoidAsync(Brand brand, Guid? at) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s =>
            {
                var pool = await s.GetRequiredService<MemberCloudDb>().Set<CouponBatch>().AsNoTracking().SingleAsync();
                return await s.GetRequiredService<CodePools>().VoidUnusedAsync(pool, at, 4, default);
            }
        );
}
