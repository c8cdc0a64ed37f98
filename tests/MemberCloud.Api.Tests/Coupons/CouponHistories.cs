using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>
/// Random templates, and whatever happens to their coupons in whatever order: every answer is the one that the rows themselves give, every state moves as it may, and
/// the counters are the rows.
/// </summary>
public sealed class CouponHistories(Clouds clouds) : ApiTests(clouds)
{
    private const int Steps = 14;

    private static readonly string[] Zones = ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo"];

    /// <summary>In each zone.</summary>
    private static int Histories => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 300 : 8;

    /// <summary>Another every day; the failing one by MEMBERCLOUD_SEED.</summary>
    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_SEED"), out var seed) ? seed : Random.Shared.Next();

    [SkippableTheory, EveryEngine]
    public async Task Counters_are_the_rows_and_answers_what_the_rows_say(string engine)
    {
        var seed = Seed;
        await Task.WhenAll(Enumerable.Range(0, Zones.Length).Select(part => RunAsync(engine, seed, part)));
    }

    /// <summary>In one brand each for so many, one after the other, since they share its clock.</summary>
    private async Task RunAsync(string engine, int seed, int part)
    {
        var chance = new Random(seed + part);
        for (var left = Histories; left > 0; left -= 10)
        {
            var brand = await NewBrand(engine, "2026-01-28T20:00:00Z", Zones[part]);
            for (var history = Math.Min(10, left); history > 0; history--)
            {
                var story = await CouponStory.BeginAsync(brand, chance);
                for (var step = 0; step < Steps; step++)
                {
                    var told = await story.StepAsync();
                    Assert.True(told is null, $"{told}\n(seed {seed}, {engine}, {Zones[part]}: {story})");
                }
                var verified = (await brand.Post("/v1/jobs/ledger.verify/run")).Must(200);
                var found = verified.Number("failed") > 0 ? (await brand.Get("/v1/jobs/ledger.verify/runs")).Raw : null;
                Assert.True(found is null, $"{found}\n(seed {seed}, {engine}, {Zones[part]}: {story})");
            }
        }
    }
}
