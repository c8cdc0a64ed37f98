using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Api.Tests.Robustness;
using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Pricing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Checkouts;

/// <summary>kill -9 in the middle of checkouts: whatever was set aside is an order's, or free again once its time is over.</summary>
public sealed class KilledCheckouts(Clouds clouds) : ApiTests(clouds)
{
    private const int Members = 8;
    private const int Given = 20_000;

    private static int Kills => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 10 : 1;

    // host     |--------x    kill -9 at a random moment
    // clients  |checkout commit checkout cancel ...|
    // then     the clock moves past every time-out, the job comes by: no lock, no hold, no limit without an order
    [SkippableTheory, EveryEngine]
    public async Task Nothing_stays_set_aside_though_the_host_is_killed(string engine)
    {
        var cloud = await On(engine);
        var brand = await cloud.NewBrand(Shop.Now);
        var members = await MembersAsync(brand);
        for (var kill = 0; kill < Kills; kill++)
        {
            var port = Ports.Free();
            await using var process = HostProcess.Api(cloud, $"till-{kill}", port, "--Limits:TenantPerSecond=100000");
            using var http = await Ports.ReadyAsync(port, brand.Secret);
            var victim = new Brand(cloud, http, brand.Made);
            var sold = 0;
            var clients = members.Select(
                (m, i) => Task.Run(() => SellAsync(victim, m, $"{kill}-{i}", () => Interlocked.Increment(ref sold)))
            );
            var all = Task.WhenAll(clients.ToList());
            for (var look = 0; look < 400 && Volatile.Read(ref sold) < 20; look++)
                await Task.Delay(25);
            await process.KillAsync();
            await all;
        }

        await brand.Move("PT2H");

        await MustBeFreeAsync(brand, members);
        await brand.LedgerIsClean();
    }

    private static async Task<string[]> MembersAsync(Brand brand)
    {
        await brand.PointsAreMoney();
        await brand.LimitedTea(100_000);
        var template = await brand.Template();
        var members = new List<string>();
        for (var i = 0; i < Members; i++)
        {
            members.Add(await brand.Member($"m-{i}"));
            await brand.Earn(members[i], Given);
            for (var c = 0; c < 5; c++)
                await brand.NewCoupon(template, members[i]);
        }
        return [.. members];
    }

    /// <summary>Until the host is gone.</summary>
    private static async Task SellAsync(Brand brand, string member, string no, Action sold)
    {
        var cart = Shop.Cart(member, [Shop.Line("1", "tea", 2)], points: 10);
        try
        {
            for (var i = 0; ; i++)
            {
                var made = (await brand.Checkout(cart)).Must(201).Text("id");
                if (i % 3 == 0)
                    (await brand.Commit(made, $"{no}-{i}", Shop.Now)).Must(200);
                else if (i % 3 == 1)
                    (await brand.Cancel(made)).Must(200);
                sold();
            }
        }
        catch (HttpRequestException gone)
            when (gone.HttpRequestError != HttpRequestError.Unknown || gone.InnerException is not null)
        {
            // What it had set aside nobody will commit.
        }
    }

    private static async Task MustBeFreeAsync(Brand brand, string[] members)
    {
        await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var db = services.GetRequiredService<MemberCloudDb>();
                Assert.False(await db.Set<Checkout>().AnyAsync(c => c.State == CheckoutState.Open));
                Assert.False(await db.Set<Coupon>().AnyAsync(c => c.State == CouponState.Locked));
                Assert.False(await db.Set<PointsHold>().AnyAsync(h => h.State == HoldState.Held));
                Assert.False(await db.Set<PurchaseCount>().AnyAsync(c => c.Held != "[]"));
                return true;
            }
        );
        foreach (var member in members)
        {
            var orders = (await brand.Get($"/v1/members/{member}/export")).Must(200).At("orders")!.AsArray();
            Assert.Equal($"{Given - (10 * orders.Count)}/0/0", await brand.Purse(member));
            Assert.Equal(100_000 - (2 * orders.Count), await brand.Left(member, "tea"));
            var used = orders.Sum(o => o!["coupons"]!.AsArray().Count);
            Assert.Equal(used, (await brand.Wallet(member)).Split(' ').Count(s => s == "redeemed"));
        }
    }
}
