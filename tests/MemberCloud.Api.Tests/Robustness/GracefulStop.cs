using System.Net;
using System.Net.Sockets;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>SIGTERM: what runs is finished, nothing new begins.</summary>
public sealed class GracefulStop(Clouds clouds) : ApiTests(clouds)
{
    // somebody holds the row   |------------------|
    // spend                       |---waits-------|201
    // SIGTERM                          x                the process ends by itself, with 0
    [SkippableFact]
    public async Task A_request_under_way_is_answered_before_the_process_ends()
    {
        var cloud = await On("postgres");
        var brand = await cloud.NewBrand();
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10);
        var port = Ports.Free();
        await using var process = HostProcess.Api(cloud, "stopping", port);
        using var http = await Ports.ReadyAsync(port, brand.Secret);
        Task<Answer> spend;
        await using (await HeldRows.AccountsAsync(brand))
        {
            spend = new Brand(cloud, http, brand.Made).Spend(ann, 3);
            await Task.Delay(500);
            await process.TerminateAsync();
            await Ports.RefusedAsync(port);
            // Longer than the two seconds after which the command line itself would end the process.
            await Task.Delay(2500);
            Assert.False(process.HasEnded);
            Assert.False(spend.IsCompleted);
        }

        (await spend).Must(201);
        (await process.EndAsync()).Must(0);
        Assert.Equal("7/0", await brand.Balance(ann));
    }

    [SkippableFact]
    public async Task A_request_that_does_not_end_is_cut_off_at_the_limit()
    {
        var cloud = await On("postgres");
        var brand = await cloud.NewBrand();
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 10);
        var port = Ports.Free();
        await using var process = HostProcess.Api(cloud, "cut-off", port, "--Limits:ShutdownSeconds=1");
        using var http = await Ports.ReadyAsync(port, brand.Secret);
        await using (await HeldRows.AccountsAsync(brand))
        {
            var spend = new Brand(cloud, http, brand.Made).Spend(ann, 3);
            await Task.Delay(500);
            await process.TerminateAsync();
            await process.EndAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => spend);
        }

        Assert.Equal("10/0", await brand.Balance(ann));
    }

    // lots due           |..............................|
    // worker one            |--settles--x SIGTERM: ends after its batch, gives the brand back
    // worker two                            |--goes on at once, no lease has to run out
    [SkippableFact]
    public async Task A_worker_ends_after_its_batch_and_leaves_no_lease()
    {
        var cloud = await On("postgres");
        var brand = await cloud.NewBrand();
        await brand.PointPerUnit(settleDays: 1);
        for (var chunk = 0; chunk < 3; chunk++)
        {
            var orders = Enumerable.Range(chunk * 500, 500).Select(i => brand.Order($"m-{i}", "2026-01-09T00:00:00Z"));
            (await brand.Post("/v1/orders/bulk", new { orders }, key: null)).Must(200);
        }
        await brand.StandAt("2026-01-12T00:00:00Z");
        await using var one = HostProcess.Worker(cloud, "first");
        await Eventually(async () => await PendingAsync(brand) < 1500);

        await one.TerminateAsync();
        (await one.EndAsync()).Must(0);

        var left = await PendingAsync(brand);
        Assert.InRange(left, 0, 1499);
        Assert.Equal(0L, await LeasesAsync(cloud));
        await using var two = HostProcess.Worker(cloud, "next");
        await Eventually(async () => await PendingAsync(brand) == 0);
        await brand.LedgerIsClean();
    }

    private static Task<int> PendingAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
                services.GetRequiredService<Data.MemberCloudDb>().Set<PointsLot>().CountAsync(l => l.State == LotState.Pending)
        );

    private static async Task<object?> LeasesAsync(TestCloud cloud)
    {
        await using var source = NpgsqlDataSource.Create(cloud.Connection);
        await using var command = source.CreateCommand("SELECT count(*) FROM job_due WHERE lease_until IS NOT NULL");
        return await command.ExecuteScalarAsync();
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        for (var look = 0; look < 600; look++)
        {
            if (await holds())
                return;
            await Task.Delay(50);
        }
        throw new TimeoutException("It did not come to that.");
    }
}

/// <summary>Ports of processes that this test starts.</summary>
public static class Ports
{
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Waits until the host there is ready; a client with a key.</summary>
    public static async Task<HttpClient> ReadyAsync(int port, string key)
    {
        var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        };
        http.DefaultRequestHeaders.Authorization = new("Bearer", key);
        for (var look = 0; look < 600; look++)
        {
            if (await IsReadyAsync(http))
                return http;
            await Task.Delay(100);
        }
        throw new TimeoutException("The host did not become ready.");
    }

    /// <summary>Waits until nobody listens there any more.</summary>
    public static async Task RefusedAsync(int port)
    {
        for (var look = 0; look < 100; look++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            await Task.Delay(50);
        }
        throw new TimeoutException("It still takes connections.");
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException error) when (error.InnerException is SocketException or IOException)
        {
            return false;
        }
    }
}
