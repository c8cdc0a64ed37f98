using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

public sealed partial class Brand
{
    /// <summary>A template of 5.00 off for 7 days after claim, with other fields as said; active unless said.</summary>
    public async Task<string> Template(object? fields = null, bool active = true)
    {
        var body = new System.Text.Json.Nodes.JsonObject
        {
            ["name"] = "5 off",
            ["kind"] = "amount_off",
            ["amount_off"] = 500,
            ["validity"] = new System.Text.Json.Nodes.JsonObject { ["days_after_claim"] = 7 },
        };
        foreach (var (name, value) in System.Text.Json.JsonSerializer.SerializeToNode(fields ?? new { })!.AsObject())
        {
            if (value is null)
                body.Remove(name);
            else
                body[name] = value.DeepClone();
        }
        var id = (await Post("/v1/coupon-templates", body.ToJsonString())).Must(201).Text("id");
        if (active)
            (await Post($"/v1/coupon-templates/{id}/activate", new { })).Must(200);
        return id;
    }

    /// <summary>A member with a token of their own.</summary>
    public async Task<Caller> MemberCaller(string externalId)
    {
        var id = await Member(externalId);
        return new(
            cloud.Host.Client((await Post($"/v1/members/{id}/tokens", new { ttl_seconds = 600 })).Must(201).Text("token"))
        );
    }

    public Task<Answer> Claim(string template, string member, string? key = null) =>
        Post($"/v1/coupon-templates/{template}/claim", new { member_id = member }, key);

    /// <summary>issued/redeemed/expired/voided left, as in "3/1/0/0 97".</summary>
    public async Task<string> Counts(string template)
    {
        var shown = (await Get($"/v1/coupon-templates/{template}")).Must(200);
        string Part(string name) => shown.At($"counts.{name}")?.ToString() ?? "-";
        return $"{Part("issued")}/{Part("redeemed")}/{Part("expired")}/{Part("voided")} {Part("left")}";
    }

    /// <summary>States of a member's coupons, newest first.</summary>
    public async Task<string> Wallet(string member) =>
        string.Join(' ', (await Get($"/v1/members/{member}/coupons")).Must(200).Each("data", "state"));

    /// <summary>So many members with a tag, straight into the tables.</summary>
    public Task<int> Tagged(int count, string tag) =>
        cloud.Host.InsideAsync(
            Id,
            async services =>
            {
                var (transactions, now) = (
                    services.GetRequiredService<Transactions>(),
                    services.GetRequiredService<TenantScope>().Now
                );
                foreach (var some in Enumerable.Range(0, count).Chunk(5_000))
                {
                    var members = some.Select(n => new Member
                        {
                            TenantId = TenantId,
                            Id = Ids.New(),
                            ExternalId = $"{tag}-{n}",
                            Attributes = "{}",
                            JoinedAt = now,
                            CreatedAt = now,
                        })
                        .ToList();
                    var tags = members.ConvertAll(m => new MemberTag
                    {
                        TenantId = TenantId,
                        MemberId = m.Id,
                        Tag = tag,
                    });
                    var store = new StoreBatch().Insert(members).Insert(tags);
                    await transactions.RunAsync(
                        () => transactions.Door.StoreAsync(store, CancellationToken.None),
                        CancellationToken.None
                    );
                }
                return count;
            }
        );

    /// <summary>Every coupon's row as it is stored, oldest first.</summary>
    public Task<List<Coupon>> CouponRows() =>
        cloud.Host.InsideAsync(
            Id,
            services => services.GetRequiredService<MemberCloudDb>().Set<Coupon>().AsNoTracking().OrderBy(c => c.Id).ToListAsync()
        );

    /// <summary>Does something to a coupon in one transaction, as a checkout will; false = the rules say that it cannot be used now.</summary>
    public Task<bool> OnCoupon(string shown, Guid by, Action<CouponWork, Coupon> act) =>
        cloud.Host.InsideAsync(
            Id,
            services =>
            {
                var (door, scope) = (services.GetRequiredService<IDoor>(), services.GetRequiredService<TenantScope>());
                Ids.TryRead(IdPrefix.Coupon, shown, out var id);
                return door.RunAsync(
                    scope.Id,
                    id,
                    async session =>
                    {
                        var work = await CouponWork.OpenAsync(session, scope.Tenant, [], [id], CancellationToken.None);
                        var coupon = work.Find(id)!;
                        if (CouponRules.Usable(coupon, coupon.MemberId, by, scope.Now) is not null)
                            return false;
                        act(work, coupon);
                        var store = new StoreBatch();
                        work.Write(store);
                        await session.StoreAsync(store, CancellationToken.None);
                        return true;
                    },
                    CancellationToken.None,
                    locked: true
                );
            }
        );
}
