using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>A brand with its key: what a brand's back end does, by intent.</summary>
public sealed partial class Brand(TestCloud cloud, HttpClient http, Answer made) : Caller(http)
{
    private int orders;

    public TestCloud Cloud => cloud;

    /// <summary>The answer that made it.</summary>
    public Answer Made => made;
    public string Id => made.Text("id");
    public string Slug => made.Text("slug");
    public string Currency => made.Text("currency");
    public string Secret => made.Text("api_key.secret");
    public string KeyId => made.Text("api_key.id");

    public Guid TenantId =>
        Ids.TryRead(IdPrefix.Tenant, Id, out var id) ? id : throw new InvalidOperationException($"{Id} is no tenant's id.");

    /// <summary>The condition, in the engine's SQL, that a row is this brand's.</summary>
    public string Mine =>
        cloud.IsPostgres
            ? $"tenant_id = '{TenantId}'"
            : $"tenant_id = X'{Convert.ToHexString(TenantId.ToByteArray(bigEndian: true))}'";

    /// <summary>The same brand, called at another host.</summary>
    public Brand At(TestHost host) => new(cloud, host.Client(Secret), made);

    /// <summary>The same brand with a new key of these scopes.</summary>
    public async Task<Caller> WithScopes(params string[] scopes) =>
        new(cloud.Host.Client((await Post("/v1/keys", new { name = "narrow", scopes })).Must(201).Text("secret")));

    /// <summary>Makes or changes a member; the answer's id.</summary>
    public async Task<string> Member(string externalId, object? fields = null)
    {
        var answer = await Put($"/v1/members/by-external-id/{externalId}", fields ?? "{}");
        Assert.True(answer.Status is 200 or 201, answer.Raw);
        return answer.Text("id");
    }

    public async Task<string> Rule(object rule) => (await Post("/v1/earning-rules", rule)).Must(201).Text("id");

    /// <summary>1 point per whole unit of currency on completion, settling and ending as said.</summary>
    public Task<string> PointPerUnit(int settleDays = 7, object? expiry = null, string trigger = "order.completed") =>
        Rule(
            new
            {
                name = "1 point per unit",
                trigger,
                currency = "points",
                formula = new { per_amount = new { unit = 100, points = 1 } },
                settle = new { after_days = settleDays },
                expiry = expiry ?? new { policy = "never" },
            }
        );

    /// <summary>Growth as points earned, at once, for ever.</summary>
    public Task<string> GrowthPerUnit(string trigger = "order.completed") =>
        Rule(
            new
            {
                name = "growth",
                trigger,
                currency = "growth",
                formula = new { per_amount = new { unit = 100, points = 1 } },
                settle = new { after_days = 0 },
            }
        );

    public async Task<string> Tier(string name, int rank, long threshold, int? months = null, int? multiplier = null) => (
            await Post(
                "/v1/tiers",
                new
                {
                    name,
                    rank,
                    growth_threshold = threshold,
                    valid_months = months,
                    points_multiplier_bp = multiplier,
                }
            )
        ).Must(201).Text("id");

    /// <summary>An order as a body: one line of <paramref name="net"/> unless lines are given. Times are instants; paid and completed at <paramref name="at"/> unless said.</summary>
    public object Order(
        string? externalId,
        string at,
        long net = 10_000,
        string? no = null,
        string? memberId = null,
        object[]? lines = null,
        string? paid = "same",
        string? completed = "same",
        string? channel = null,
        string? store = null,
        object[]? coupons = null,
        object? points = null
    ) =>
        new
        {
            order_no = no ?? $"order-{Interlocked.Increment(ref orders)}",
            external_id = memberId is null ? externalId : null,
            member_id = memberId,
            occurred_at = at,
            paid_at = paid == "same" ? at : paid,
            completed_at = completed == "same" ? (paid is null ? null : at) : completed,
            currency = Currency,
            lines = lines
                ??
                [
                    new
                    {
                        id = "1",
                        sku = "tea",
                        quantity = 1,
                        net,
                    },
                ],
            channel,
            store,
            coupons,
            points,
        };

    /// <summary>Reports an order; it must be taken.</summary>
    public async Task<Answer> Report(object order)
    {
        var answer = await Post("/v1/orders", order);
        Assert.True(answer.Status is 200 or 201, answer.Raw);
        return answer;
    }

    public async Task<Answer> Points(string member, string currency = "points") =>
        (await Get($"/v1/members/{member}/points?currency={currency}")).Must(200);

    /// <summary>available/pending, as in "30/5".</summary>
    public async Task<string> Balance(string member, string currency = "points")
    {
        var points = await Points(member, currency);
        return string.Create(CultureInfo.InvariantCulture, $"{points.Number("available")}/{points.Number("pending")}");
    }

    public async Task<Answer> Entries(string member, string currency = "points", string query = "") =>
        (await Get($"/v1/members/{member}/points/entries?currency={currency}{query}")).Must(200);

    public async Task<Answer> Summary(string member) => (await Get($"/v1/members/{member}/summary")).Must(200);

    public Task<Answer> Spend(
        string member,
        long amount,
        string reference = "shop",
        string? key = NewKey,
        string? currency = null
    ) =>
        Post(
            $"/v1/members/{member}/points/spend",
            new
            {
                amount,
                reference = new { type = "test", id = reference },
                currency,
            },
            key
        );

    public Task<Answer> Earn(
        string member,
        long amount,
        string? currency = null,
        string? settleAt = null,
        string? expiresAt = null,
        string? key = NewKey,
        string reference = "gift"
    ) =>
        Post(
            $"/v1/members/{member}/points/earn",
            new
            {
                amount,
                currency,
                settle_at = settleAt,
                expires_at = expiresAt,
                reference = new { type = "test", id = reference },
            },
            key
        );

    /// <summary>Moves the clock to an instant; what fell due on the way is done.</summary>
    public Task<Answer> MoveTo(string instant) => Arrive(new { advance_to = instant });

    public Task<Answer> Move(string duration) => Arrive(new { advance = duration });

    /// <summary>On a busy machine the clock may still be on its way when it is answered: it arrives by itself.</summary>
    private async Task<Answer> Arrive(object asked)
    {
        var moved = await Post("/v1/test-clock", asked, key: null);
        for (var look = 0; moved.Status == 202 && look < 600; look++)
        {
            await Task.Delay(100);
            if ((await Get("/v1/test-clock")).Must(200) is var clock && clock.At("target") is null)
                return clock;
        }
        return moved.Must(200);
    }

    /// <summary>Moves the clock as if no job ran: honest reads must not need them.</summary>
    public Task StandAt(string instant)
    {
        var at = DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        var micros = (at.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        return cloud.Tamper(
            cloud.IsPostgres
                ? $"UPDATE tenants SET test_clock = '{at:yyyy-MM-dd HH:mm:ss.ffffff}Z' WHERE slug = '{Slug}'"
                : $"UPDATE tenants SET test_clock = {micros} WHERE slug = '{Slug}'"
        );
    }

    /// <summary>The brand's events of a type, oldest first.</summary>
    public Task<List<OutboxEvent>> Events(string type) =>
        cloud.Host.InsideAsync(
            Id,
            services =>
                services
                    .GetRequiredService<MemberCloudDb>()
                    .Set<OutboxEvent>()
                    .AsNoTracking()
                    .Where(e => e.Type == type)
                    .OrderBy(e => e.Id)
                    .ToListAsync()
        );

    /// <summary>ledger.verify finds nothing.</summary>
    public async Task LedgerIsClean()
    {
        var run = (await Post("/v1/jobs/ledger.verify/run")).Must(200);
        var runs = run.Number("failed") > 0 ? (await Get("/v1/jobs/ledger.verify/runs")).Raw : "";
        Assert.True(run.Number("failed") == 0, runs);
    }
}
