using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Api.Tests.Robustness;
using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Pools of codes, large ones: kill -9 of the worker that makes one, and many of them in a memory that does not grow.</summary>
public sealed class KilledPools(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    private static int Codes => IsLong ? 200_000 : 16_000;

    /// <summary>A million in the long run.</summary>
    private static int Many => IsLong ? (int)CodePools.Most : 30_000;

    // worker  |------x    kill -9 once codes are there and before all are
    //                 |---------->  another one
    [SkippableTheory, EveryEngine]
    public async Task A_pool_is_whole_and_no_larger_though_its_worker_is_killed(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        var brand = await cloud.NewBrand();
        var batch = await BeginAsync(brand, Codes);

        long made;
        await using (var victim = HostProcess.Worker(cloud, "victim"))
        {
            await Eventually(async () => await MadeAsync(brand) > 0);
            await victim.KillAsync();
            made = await MadeAsync(brand);
            Assert.Equal(made, await brand.Cloud.Host.InsideAsync(brand.Id, s => Rows(s).LongCountAsync()));
        }
        await CdnowBrand.JobLeasesRunOut(cloud);
        await cloud.Host.TickAsync(MakeCodesJob.Name);

        await MustBeWholeAsync(brand, batch, Codes);
        Assert.InRange(made, 1, Codes - 1);
        said.WriteLine($"{engine}: killed at {made} of {Codes}");
    }

    [SkippableTheory, EveryEngine]
    public async Task Many_codes_are_made_and_read_in_a_memory_that_does_not_grow(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        var brand = await cloud.NewBrand();
        var (batch, since) = (await BeginAsync(brand, Many), TimeProvider.System.GetTimestamp());
        var fifth = Many / 5;

        await using (var worker = HostProcess.Worker(cloud, "maker"))
        {
            await Eventually(async () => await MadeAsync(brand) > fifth);
            var early = worker.PeakMegabytes;
            await Eventually(async () => await MadeAsync(brand) == Many);
            Say("made", since, early, worker.PeakMegabytes);
        }
        var port = Ports.Free();
        await using var host = HostProcess.Api(cloud, "reader", port);
        using var http = await Ports.ReadyAsync(port, brand.Secret);
        since = TimeProvider.System.GetTimestamp();
        var (read, peak) = (new HashSet<string>(), 0L);
        await foreach (var line in new Brand(cloud, http, brand.Made).StreamedCodesOf(batch))
        {
            Assert.True(read.Add(line), line);
            if (read.Count == fifth)
                peak = host.PeakMegabytes;
        }
        Say("read", since, peak, host.PeakMegabytes);
        Assert.Equal(Many, read.Count);

        void Say(string what, long from, long atFirst, long atLast)
        {
            var took = TimeProvider.System.GetElapsedTime(from);
            said.WriteLine(
                $"{engine}: {what} in {took.TotalSeconds:0.0} s, at most {atFirst} MB after a fifth and {atLast} MB at the end"
            );
            Assert.InRange(atLast, 1, atFirst + 60);
        }
    }

    private static async Task<string> BeginAsync(Brand brand, int count)
    {
        var template = await brand.Template();
        var asked = new { count, reason = "leaflet" };
        return (await brand.Post($"/v1/coupon-templates/{template}/codes", asked)).Must(202).Text("batch_id");
    }

    private static async Task MustBeWholeAsync(Brand brand, string batch, int count)
    {
        var numbers = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s => (await Rows(s).LongCountAsync(), await Rows(s).MinAsync(c => c.No), await Rows(s).MaxAsync(c => c.No))
        );
        Assert.Equal((count, 1, count), numbers);
        Assert.Equal(count, await brand.StreamedCodesOf(batch).Distinct().CountAsync());
    }

    private static IQueryable<CouponCode> Rows(IServiceProvider services) =>
        services.GetRequiredService<MemberCloudDb>().Set<CouponCode>().AsNoTracking();

    private static Task<long> MadeAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<CouponBatch>().AsNoTracking().Select(b => b.Looked).SingleAsync()
        );

    internal static async Task Eventually(Func<Task<bool>> holds)
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
