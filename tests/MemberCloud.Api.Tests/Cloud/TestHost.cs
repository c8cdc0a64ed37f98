using MemberCloud.Data;
using MemberCloud.Host;
using MemberCloud.Jobs;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>The real host in this process, listening on a port of its own.</summary>
public sealed class TestHost : IAsyncDisposable
{
    /// <summary>One master key for all hosts: the serving role's password comes from it, and the role is the cluster's.</summary>
    public static Secrets Secrets { get; } = new(Master);

    public static readonly string OperatorKey = KeyRules.Make(
        KeyRules.Operator,
        [.. Enumerable.Range(0, 32).Select(i => (byte)i)]
    );

    private static byte[] Master => [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly WebApplication app;
    private readonly SocketsHttpHandler handler = new() { MaxConnectionsPerServer = 256 };

    private TestHost(WebApplication app) => this.app = app;

    public IServiceProvider Services => app.Services;

    public string Url => app.Urls.First();

    public static Task<TestHost> StartAsync(string engine, string connection, string role = "api", params string[] more) =>
        StartAsync(engine, connection, role, null, more);

    /// <summary>The same; <paramref name="also"/> may add to it (a log that is looked at).</summary>
    public static async Task<TestHost> StartAsync(
        string engine,
        string connection,
        string role,
        Action<WebApplicationBuilder>? also,
        params string[] more
    )
    {
        string[] settings =
        [
            "--urls=http://127.0.0.1:0",
            $"--Database:Engine={engine}",
            $"--Database:Connection={connection}",
            $"--Platform:MasterKey={Convert.ToBase64String(Master)}",
            $"--Platform:OperatorKey={OperatorKey}",
            "--Logging:LogLevel:Default=Warning",
            // What a guess costs is the hasher's own affair; the tests sign many people in.
            "--Staff:PasswordIterations=1000",
            "--Demo:Enabled=false",
            .. more,
        ];
        var app = HostSetup.Build(settings, role, also);
        try
        {
            await HostSetup.PrepareAsync(app, CancellationToken.None);
            await app.StartAsync();
            return new TestHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that holds a key (or none).</summary>
    public HttpClient Client(string? key)
    {
        var client = new HttpClient(handler, disposeHandler: false)
        {
            BaseAddress = new Uri(app.Urls.First()),
            Timeout = TimeSpan.FromSeconds(100),
        };
        if (key is not null)
            client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    /// <summary>Works in a scope of a brand, behind the HTTP door.</summary>
    public async Task<T> InsideAsync<T>(string tenantId, Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        if (!Ids.TryRead(IdPrefix.Tenant, tenantId, out var id))
            throw new ArgumentException("This is no tenant's id.", nameof(tenantId));
        var tenant = await Services.GetRequiredService<TenantDirectory>().FindAsync(id, CancellationToken.None);
        scope.ServiceProvider.GetRequiredService<TenantScope>().Enter(tenant!);
        return await work(scope.ServiceProvider);
    }

    /// <summary>What a worker's tick does: every brand that is due for a job has its turn, and its lease, until none is left.</summary>
    public Task<int> TickAsync(string job) =>
        Services
            .GetRequiredService<JobRunner>()
            .RunDueAsync(Services.GetRequiredService<JobTable>().Find(job)!, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        handler.Dispose();
    }
}
