using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>Perks: made, entitled to, used.</summary>
public sealed partial class Brand
{
    /// <summary>A perk of the kind service, unless said otherwise.</summary>
    public async Task<string> Perk(
        int quantity = 1,
        string period = "month",
        int rollover = 0,
        string kind = "service",
        object? config = null,
        long? value = null
    ) => (
            await Post(
                "/v1/perks",
                new
                {
                    name = kind,
                    kind,
                    quantity,
                    period,
                    rollover_max = rollover,
                    value,
                    config,
                }
            )
        ).Must(201).Text("id");

    /// <summary>A paid plan in force for a member, as memberships write it.</summary>
    public Task Hold(
        string member,
        IReadOnlyList<string> perks,
        string since = "2026-01-10T00:00:00Z",
        string until = "2027-01-10T00:00:00Z",
        string? tier = null,
        string family = "plus",
        Guid? membership = null
    ) =>
        Cloud.Host.InsideAsync(
            Id,
            services =>
                services
                    .GetRequiredService<Transactions>()
                    .RunAsync(
                        async () =>
                        {
                            var db = services.GetRequiredService<MemberCloudDb>();
                            db.Add(
                                new PlanHolding
                                {
                                    TenantId = TenantId,
                                    MemberId = Read(IdPrefix.Member, member),
                                    Family = family,
                                    PlanId = Ids.New(),
                                    MembershipId = membership ?? Ids.New(),
                                    TierId = tier is null ? null : Read(IdPrefix.Tier, tier),
                                    Perks = string.Join(',', perks),
                                    Since = Instant(since),
                                    Until = Instant(until),
                                    TermStartsAt = Instant(since),
                                    TermEndsAt = Instant(until),
                                }
                            );
                            return await db.SaveChangesAsync();
                        },
                        default
                    )
        );

    /// <summary>A member with one plan in force that entitles to these perks.</summary>
    public async Task<string> Holder(string name, params string[] perks)
    {
        var member = await Member(name);
        await Hold(member, perks);
        return member;
    }

    public Task<Answer> Consume(string member, string perk, int quantity = 1, string? key = NewKey) =>
        Post($"/v1/members/{member}/perks/{perk}/consume", new { quantity }, key);

    public Task<Answer> Reserve(string member, string perk, int quantity = 1, int ttl = 900, string? key = NewKey) =>
        Post($"/v1/members/{member}/perks/{perk}/reserve", new { quantity, ttl_seconds = ttl }, key);

    public Task<Answer> Resolve(Answer reservation, string how, string? key = NewKey) =>
        Post($"/v1/perk-reservations/{reservation.Text("id")}/{how}", new { }, key);

    /// <summary>quantity/used/reserved/left of the member's only perk, as in "5/2/1/2".</summary>
    public async Task<string> Left(string member)
    {
        var perk = (await Get($"/v1/members/{member}/perks")).Must(200);
        return string.Join('/', new[] { "quantity", "used", "reserved", "left" }.Select(f => perk.Number($"data.0.{f}")));
    }

    /// <summary>The member's grants as they are stored, oldest first: period: amount/used/reserved.</summary>
    public async Task<IReadOnlyList<string>> Grants(string member)
    {
        var id = Read(IdPrefix.Member, member);
        var grants = await Cloud.Host.InsideAsync(
            Id,
            services =>
                services
                    .GetRequiredService<MemberCloudDb>()
                    .Set<PerkGrant>()
                    .Where(g => g.MemberId == id)
                    .OrderBy(g => g.Id)
                    .ToListAsync()
        );
        return [.. grants.Select(g => $"{g.Period}: {g.Amount}/{g.Used}/{g.Reserved}")];
    }

    private static Guid Read(string prefix, string shown) =>
        Ids.TryRead(prefix, shown, out var id) ? id : throw new InvalidOperationException($"{shown} is no id of {prefix}.");

    private static DateTime Instant(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
