using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>kill -9 of the worker that makes a pool: the next one makes what is missing, and nothing twice.</summary>
public sealed class KilledPools(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private static int Codes => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 1_000_000 : 40_000;

    // worker  |------x    kill -9 once codes are there and before all are
    //                 |---------->  another one
    [SkippableTheory, EveryEngine]
    public async Task A_pool_is_whole_and_no_larger_though_its_worker_is_killed(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        var brand = await cloud.NewBrand();
        var template = await brand.Template();
        var path = $"/v1/coupon-templates/{template}/codes";
        var batch = (await brand.Post(path, new { count = Codes, reason = "leaflet" })).Must(202).Text("batch_id");

        long made;
        await using (var victim = HostProcess.Worker(cloud, "victim"))
        {
            await Eventually(async () => await MadeAsync(brand) > 0);
            await victim.KillAsync();
            made = await MadeAsync(brand);
            Assert.Equal(made, await brand.Cloud.Host.InsideAsync(brand.Id, s => Rows(s).LongCountAsync()));
        }
        await CdnowBrand.JobLeasesRunOut(cloud);
        var started = TimeProvider.System.GetTimestamp();
        await using var next = HostProcess.Worker(cloud, "next");
        await Eventually(async () => await MadeAsync(brand) == Codes);
        var took = TimeProvider.System.GetElapsedTime(started);

        var numbers = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s => (await Rows(s).LongCountAsync(), await Rows(s).MinAsync(c => c.No), await Rows(s).MaxAsync(c => c.No))
        );
        Assert.Equal((Codes, 1, Codes), numbers);
        Assert.Equal(Codes, (await brand.CodesOf(batch)).Distinct().Count());
        Assert.InRange(made, 1, Codes - 1);
        said.WriteLine($"{engine}: killed at {made}; the other {Codes - made} in {took.TotalSeconds:0.0} s, the start included");
    }

    private static IQueryable<CouponCode> Rows(IServiceProvider services) =>
        services.GetRequiredService<MemberCloudDb>().Set<CouponCode>().AsNoTracking();

    private static Task<long> MadeAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<CouponBatch>().AsNoTracking().Select(b => b.Looked).SingleAsync()
        );

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 60_000; look++)
        {
            if (await holds())
                return;
            await Task.Delay(10);
        }
        throw new TimeoutException("It did not come to that.");
    }
}
