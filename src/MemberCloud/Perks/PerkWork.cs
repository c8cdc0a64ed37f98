using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Perks;

/// <summary>
/// One perk of one member in memory: its grants and open reservations, moved on by decisions, then stored, each only from the version it was loaded with. A period
/// that has no grant yet gets one from whoever first takes of it.
/// </summary>
public sealed partial class PerkWork
{
    /// <summary>Open reservations of one member and perk.</summary>
    public const int MaxOpen = 100;

    private static readonly Update<PerkGrant> GrantChange = new(
        [nameof(PerkGrant.Used), nameof(PerkGrant.Reserved), nameof(PerkGrant.Version)],
        new(nameof(PerkGrant.Version), g => g.LoadedVersion)
    );
    private static readonly Update<PerkReservation> ReservationChange = new(
        [
            nameof(PerkReservation.State),
            nameof(PerkReservation.ResolvedAt),
            nameof(PerkReservation.FirstCode),
            nameof(PerkReservation.Version),
        ],
        new(nameof(PerkReservation.Version), r => r.Version - 1)
    );

    private readonly TenantInfo tenant;
    private readonly Guid member;
    private readonly Guid perk;
    private readonly DateTime now;
    private readonly Dictionary<Guid, PerkGrant> grants;
    private readonly Dictionary<Guid, PerkReservation> open;
    private readonly HashSet<PerkGrant> changed = [];
    private readonly HashSet<PerkReservation> resolved = [];
    private readonly List<PerkReservation> made = [];
    private PerkGrant? fresh;

    /// <summary>What was read, to look at; what is to be written is opened.</summary>
    /// <param name="tenant">The brand.</param>
    /// <param name="of">Whose, and which perk.</param>
    /// <param name="now">By the brand's clock.</param>
    /// <param name="grants">Those in force, the one that ended last, and those that open reservations took from.</param>
    /// <param name="open">Reservations that have no outcome in the database.</param>
    public PerkWork(
        TenantInfo tenant,
        (Guid Member, Guid Perk) of,
        DateTime now,
        IEnumerable<PerkGrant> grants,
        IEnumerable<PerkReservation> open
    )
    {
        (this.tenant, (member, perk), this.now) = (tenant, of, now);
        this.grants = grants.DistinctBy(g => g.Id).ToDictionary(g => g.Id);
        this.open = open.ToDictionary(r => r.Id);
        foreach (var grant in this.grants.Values)
            grant.LoadedVersion = grant.Version;
        PostDue();
    }

    /// <summary>Open reservations.</summary>
    public int OpenCount => open.Count;

    /// <summary>An open reservation; null = it has its outcome, or there is none.</summary>
    public PerkReservation? Find(Guid id) => open.GetValueOrDefault(id);

    /// <summary>What the member can take from now, the grant that the period under way would get included. Grants that are used up are there too.</summary>
    public IReadOnlyList<PerkGrant> Usable(HeldPerk held)
    {
        var span = PerkGrantRules.Span(held.Body.Period, held.Source, now, tenant.Local);
        var usable = grants.Values.Where(g => PerkGrantRules.IsUsable(g, span, held.Sources, now)).ToList();
        // One of a like length stands in for it until it ends: of two sources, or two members who are one, never the sum.
        if (held.Body.Active && !usable.Exists(g => PerkGrantRules.IsSameLength(g.Period, span.Key)))
            usable.Add(fresh = Fresh(held, span));
        return usable;
    }

    /// <summary>Sets some aside until an instant; null = less is left.</summary>
    /// <param name="held">The perk, and what entitles to it.</param>
    /// <param name="quantity">How much.</param>
    /// <param name="reference">What for.</param>
    /// <param name="until">The first instant at which it is no longer kept.</param>
    /// <param name="worth">What one of it is worth where the perk does not say, minor units.</param>
    public PerkReservation? Reserve(HeldPerk held, int quantity, Reference? reference, DateTime until, long? worth = null)
    {
        if (PerkGrantRules.Take(Usable(held), quantity) is not { } parts)
            return null;
        if (fresh is not null && parts.Any(p => p.GrantId == fresh.Id))
            grants.Add(fresh.Id, fresh);
        foreach (var part in parts)
            Change(part.GrantId).Reserved += part.Amount;
        var reservation = new PerkReservation
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            MemberId = member,
            PerkId = perk,
            State = PerkReservationState.Reserved,
            Quantity = quantity,
            Parts = GrantParts.Write(parts),
            MembershipId = grants[parts[0].GrantId].MembershipId,
            Value = (held.Body.Value ?? worth) * quantity,
            ReferenceType = reference?.Type,
            ReferenceId = reference?.Id,
            CreatedAt = now,
            ExpiresAt = until,
        };
        open.Add(reservation.Id, reservation);
        made.Add(reservation);
        return reservation;
    }

    /// <summary>What was set aside is used.</summary>
    public void Commit(PerkReservation reservation, long? firstCode)
    {
        foreach (var part in GrantParts.Read(reservation.Parts))
            Change(part.GrantId).Used += part.Amount;
        reservation.FirstCode = firstCode;
        Resolve(reservation, PerkReservationState.Committed, now);
    }

    /// <summary>What was set aside goes back to the grants it came from, those that have ended too.</summary>
    public void Release(PerkReservation reservation) => Resolve(reservation, PerkReservationState.Released, now);

    /// <summary>Adds what changed to a batch.</summary>
    public void Write(StoreBatch store)
    {
        foreach (var grant in changed)
            grant.Version = grant.LoadedVersion + 1;
        var older = resolved.Except(made).OrderBy(r => r.Id).ToList();
        older.ForEach(r => r.Version++);
        store.Update(GrantChange, [.. changed.Where(g => g != fresh).OrderBy(g => g.Id)]);
        store.Update(ReservationChange, older);
        store.Insert<PerkGrant>([.. changed.Where(g => g == fresh)]);
        store.Insert(made);
    }

    /// <summary>What ran out by now was given back then.</summary>
    private void PostDue()
    {
        foreach (var due in open.Values.Where(r => r.ExpiresAt <= now).ToList())
            Resolve(due, PerkReservationState.Expired, due.ExpiresAt);
    }

    private void Resolve(PerkReservation reservation, PerkReservationState state, DateTime at)
    {
        foreach (var part in GrantParts.Read(reservation.Parts))
            Change(part.GrantId).Reserved -= part.Amount;
        (reservation.State, reservation.ResolvedAt) = (state, at);
        open.Remove(reservation.Id);
        resolved.Add(reservation);
    }

    private PerkGrant Change(Guid id)
    {
        changed.Add(grants[id]);
        return grants[id];
    }

    private PerkGrant Fresh(HeldPerk held, PerkSpan span) =>
        new()
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            MemberId = member,
            PerkId = perk,
            Period = span.Key,
            SourceId = held.Source.Id,
            MembershipId = held.Source.MembershipId,
            Amount = held.Body.Quantity + Carried(held, span),
            Priority = held.Body.Priority,
            StartsAt = span.StartsAt,
            EndsAt = span.EndsAt,
        };

    private long Carried(HeldPerk held, PerkSpan span)
    {
        var (period, local) = (held.Body.Period, tenant.Local);
        var since = held.Since > held.Source.Since ? held.Since : held.Source.Since;
        // Of another kind of period, or of terms of something else, nothing goes over.
        var last = grants
            .Values.Where(g => g.EndsAt <= now && g.Period[0] == span.Key[0])
            .OrderByDescending(g => g.EndsAt)
            .Select(g =>
                ((long, int)?)(PerkGrantRules.Left(g), Math.Max(1, PerkGrantRules.Before(period, g.StartsAt, span, local)))
            )
            .FirstOrDefault();
        var periods = PerkGrantRules.Before(period, since, span, local);
        return PerkGrantRules.Carried(held.Body.RolloverMax, held.Body.Quantity, periods, last);
    }
}
