using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Clouds whose quotas no walk reaches: it calls thousands of times from one address, often without a good credential.</summary>
public sealed class WalkClouds : Clouds
{
    private const int Plenty = 1_000_000;

    public static Task<TestCloud> StartAsync(string engine, Action<WebApplicationBuilder> also) =>
        TestCloud.StartAsync(
            engine,
            builder =>
            {
                builder.Services.AddSingleton(new QuotaOptions(Plenty, 100, Plenty, 2, 32, 500));
                also(builder);
            }
        );

    protected override Task<TestCloud> StartAsync(string engine) => StartAsync(engine, _ => { });
}

/// <summary>Walks over the operations of the OpenAPI documents.</summary>
public abstract class WalkTests(WalkClouds clouds) : IClassFixture<WalkClouds>
{
    protected Task<TestCloud> On(string engine) => clouds.On(engine);
}
