using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Host.Demo;

namespace MemberCloud.Api.Tests.Demo;

/// <summary>The brands of the first start: whole, once, whoever builds them and whatever happens on the way.</summary>
public sealed class DemoBrandsTests
{
    [SkippableTheory, EveryEngine]
    public async Task Two_hosts_that_start_at_once_build_the_brands_once_and_a_third_builds_nothing(string engine)
    {
        await using var cloud = await DemoCloud.StartAsync(engine);

        await cloud.BuildAsync(hosts: 2);

        foreach (var brand in DemoBrand.All)
            await MustBeWholeAsync(cloud, brand);
        var northwind = (await cloud.NumbersAsync(DemoBrand.Northwind))!;
        Assert.True(northwind is { Pending: > 0, Available: > 0, Expired: > 0 }, northwind.ToString());
        Assert.All(northwind.Tiers, tier => Assert.True(tier.Members > 0, tier.Tier));
        var said = await File.ReadAllTextAsync(cloud.File);
        Assert.All(DemoBrand.All, brand => Assert.Contains(DemoAccess.Of(brand, TestHost.Secrets).Key, said));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(cloud.File));

        // What somebody did with a brand since is left as it is.
        var clock = (await cloud.CallerOf(DemoBrand.Northwind).Post("/v1/test-clock", new { advance = "P1M" }, key: null)).Must(
            200
        );
        File.Delete(cloud.File);
        await cloud.BuildAsync();

        Assert.Equal(clock.Text("now"), (await cloud.CallerOf(DemoBrand.Northwind).Get("/v1/test-clock")).Must(200).Text("now"));
        foreach (var brand in DemoBrand.All)
            await MustBeWholeAsync(cloud, brand);
        Assert.Equal(WithoutTokens(said), WithoutTokens(await File.ReadAllTextAsync(cloud.File)));
    }

    // one  |----x              x = kill -9, with orders in and the rest to come
    // two         |--------->
    [SkippableTheory, EveryEngine]
    public async Task A_build_that_was_killed_is_finished_by_the_next_start(string engine)
    {
        await using var cloud = await DemoCloud.StartAsync(engine);
        await using (
            var process = HostProcess.Start(
                cloud.Cloud,
                "demo",
                ["--role", "api", "--urls=http://127.0.0.1:0", .. cloud.Settings]
            )
        )
        {
            while (!(await cloud.NumbersAsync(DemoBrand.Northwind) is { Orders: > 0 }))
                await Task.Delay(20);
            await Task.Delay(Random.Shared.Next(1000));
            await process.KillAsync();
        }

        await cloud.BuildAsync();

        foreach (var brand in DemoBrand.All)
            await MustBeWholeAsync(cloud, brand);
    }

    [SkippableFact]
    public async Task A_brand_that_somebody_opened_under_a_demos_name_is_left_alone()
    {
        await using var cloud = await DemoCloud.StartAsync("sqlite");
        var theirs = new
        {
            slug = "northwind",
            name = "Northwind Ltd",
            time_zone = "Europe/London",
            currency = "GBP",
            locale = "en",
            mode = "live",
        };
        (await cloud.Cloud.Operator.Post("/platform/v1/tenants", theirs, key: null)).Must(201);

        await cloud.BuildAsync();

        Assert.Equal(0, (await cloud.NumbersAsync(DemoBrand.Northwind))!.Members);
        await MustBeWholeAsync(cloud, DemoBrand.Cdnow);
    }

    /// <summary>Members' tokens end after a day: each start issues others.</summary>
    private static IEnumerable<string> WithoutTokens(string said) => said.Split('\n').Where(line => !line.Contains("mc_mem_"));

    private static async Task MustBeWholeAsync(DemoCloud cloud, DemoBrand brand)
    {
        var data = DemoData.Of(brand);
        var members = data.Orders.Select(o => o.Customer).Union(data.Members.Select(m => m.ExternalId)).Count();
        var numbers = (await cloud.NumbersAsync(brand))!;
        Assert.Equal((data.Orders.Count, members), (numbers.Orders, numbers.Members));
        Assert.Equal(data.Orders.Sum(o => o.Lines.Sum(l => l.Net)), numbers.Money);
        var caller = cloud.CallerOf(brand);
        Assert.Equal(brand.Rules.Count, (await caller.Get("/v1/earning-rules")).Must(200).At("data")!.AsArray().Count);
        Assert.Equal(brand.Tiers.Count, (await caller.Get("/v1/tiers")).Must(200).At("data")!.AsArray().Count);
        Assert.Equal(0, (await caller.Post("/v1/jobs/ledger.verify/run")).Must(200).Number("failed"));
        var staff = DemoAccess.Of(brand, TestHost.Secrets).Staff;
        foreach (var (role, email, password) in staff)
        {
            var session = await cloud.Cloud.Nobody.Post(
                "/v1/staff/login",
                new
                {
                    brand = brand.Slug,
                    email,
                    password,
                },
                key: null
            );
            Assert.Equal(role.ToString(), session.Must(200).Text("staff.role"), ignoreCase: true);
        }
        await MustHaveCouponsAsync(caller, brand.Coupons, data);
        // Every order is as the data leaves it: the last ones are not shipped yet.
        foreach (var order in data.Orders.TakeLast(20))
        {
            var state = order.Completed is null ? "paid" : "completed";
            Assert.Equal(state, (await caller.Get($"/v1/orders/{order.No}")).Must(200).Text("state"));
        }
    }

    /// <summary>Each batch once, each order's coupon used; the newest template that is active is one for everybody, which Swagger UI fills in.</summary>
    private static async Task MustHaveCouponsAsync(Caller caller, DemoCoupons coupons, DemoData data)
    {
        var templates = (await caller.Get("/v1/coupon-templates?limit=200")).Must(200);
        Assert.Equal(coupons.Templates.Select(t => t.Body.Name).Reverse(), templates.Each("data", "name"));
        var batches = (await caller.Get("/v1/batches?limit=200")).Must(200);
        Assert.Equal(coupons.Issues.Count + coupons.Codes.Count, batches.At("data")!.AsArray().Count);
        for (var i = 0; i < coupons.Templates.Count; i++)
        {
            var name = templates.Text($"data.{i}.name");
            var asked = coupons
                .Issues.Where(c => c.Template == name)
                .Sum(c => c.Customers?.Count ?? data.Members.Count(m => m.Fields.Tags.Value!.Contains(c.Tag!)));
            var refused = batches
                .At("data")!
                .AsArray()
                .Where(b => (string)b!["template_id"]! == templates.Text($"data.{i}.id"))
                .Sum(b => (long)b!["refused"]!);
            Assert.Equal(asked, templates.Number($"data.{i}.counts.issued") + refused);
            Assert.Equal(coupons.Used.Count(u => u.Value.Template == name), templates.Number($"data.{i}.counts.redeemed"));
        }
    }
}
