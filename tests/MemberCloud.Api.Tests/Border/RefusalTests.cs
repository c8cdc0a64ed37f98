using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Border;

/// <summary>Tests of what is refused: nothing changes, so one brand does for all.</summary>
public abstract class RefusalTests(Clouds clouds) : ApiTests(clouds)
{
    private static readonly Dictionary<TestCloud, Task<Brand>> Shared = [];

    /// <summary>Nothing changes, so one brand does for all rows.</summary>
    protected async Task<Brand> SharedBrand(string engine)
    {
        var cloud = await On(engine);
        Task<Brand> brand;
        lock (Shared)
            brand = Shared.TryGetValue(cloud, out var known) ? known : Shared[cloud] = cloud.NewBrand();
        return await brand;
    }

    protected static async Task MustBeUntouched(Brand brand, string member)
    {
        Assert.Equal(["somebody"], (await brand.Get("/v1/members")).Each("data", "external_id"));
        Assert.Empty((await brand.Entries(member)).Each("data", "id"));
        (await brand.Get("/v1/orders/A-1")).MustRefuse(404, "not_found");
    }

    protected static string Long(int length) => new('x', length);
}
