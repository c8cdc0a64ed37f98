using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests;

/// <summary>Tests against the real host over HTTP: one cloud per class and engine, each test with brands of its own.</summary>
public abstract class ApiTests(Clouds clouds) : IClassFixture<Clouds>
{
    protected Task<TestCloud> On(string engine) => clouds.On(engine);

    protected async Task<Brand> NewBrand(
        string engine,
        string? clock = "2026-01-10T00:00:00Z",
        string zone = "Asia/Shanghai",
        string currency = "CNY"
    ) => await (await clouds.On(engine)).NewBrand(clock, zone, currency);

    /// <summary>The same thing many times at once.</summary>
    protected static Task<T[]> AtOnce<T>(int count, Func<int, Task<T>> act) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => act(i))));
}
