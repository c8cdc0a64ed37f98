using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Earning;

/// <summary>Events that brands report: each happens once by its id, whatever comes twice.</summary>
public sealed class EventService(Transactions transactions, EarningService earning, MemberService members, TenantScope scope)
{
    /// <param name="asked">What happened.</param>
    /// <param name="byIdAlone">The same id again is the same event whatever else it says (its time, for one).</param>
    /// <param name="ct">Gives up.</param>
    public Task<Result<EventShape>> ReportAsync(EventRequest asked, CancellationToken ct, bool byIdAlone = false) =>
        transactions.DecideAsync<EventShape>(
            async () =>
            {
                // Under the tenant's key: it says whose it is by the brand's own id.
                var hash = scope.Tenant.Keys.BlindIndex("event", byIdAlone ? asked.Id : Json.Write(asked));
                if (
                    await transactions
                        .Db.Set<ReportedEvent>()
                        .AsNoTracking()
                        .FirstOrDefaultAsync(e => e.EventId == asked.Id, ct) is
                    { } first
                )
                    return Again(first, hash);
                var store = new StoreBatch();
                var (member, made) = await ResolveAsync(asked, store, ct);
                if (member is null)
                    return Problem.NotFound("member");
                if (member.ErasedAt is not null)
                    return MemberRules.Erased;
                await transactions.Door.StoreAsync(store, ct);
                return await EarnAsync(asked, member, made, hash, ct);
            },
            ct
        );

    private static Result<EventShape> Again(ReportedEvent first, byte[] hash) =>
        first.Hash.AsSpan().SequenceEqual(hash)
            ? Json.Read<EventShape>(first.Earned)
            : Problem.Contradiction("event_differs", "An event with this id was reported with other contents.");

    private async Task<(Member? Member, bool Made)> ResolveAsync(EventRequest asked, StoreBatch store, CancellationToken ct)
    {
        if (asked.ExternalId is { } externalId)
        {
            var ensured = await members.EnsureAsync(
                transactions.Door,
                store,
                new Dictionary<string, DateTime> { [externalId] = asked.OccurredAt },
                ct
            );
            return (ensured.Members[externalId], ensured.Made.Count > 0);
        }
        if (!Ids.TryRead(IdPrefix.Member, asked.MemberId, out var id))
            return (null, false);
        var found = await MemberService.LoadAsync(
            transactions.Door,
            store,
            new Dictionary<Guid, DateTime> { [id] = asked.OccurredAt },
            ct
        );
        return (found.GetValueOrDefault(id), false);
    }

    private async Task<Result<EventShape>> EarnAsync(
        EventRequest asked,
        Member member,
        bool made,
        byte[] hash,
        CancellationToken ct
    )
    {
        var work = await earning.OpenAsync([new(member.Id, asked.OccurredAt)], [EarningRules.MemberJoined, asked.Type], [], ct);
        if (made)
            EarningService.EarnForJoining(work, [member]);
        var tags = (await earning.RulesAsync(ct)).AskTags
            ? await MemberService.TagsAsync(transactions.Door, [member.Id], ct)
            : null;
        var earned = work.Earn(asked.ToFact(member.Id, tags?[member.Id]), new("event", asked.Id));
        await earning.StoreAsync(work, ct);
        var shape = new EventShape(
            [.. earned.Lots.Select(e => new EventEarned(e.Currency, e.Amount, Ids.Show(IdPrefix.Entry, e.Entry.Id)))],
            [.. earned.Coupons.Select(c => Ids.Show(IdPrefix.Coupon, c.Coupon.Id))]
        );
        transactions.Db.Add(
            new ReportedEvent
            {
                TenantId = scope.Id,
                EventId = asked.Id,
                MemberId = member.Id,
                Hash = hash,
                Earned = Json.Write(shape),
                OccurredAt = asked.OccurredAt,
            }
        );
        await transactions.Db.SaveChangesAsync(ct);
        return shape;
    }
}
