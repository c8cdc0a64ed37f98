using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>kill -9 of the worker in the middle of a batch, and a second click on the button: everybody gets one, and undoing takes back what was not used.</summary>
public sealed class KilledIssues(Clouds clouds, ITestOutputHelper said) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";
    private const int Used = 5;

    private static int Members => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 100_000 : 9_000;

    // click  |1 2            |3                |4              every click with the same key
    // worker    |------x     kill -9 once some have theirs and before all have
    //                        |------> another one
    //                                         undo |---->
    [SkippableTheory, EveryEngine]
    public async Task Everybody_gets_one_though_the_worker_is_killed_and_the_button_is_clicked_again(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        var brand = await cloud.NewBrand(Now);
        await brand.Tagged(Members, "tea");
        var template = await brand.Template(new { limits = new { per_member = 3 } });
        Task<Answer> Click() =>
            brand.Post($"/v1/coupon-templates/{template}/issue", new { tag = "tea", reason = "spring" }, "the-button");

        var clicks = await AtOnce(2, _ => Click());
        var batch = clicks[0].Must(202).Text("batch_id");
        long issued;
        await using (var victim = HostProcess.Worker(cloud, "victim"))
        {
            await KilledPools.Eventually(async () => (await BatchAsync(brand)).Issued > 0);
            await victim.KillAsync();
            issued = (await BatchAsync(brand)).Issued;
            Assert.Equal(issued, await Rows(brand, rows => rows.LongCountAsync()));
        }
        await CdnowBrand.JobLeasesRunOut(cloud);
        var third = await Click();
        var took = await CarryOnAsync(cloud);
        var fourth = await Click();

        Assert.InRange(issued, 1, Members - 1);
        Assert.Single(new[] { clicks[0], clicks[1], third, fourth }.Select(c => c.Must(202).Raw).Distinct());
        Assert.Single((await brand.Get("/v1/batches")).Each("data", "id"));
        await EverybodyHasOne(brand, template, batch);
        said.WriteLine($"{engine}: killed at {issued}; the other {Members - issued} in {took.TotalSeconds:0.0} s");

        await UndoAsync(brand, template, batch);
    }

    private static async Task EverybodyHasOne(Brand brand, string template, string batch)
    {
        var shown = (await brand.Get($"/v1/batches/{batch}")).Must(200);
        Assert.Equal(
            ("done", Members, Members, 0),
            (shown.Text("state"), shown.Number("looked"), shown.Number("issued"), shown.Number("refused"))
        );
        Assert.Equal(Members, await Rows(brand, rows => rows.Select(c => c.MemberId).Distinct().CountAsync()));
        Assert.Equal($"{Members}/0/0/0 -", await brand.Counts(template));
        Assert.Equal(Members, (await brand.Events("coupon.issued")).Count);
        await brand.LedgerIsClean();
        var owner = await brand.Owner();
        Assert.Single((await owner.Get("/v1/audit-log?operation=IssueCoupons")).Must(200).Each("data", "number"));
    }

    // used  |x x x x x|   then undo |---x kill -9   |------>  all others
    private async Task UndoAsync(Brand brand, string template, string batch)
    {
        var used = await Rows(brand, rows => rows.OrderBy(c => c.Id).Skip(100).Take(Used).ToListAsync());
        foreach (var coupon in used)
            (await brand.Post("/v1/orders", OrderOf(coupon))).Must(201);

        (await brand.Post($"/v1/batches/{batch}/undo", new { reason = "wrong template" }, "undo")).Must(202);
        long undone;
        await using (var victim = HostProcess.Worker(brand.Cloud, "undoing"))
        {
            await KilledPools.Eventually(async () => (await BatchAsync(brand)).Undone > 0);
            await victim.KillAsync();
            undone = (await BatchAsync(brand)).Undone;
            Assert.Equal(undone, await Rows(brand, rows => rows.LongCountAsync(c => c.State == CouponState.Void)));
        }
        Assert.InRange(undone, 1, Members - Used - 1);
        await CdnowBrand.JobLeasesRunOut(brand.Cloud);
        (await brand.Post($"/v1/batches/{batch}/undo", new { reason = "wrong template" }, "undo")).Must(202);
        var took = await CarryOnAsync(brand.Cloud);

        var shown = (await brand.Get($"/v1/batches/{batch}")).Must(200);
        Assert.Equal(("undone", Members - Used), (shown.Text("state"), shown.Number("undone")));
        Assert.Equal($"{Used}/{Used}/0/{Members - Used} -", await brand.Counts(template));
        Assert.Equal(
            used.Select(c => c.Id),
            await Rows(
                brand,
                rows => rows.Where(c => c.State != CouponState.Void).OrderBy(c => c.Id).Select(c => c.Id).ToListAsync()
            )
        );
        await brand.LedgerIsClean();
        said.WriteLine(
            $"{brand.Cloud.Engine}: killed at {undone}; the other {Members - Used - undone} back in {took.TotalSeconds:0.0} s"
        );
    }

    private static object OrderOf(Coupon coupon) =>
        new
        {
            order_no = $"{coupon.Id}",
            member_id = Ids.Show(IdPrefix.Member, coupon.MemberId),
            occurred_at = Now,
            paid_at = Now,
            currency = "CNY",
            lines = new[]
            {
                new
                {
                    id = "1",
                    sku = "tea",
                    quantity = 1,
                    net = 9500,
                },
            },
            coupons = new[] { new { id = Ids.Show(IdPrefix.Coupon, coupon.Id), amount = 500 } },
        };

    private static async Task<TimeSpan> CarryOnAsync(TestCloud cloud)
    {
        var since = TimeProvider.System.GetTimestamp();
        await cloud.Host.TickAsync(IssueCouponsJob.Name);
        return TimeProvider.System.GetElapsedTime(since);
    }

    private static Task<CouponBatch> BatchAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<CouponBatch>().AsNoTracking().SingleAsync()
        );

    private static Task<T> Rows<T>(Brand brand, Func<IQueryable<Coupon>, Task<T>> read) =>
        brand.Cloud.Host.InsideAsync(brand.Id, s => read(s.GetRequiredService<MemberCloudDb>().Set<Coupon>().AsNoTracking()));
}
