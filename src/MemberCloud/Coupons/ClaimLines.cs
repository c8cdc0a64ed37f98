using System.Collections.Concurrent;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Coupons;

/// <summary>One claim, and what became of it once it was stored.</summary>
internal sealed record ClaimAsk(
    TenantInfo Tenant,
    LoadedTemplate Template,
    IReadOnlyList<Tier> Ladder,
    Guid MemberId,
    DateTime Now,
    DateTime WallNow,
    IdempotencyTicket? Ticket,
    CouponWay Way,
    ClaimSource Source
)
{
    /// <summary>The coupon, or the refusal; neither when there is no such member.</summary>
    public (Coupon? Coupon, Refusal? Refusal) Outcome { get; set; }

    /// <summary>Where it is held: what people look at.</summary>
    public ClaimReview? Review { get; set; }

    /// <summary>The answer that was given to this key before.</summary>
    public IdempotentAnswer? First { get; set; }
}

/// <summary>
/// The hot coupon: claims of one template stand in one line in this process, and those that wait go together, in one transaction. Nothing is decided here;
/// <see cref="CouponGrants"/> does, for each in turn.
/// </summary>
internal sealed class ClaimLines(IDoor door)
{
    private const int Together = 64;

    /// <summary>One for each template that was claimed here.</summary>
    private readonly ConcurrentDictionary<(Guid Tenant, Guid Template), Lane<ClaimAsk>> lanes = new();

    public Task RunAsync(ClaimAsk ask, CancellationToken ct) =>
        lanes
            .GetOrAdd(
                (ask.Tenant.Id, ask.Template.Id),
                static (_, line) => new((asks, _, ct) => line.RunAsync(asks, ct), 1, most: Together),
                this
            )
            .RunAsync(ask, ct);

    private Task RunAsync(IReadOnlyList<ClaimAsk> asks, CancellationToken ct)
    {
        IReadOnlyCollection<Guid> contended = [];
        return door.RunAsync(
            asks[0].Tenant.Id,
            asks[0].Template.Id,
            async session =>
            {
                var firsts = await FirstsAsync(session, asks, ct);
                var grants = await CouponGrants.OpenAsync(
                    session,
                    asks[0].Tenant,
                    asks[0].Ladder,
                    [.. asks.Select(a => (a.MemberId, a.Template))],
                    contended,
                    ct
                );
                contended = [asks[0].Template.Id];
                var guard = await ClaimGuard.OpenAsync(
                    session,
                    asks[0].Tenant,
                    asks[0].WallNow,
                    [
                        .. asks.Select(a => (Holder: grants.Holder(a.MemberId), a.Template.Id, a.Source))
                            .Where(a => a.Holder is not null)
                            .Select(a => (a.Holder!.MemberId, a.Id, a.Source)),
                    ],
                    ct
                );
                var store = new StoreBatch();
                var answers = new List<IdempotentAnswer>();
                foreach (var ask in asks)
                    Decide(ask, grants, guard, firsts, answers);
                grants.Write(store);
                guard.Write(store);
                store.Insert(answers);
                await session.StoreAsync(store, ct);
                return true;
            },
            ct,
            locked: true
        );
    }

    /// <summary>A refused claim keeps nothing: it may be asked again with the same key.</summary>
    private static void Decide(
        ClaimAsk ask,
        CouponGrants grants,
        ClaimGuard guard,
        Dictionary<(Guid, string), IdempotentAnswer> firsts,
        List<IdempotentAnswer> answers
    )
    {
        (ask.First, ask.Outcome, ask.Review) = (null, (null, null), null);
        var key = ask.Ticket is { } t ? (t.CredentialId, t.Key) : default;
        if (ask.Ticket is not null && firsts.TryGetValue(key, out var first))
        {
            ask.First = first;
            return;
        }
        if (grants.Holder(ask.MemberId) is not { } holder)
            return;
        // What would be refused is not held.
        if (grants.Refused(ask.Template, ask.MemberId, ask.Way, ask.Now) is { } refused)
        {
            ask.Outcome = (null, refused);
            return;
        }
        ask.Review = guard.Hold(holder, ask.Template, ask.Way, ask.Source, ask.Now);
        ask.Outcome = ask.Review is null
            ? (grants.Give(ask.Template, ask.MemberId, ask.Way, ask.Now), null)
            : (null, Refusal.HeldForReview);
        if (ask is not { Ticket: { } ticket, Outcome.Coupon: { } coupon })
            return;
        var answer = ticket.Answer(ask.Tenant.Id, 201, Json.Write(CouponShape.Of(coupon, ask.Now)));
        firsts.Add(key, answer);
        answers.Add(answer);
    }

    private static async Task<Dictionary<(Guid, string), IdempotentAnswer>> FirstsAsync(
        IDoorSession session,
        IReadOnlyList<ClaimAsk> asks,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var tickets = asks.Select(a => a.Ticket).OfType<IdempotencyTicket>().Select(t => (t.CredentialId, t.Key)).Distinct();
        var found = load.Add(IdempotentAnswer.ByKey, [.. tickets.Select(t => new object[] { t.CredentialId, t.Key })]);
        await session.LoadAsync(load, ct);
        return found.ToDictionary(a => (a.CredentialId, a.IdempotencyKey));
    }
}
