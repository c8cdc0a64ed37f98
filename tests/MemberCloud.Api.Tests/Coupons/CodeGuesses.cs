using System.Security.Cryptography;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Who guesses at codes is slowed, by member and by address, and learns nothing meanwhile.</summary>
public sealed class CodeGuesses(Clouds clouds) : ApiTests(clouds)
{
    private const string Address = "00ff";

    // wrong codes  1 2 ... 10 | then every code is refused, right ones too, for an hour from the first
    [SkippableTheory, EveryEngine]
    public async Task Ten_wrong_codes_close_the_hour_for_right_ones_too(string engine)
    {
        var brand = await NewBrand(engine);
        var template = await brand.Template(new { code = "SPRING" });
        var (_, codes) = await brand.Pool(template, 3);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var mistyped = codes[0][..15] + (codes[0][15] == '0' ? '1' : '0');
        for (var i = 0; i < 5; i++)
            (await brand.Redeem($"GUESS-{i}", ann)).MustRefuse(409, "code_invalid");
        (await brand.Redeem(codes[0], ann)).Must(201); // in between a right one
        (await brand.Redeem(codes[0], ann)).MustRefuse(409, "already_redeemed"); // no guess
        for (var i = 0; i < 5; i++)
            (await brand.Redeem(mistyped, ann)).MustRefuse(409, "code_typo");

        var closed = (await brand.Redeem("GUESS-6", ann)).MustRefuse(429, "too_many_tries");
        Assert.InRange(int.Parse(closed.Header("Retry-After"), null), 3_500, 3_600);
        (await brand.Redeem(codes[1], ann)).MustRefuse(429, "too_many_tries");
        (await brand.Redeem("SPRING", ann)).MustRefuse(429, "too_many_tries");
        (await brand.Redeem(codes[1], bob)).Must(201);
        await brand.AnHourPasses();
        (await brand.Redeem("SPRING", ann)).Must(201);
        (await brand.Redeem("GUESS-7", ann)).MustRefuse(409, "code_invalid");
        (await brand.Redeem(codes[2], ann)).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task An_address_is_counted_over_all_its_members(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Template(new { code = "SPRING" });
        var members = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => brand.Member($"m-{i}")));
        for (var i = 0; i < 10; i++)
            (await brand.Redeem("GUESS", members[i], ip: i % 2 == 0 ? "00FF" : Address)).MustRefuse(409, "code_invalid");

        (await brand.Redeem("SPRING", members[10], ip: Address)).MustRefuse(429, "too_many_tries");
        (await brand.Redeem("SPRING", members[10], ip: "00fe")).Must(201);
        (await brand.Redeem("SPRING", members[0])).Must(201);
        var subjects = await Tries(brand);
        Assert.Equal([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 10], subjects.Select(t => t.Count).Order());
        (await brand.Post("/v1/jobs/idempotency.prune/run")).Must(200);
        Assert.Equal(11, (await Tries(brand)).Count);
        await brand.AnHourPasses();
        (await brand.Post("/v1/jobs/idempotency.prune/run")).Must(200);
        Assert.Empty(await Tries(brand));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_s_own_address_is_counted_too(string engine)
    {
        var brand = await NewBrand(engine);
        var (ann, bob) = (await brand.MemberCaller("ann"), await brand.MemberCaller("bob"));
        for (var i = 0; i < 10; i++)
            (await ann.Post("/v1/me/coupon-codes/redeem", new { code = "GUESS" })).MustRefuse(409, "code_invalid");
        (await ann.Post("/v1/me/coupon-codes/redeem", new { code = "GUESS" })).MustRefuse(429, "too_many_tries");
        (await bob.Post("/v1/me/coupon-codes/redeem", new { code = "GUESS" })).MustRefuse(429, "too_many_tries");
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_a_hundred_guesses_at_once_ten_are_looked_at(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Pool(await brand.Template(), 1_000);
        var ann = await brand.Member("ann");
        var guesses = Enumerable
            .Range(0, 100)
            .Select(_ => CodeRules.Of(RandomNumberGenerator.GetBytes(CodeRules.Bytes)))
            .ToList();

        var answers = await AtOnce(100, i => brand.Redeem(guesses[i], ann, ip: Address));

        Assert.Equal(10, answers.Count(a => a is { Status: 409, Code: "code_invalid" }));
        Assert.Equal(90, answers.Count(a => a is { Status: 429, Code: "too_many_tries" }));
        Assert.Equal([10, 10], (await Tries(brand)).Select(t => t.Count));
        Assert.Equal("", await brand.Wallet(ann));
    }

    // wrong codes by ten members from five addresses: ten from each address are looked at, all others wait
    [SkippableTheory, EveryEngine]
    public async Task Of_many_guesses_none_hits_and_few_are_looked_at(string engine)
    {
        var brand = await NewBrand(engine);
        (await brand.Cloud.Operator.Patch($"/platform/v1/tenants/{brand.Id}", new { rate_quota = 100_000 })).Must(200);
        await brand.Pool(await brand.Template(), 1_000);
        var members = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => brand.Member($"m-{i}")));
        var answers = new System.Collections.Concurrent.ConcurrentBag<Answer>();

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Guesses),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (i, _) =>
            {
                var guess = CodeRules.Of(RandomNumberGenerator.GetBytes(CodeRules.Bytes));
                answers.Add(await brand.Redeem(guess, members[i % 10], ip: $"00f{i % 5}"));
            }
        );

        var (wrong, slowed) = (
            answers.Where(a => a.Code == "code_invalid").ToList(),
            answers.Where(a => a.Status == 429).ToList()
        );
        Assert.Equal(Guesses, wrong.Count + slowed.Count);
        Assert.Equal(50, wrong.Count);
        Assert.All(slowed, a => a.MustRefuse(429, "too_many_tries"));
        Assert.All(slowed, a => Assert.InRange(int.Parse(a.Headers["Retry-After"], null), 1, 3600));
        Assert.Empty(await brand.CouponRows());
    }

    private static int Guesses => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 10_000 : 400;

    private static Task<List<HourCount>> Tries(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<HourCount>().AsNoTracking().ToListAsync()
        );
}
