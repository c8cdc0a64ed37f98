using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host.Demo;
using MemberCloud.Import;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Caller = MemberCloud.Api.Tests.Cloud.Caller;

namespace MemberCloud.Api.Tests.Demo;

/// <summary>A cloud whose hosts build the demo brands.</summary>
public sealed class DemoCloud : IAsyncDisposable
{
    private readonly List<TestHost> hosts = [];
    private readonly string folder = Directory.CreateTempSubdirectory("membercloud-demo-").FullName;

    private DemoCloud(TestCloud cloud) => Cloud = cloud;

    public TestCloud Cloud { get; }

    /// <summary>What makes a host build the demo, its files beside each other's in one folder.</summary>
    public string[] Settings => ["--Demo:Enabled=true", $"--Data:Folder={folder}", "--Jobs:LeaseSeconds=2"];

    /// <summary>What the hosts say of how to get in.</summary>
    public string File => Path.Combine(folder, "demo.txt");

    public static async Task<DemoCloud> StartAsync(string engine) => new(await TestCloud.StartAsync(engine));

    /// <summary>Starts hosts at once and waits until each says that the brands are there.</summary>
    public async Task<TestHost> BuildAsync(int hosts = 1)
    {
        var started = await Task.WhenAll(Enumerable.Range(0, hosts).Select(_ => Cloud.SecondHost("api", Settings)));
        this.hosts.AddRange(started);
        await Task.WhenAll(started.Select(h => h.Services.GetRequiredService<DemoBrands>().ExecuteTask!));
        return started[0];
    }

    public async Task<TenantInfo?> FindAsync(DemoBrand brand) =>
        await Cloud.Host.Services.GetRequiredService<TenantDirectory>().FindBySlugAsync(brand.Slug, CancellationToken.None);

    /// <summary>The brand's numbers, summed from its rows; null where it is not there.</summary>
    public async Task<BrandNumbers?> NumbersAsync(DemoBrand brand) =>
        await FindAsync(brand) is { } tenant
            ? await Cloud.Host.InsideAsync(
                Ids.Show(IdPrefix.Tenant, tenant.Id),
                services => services.GetRequiredService<ImportReport>().ReadAsync(CancellationToken.None)
            )
            : null;

    public Caller CallerOf(DemoBrand brand) => new(Cloud.Host.Client(DemoAccess.Of(brand, TestHost.Secrets).Key));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
            await host.DisposeAsync();
        await Cloud.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
