using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>Logs, traces and metrics say what happened, and never to whom.</summary>
public sealed class NothingPersonal(Clouds clouds) : ApiTests(clouds)
{
    private const string Phone = "13912345678";
    private const string Email = "wanda.secret@example.org";
    private const string Name = "Wanda Secret";
    private const string External = "ext-secret-4711";
    private static readonly string[] Secrets = [Phone, Email, Uri.EscapeDataString(Email), Name, "Secret", External];

    [SkippableTheory, EveryEngine]
    public async Task Not_even_at_debug_do_logs_hold_a_members_data(string engine)
    {
        await using var cloud = await TestCloud.StartAsync(engine);
        using var logs = new CapturedLogs();
        await using var host = await TestHost.StartAsync(
            engine,
            cloud.Connection,
            "api",
            builder => builder.Logging.AddProvider(logs),
            "--Database:Migrate=false",
            "--Logging:LogLevel:Default=Trace",
            "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
            "--Logging:LogLevel:Microsoft.EntityFrameworkCore=Trace",
            "--Limits:RequestSeconds=20"
        );
        var brand = (await cloud.NewBrand()).At(host);

        await CallsAsync(brand);
        // The database fails in the middle of it, with values in its hands.
        await cloud.Tamper("ALTER TABLE members RENAME TO members_gone");
        var failed = (await brand.Put($"/v1/members/by-external-id/{External}", new { name = Name })).MustRefuse(500, "internal");
        (await brand.Get($"/v1/members?external_id={External}")).MustRefuse(500, "internal");

        // What a problem names, the log has.
        var trace = failed.Text("trace_id").Split('-')[1];
        Assert.Contains(
            logs.Lines,
            line => line.Contains(trace, StringComparison.Ordinal) && line.Contains("internal:", StringComparison.Ordinal)
        );
        Assert.All(Secrets, secret => Assert.DoesNotContain(logs.Lines, l => l.Contains(secret, StringComparison.Ordinal)));
        Assert.DoesNotContain(logs.Lines, l => l.Contains(brand.Secret, StringComparison.Ordinal));
    }

    [SkippableTheory, EveryEngine]
    public async Task Traces_name_routes_and_jobs_and_entries_are_counted(string engine)
    {
        using var seen = new Seen();
        var brand = await NewBrand(engine);

        await CallsAsync(brand);
        await brand.LedgerIsClean();

        Assert.Contains(
            seen.Spans,
            s =>
                s.DisplayName == "PUT /v1/members/by-external-id/{externalId}"
                && Equals(s.GetTagItem("http.route"), "/v1/members/by-external-id/{externalId}")
                && s.GetTagItem("http.response.status_code") is 201
        );
        foreach (
            var counted in new[]
            {
                "membercloud.ledger.entries [kind, earn]",
                "membercloud.job.duration [job, ledger.verify]",
                "http.server.request.duration",
            }
        )
            Assert.Contains(seen.Counts.Keys, c => c.StartsWith(counted, StringComparison.Ordinal));
        Assert.All(Secrets, secret => Assert.DoesNotContain(seen.Told, t => t.Contains(secret, StringComparison.Ordinal)));
    }

    /// <summary>Traces and metrics of this process while it lives.</summary>
    private sealed class Seen : IDisposable
    {
        private readonly ActivityListener listener;
        private readonly MeterListener meters;

        public Seen()
        {
            listener = new()
            {
                ShouldListenTo = source => source.Name is Telemetry.Name or "Microsoft.AspNetCore" or "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = Spans.Enqueue,
            };
            ActivitySource.AddActivityListener(listener);
            meters = new()
            {
                InstrumentPublished = (instrument, to) =>
                {
                    if (instrument.Meter.Name is Telemetry.Name or "Microsoft.AspNetCore.Hosting")
                        to.EnableMeasurementEvents(instrument);
                },
            };
            meters.SetMeasurementEventCallback<long>((i, n, tags, _) => Count(i.Name, tags, n));
            meters.SetMeasurementEventCallback<double>((i, _, tags, _) => Count(i.Name, tags, 1));
            meters.Start();
        }

        public ConcurrentQueue<Activity> Spans { get; } = [];

        public ConcurrentDictionary<string, long> Counts { get; } = [];

        public IReadOnlyList<string> Told =>
            [
                .. Spans.Select(s =>
                    $"{s.DisplayName} {string.Join(' ', s.TagObjects)} {string.Join(' ', s.Baggage)} {s.StatusDescription}"
                ),
                .. Spans.SelectMany(s => s.Events).Select(e => string.Join(' ', e.Tags)),
                .. Counts.Keys,
            ];

        private void Count(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags, long number) =>
            Counts.AddOrUpdate($"{instrument} {string.Join(' ', tags.ToArray())}", number, (_, n) => n + number);

        public void Dispose()
        {
            listener.Dispose();
            meters.Dispose();
        }
    }

    /// <summary>What brands do all day, and what they do wrong, with a member's values everywhere.</summary>
    private static async Task CallsAsync(Brand brand)
    {
        object person = new
        {
            name = Name,
            phone = $"+86{Phone}",
            email = Email,
            birthday = "1990-04-04",
        };
        (await brand.Put($"/v1/members/by-external-id/{External}", person)).Must(201);
        var id = (await brand.Put($"/v1/members/by-external-id/{External}", person)).Must(200).Text("id");
        await brand.Get($"/v1/members?external_id={External}");
        await brand.Get($"/v1/members?phone=%2B86{Phone}");
        await brand.Get($"/v1/members?email={Email}&limit={External}");
        await brand.Get($"/v1/members?cursor={External}");
        await brand.Get($"/v1/nothing/{External}?phone={Phone}");
        await brand.Get($"/v1/members/{External}/summary");
        await brand.Get($"/v1/members/{Name}%01");
        await brand.Get($"/v1/members/{id}/points?currency={External}");
        await brand.Delete($"/v1/orders/{External}");
        await brand.Patch($"/v1/members/{id}", $$"""{ "{{Name}}": "{{Phone}}" }""");
        await brand.Patch($"/v1/members/{id}", $$"""{ "phone": "{{Name}}", "email": "{{Phone}}", "birthday": "{{Email}}" }""");
        await brand.Patch($"/v1/members/{id}", $"{Name} {Phone} {Email}");
        await brand.Post("/v1/members/search", new { phone = $"+86{Phone}" });
        await brand.Post($"/v1/members/{id}/identities", new { type = "phone", value = Phone });
        await brand.Earn(id, 5, reference: External);
        await brand.Spend(id, 500, reference: External);
        await brand.Report(brand.Order(External, "2026-01-09T00:00:00Z", no: External));
        await brand.Post("/v1/orders", brand.Order(External, "2026-01-09T00:00:00Z", 1, no: External));
        await brand.Post("/v1/events", $$"""{ "id": "{{External}}", "type": "{{Name}}", "external_id": "{{External}}" }""");
        await brand.Send(HttpMethod.Post, "/v1/events", "{}", External, $"text/{External}", ("X-Tenant", External));
        await brand.Send(
            HttpMethod.Get,
            $"/v1/members/{id}",
            null,
            null,
            headers: [("Request-Id", External), ("baggage", $"p={Phone}")]
        );
        await AtOnce(10, _ => brand.Put($"/v1/members/by-external-id/{External}-new", person));
    }
}
