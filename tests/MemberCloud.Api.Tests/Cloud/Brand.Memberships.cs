using System.Linq.Expressions;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

public sealed partial class Brand
{
    /// <summary>A plan; of one year at 365.00 unless said.</summary>
    public async Task<string> Plan(
        string name = "PLUS",
        long price = 36_500,
        string unit = "year",
        int count = 1,
        string family = "plus",
        object? more = null
    )
    {
        var body = System
            .Text.Json.Nodes.JsonNode.Parse(
                System.Text.Json.JsonSerializer.Serialize(
                    new
                    {
                        name,
                        family,
                        price,
                        term = new { count, unit },
                    }
                )
            )!
            .AsObject();
        foreach (var (field, value) in System.Text.Json.JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
            body[field] = value?.DeepClone();
        return (await Post("/v1/plans", body.ToJsonString())).Must(201).Text("id");
    }

    /// <summary>A member buys a plan.</summary>
    public Task<Answer> Buy(
        string member,
        string plan,
        string? method = "fake_ok",
        string gateway = "fake",
        string? paid = null,
        bool renew = true,
        bool? trial = null,
        string? nextRenewal = null,
        string accepted = "2020-01-01T00:00:00Z",
        string? key = "new"
    ) =>
        Post(
            "/v1/memberships",
            new
            {
                member_id = member,
                plan_id = plan,
                payment = new
                {
                    gateway,
                    payment_method = gateway == "offline" ? null : method,
                    paid_reference = paid,
                },
                consent = new
                {
                    text_version = "2026-01",
                    accepted_at = accepted,
                    channel = "app",
                    next_renewal = nextRenewal,
                },
                auto_renew = renew,
                trial,
            },
            key
        );

    public async Task<Answer> Membership(string id) => (await Get($"/v1/memberships/{id}")).Must(200);

    /// <summary>Says of every notice nobody has proved yet that it arrived now.</summary>
    public async Task<int> DeliverNotices(string at)
    {
        var open = (await Get("/v1/notices?limit=200"))
            .Must(200)
            .At("data")!
            .AsArray()
            .Where(n => n!["proved_at"] is null)
            .Select(n => (string)n!["id"]!)
            .ToList();
        foreach (var id in open)
            (await Post($"/v1/notices/{id}/delivered", new { channel = "sms", at })).Must(200);
        return open.Count;
    }

    /// <summary>Reads its rows.</summary>
    public Task<T> Inside<T>(Func<MemberCloudDb, Task<T>> read) =>
        cloud.Host.InsideAsync(Id, services => read(services.GetRequiredService<MemberCloudDb>()));

    /// <summary>How many of its rows there are.</summary>
    public Task<int> Count<T>(Expression<Func<T, bool>>? which = null)
        where T : class => Inside(db => db.Set<T>().CountAsync(which ?? (_ => true)));
}
