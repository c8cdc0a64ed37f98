using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Operations;

/// <summary>Points that end soon: each lot told once, one notice per member and day, whoever runs and whoever dies.</summary>
public sealed class Notices(Clouds clouds) : ApiTests(clouds)
{
    private const int Members = 5;
    private static readonly DateTime Yesterday = new(2026, 1, 9, 1, 0, 0, DateTimeKind.Utc);

    private async Task<Brand> EndingAsync(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T01:00:00Z");
        for (var i = 0; i < Members; i++)
            (await brand.Earn(await brand.Member($"m-{i}"), 10 + i, expiresAt: "2026-01-17T00:00:00Z")).Must(201);
        return brand;
    }

    private static Task<JobOutcome> Batch(Brand brand, int size) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<NoticePointsJob>().RunAsync(new(Yesterday, null), size, CancellationToken.None)
        );

    // 10th 09:00 |--batch--x            dies after two of five; nothing is noted of the run
    // 11th 09:00           |-------->   the others, and only they
    [SkippableTheory, EveryEngine]
    public async Task A_run_that_dies_and_is_made_up_for_a_day_later_tells_nobody_twice(string engine)
    {
        var brand = await EndingAsync(engine);
        await Batch(brand, 2);
        Assert.Equal(2, (await brand.Events("points.expiring")).Count);
        await brand.StandAt("2026-01-11T01:00:00Z");
        (await brand.Earn(await brand.Member("m-0"), 99, expiresAt: "2026-01-17T00:00:00Z")).Must(201);

        while ((await Batch(brand, 2)).More) { }

        var told = await brand.Events("points.expiring");
        Assert.Equal(Members + 1, told.Count);
        Assert.Equal(Members, told.Select(t => t.SubjectId).Distinct().Count());
        Assert.Single(told, t => t.Data.Contains("\"amount\":99,", StringComparison.Ordinal));
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_workers_at_once_tell_each_member_once(string engine)
    {
        var brand = await EndingAsync(engine);

        for (var i = 0; i < 10 && (await AtOnce(3, _ => Batch(brand, 2))).Any(o => o.More); i++) { }

        Assert.Equal(Members, (await brand.Events("points.expiring")).Select(t => t.SubjectId).Distinct().Count());
        Assert.Equal(Members, (await brand.Events("points.expiring")).Count);
    }
}
