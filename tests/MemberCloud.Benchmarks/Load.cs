using System.Diagnostics;
using System.Globalization;

namespace MemberCloud.Benchmarks;

/// <summary>What a server answered under load.</summary>
public sealed record Measured(double PerSecond, double P50, double P99, long Refused)
{
    public override string ToString() =>
        FormattableString.Invariant($"{PerSecond, 9:N0} a second   p50 {P50:0.00} ms   p99 {P99:0.00} ms   refused {Refused}");

    /// <summary>Tells it on the console.</summary>
    public Measured Say(string what)
    {
        Console.WriteLine($"{what, -26} {this}");
        return this;
    }

    /// <summary>Its rate as a part of another's.</summary>
    public string Over(Measured limit) => (PerSecond / limit.PerSecond).ToString("0.00", CultureInfo.InvariantCulture);

    public string Rate => PerSecond.ToString("N0", CultureInfo.InvariantCulture);

    public string Milliseconds => FormattableString.Invariant($"{P50:0.0} / {P99:0.0}");

    /// <summary>Several rounds as one.</summary>
    public static Measured Mean(IReadOnlyCollection<Measured> rounds) =>
        new(rounds.Average(r => r.PerSecond), rounds.Average(r => r.P50), rounds.Average(r => r.P99), rounds.Sum(r => r.Refused));
}

/// <summary>Keeps 32 connections busy, each with one request at a time.</summary>
public static class Load
{
    public const int Connections = 32;

    /// <param name="next">Fills in the next request: the connection's number, its buffer; how many bytes are to be sent.</param>
    public static Task<Measured> DriveAsync(int port, int wanted, TimeSpan time, Func<int, byte[], int> next) =>
        DriveAsync(
            port,
            time,
            async (connection, number, buffer) => await connection.SendAsync(buffer.AsMemory(0, next(number, buffer))) == wanted
        );

    /// <param name="step">What is done again and again on a connection: the connection, its number, a buffer of its own; whether it went well.</param>
    /// <param name="perSecond">How many are begun a second on all connections together; 0 = as many as go. One that begins late waited as long: that counts.</param>
    public static async Task<Measured> DriveAsync(
        int port,
        TimeSpan time,
        Func<Connection, int, byte[], Task<bool>> step,
        double perSecond = 0
    )
    {
        var (samples, refused) = (new List<double>[Connections], 0L);
        var since = Stopwatch.GetTimestamp();
        var pace = TimeSpan.FromSeconds(perSecond > 0 ? Connections / perSecond : 0);
        await Task.WhenAll(
            Enumerable
                .Range(0, Connections)
                .Select(async number =>
                {
                    using var connection = await Connection.OpenAsync(port);
                    var (buffer, mine) = (new byte[2048], samples[number] = new List<double>(100_000));
                    for (var turn = pace * number / Connections; Stopwatch.GetElapsedTime(since) < time; turn += pace)
                    {
                        var early = pace > TimeSpan.Zero ? turn - Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;
                        if (early > TimeSpan.Zero)
                            await Task.Delay(early);
                        var begun = early < TimeSpan.Zero ? turn : Stopwatch.GetElapsedTime(since);
                        if (!await step(connection, number, buffer))
                            Interlocked.Increment(ref refused);
                        mine.Add((Stopwatch.GetElapsedTime(since) - begun).TotalMilliseconds);
                    }
                })
        );
        var all = samples.SelectMany(s => s).Order().ToList();
        return new(
            all.Count / Stopwatch.GetElapsedTime(since).TotalSeconds,
            all[all.Count / 2],
            all[all.Count * 99 / 100],
            refused
        );
    }

    /// <summary>
    /// So many requests, not so many seconds: the runtime compiles anew what was called often, and the code of a whole product takes longer than that of a bare server.
    /// </summary>
    public static async Task WarmAsync(int port, int wanted, Func<int, byte[], int> next)
    {
        for (double sent = 0; sent < 20_000; )
            sent += (await DriveAsync(port, wanted, TimeSpan.FromSeconds(5), next)).PerSecond * 5;
    }

    /// <summary>Sends each request once, over all connections; the answers in the order of the requests.</summary>
    public static Task<string[]> SendAllAsync(int port, IReadOnlyList<byte[]> requests, int wanted) =>
        SendAllAsync(port, requests, Connections, wanted);

    /// <summary>The same over so many connections.</summary>
    public static async Task<string[]> SendAllAsync(
        int port,
        IReadOnlyList<byte[]> requests,
        int connections,
        params int[] wanted
    )
    {
        var (answers, last) = (new string[requests.Count], -1);
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async _ =>
                {
                    using var connection = await Connection.OpenAsync(port);
                    for (var i = Interlocked.Increment(ref last); i < requests.Count; i = Interlocked.Increment(ref last))
                    {
                        var status = await connection.SendAsync(requests[i]);
                        answers[i] = wanted.Contains(status)
                            ? connection.Answer
                            : throw new InvalidOperationException(connection.Answer);
                    }
                })
        );
        return answers;
    }
}
