using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Tiers;

/// <summary>Standings of some members in memory: loaded, advanced, stored. Growth earned or reversed in the same transaction is told to it.</summary>
public sealed class TierWork(
    TenantScope scope,
    IReadOnlyList<Tier> ladder,
    IEnumerable<TierStanding> standings,
    IEnumerable<PointsLot> growthLots,
    IEnumerable<TierWelcome> welcomes
)
{
    private static readonly Update<TierStanding> Change = new([
        nameof(TierStanding.TierId),
        nameof(TierStanding.Since),
        nameof(TierStanding.ValidUntil),
        nameof(TierStanding.DueAt),
    ]);

    private readonly Dictionary<Guid, TierStanding> standing = standings.ToDictionary(s => s.MemberId);
    private readonly Dictionary<Guid, List<Growth>> growth = growthLots
        .GroupBy(l => l.MemberId)
        .ToDictionary(g => g.Key, g => g.Select(l => new Growth(NotAhead(scope, l.EarnedAt), l.Amount - l.Reversed)).ToList());
    private readonly HashSet<Guid> added = [];
    private readonly HashSet<Guid> changed = [];
    private readonly Dictionary<Guid, List<Growth>> reversed = [];
    private readonly HashSet<(Guid Member, Guid Tier)> welcomed = [.. welcomes.Select(w => (w.MemberId, w.TierId))];
    private readonly List<TierWelcome> newWelcomes = [];
    private readonly List<TierHistory> history = [];
    private readonly List<OutboxEvent> events = [];

    public TierStanding? StandingOf(Guid memberId) => standing.GetValueOrDefault(memberId);

    public Tier? TierOf(Guid memberId) => TierRules.TierOf(ladder, Now(memberId));

    public IReadOnlyList<Growth> GrowthOf(Guid memberId) => growth.GetValueOrDefault(memberId) ?? [];

    public int Changed => changed.Count;

    /// <summary>Growth given (+) or taken by hand (-), at the time of the fact that earned it.</summary>
    public void Add(Guid memberId, DateTime at, long amount) => Put(growth, memberId, new(NotAhead(scope, at), amount));

    /// <summary>Takes growth back at the time of the fact that had earned it. <see cref="Reversed"/> says what follows, once all is taken back.</summary>
    public void Reverse(Guid memberId, DateTime at, long amount)
    {
        Add(memberId, at, -amount);
        Put(reversed, memberId, new(NotAhead(scope, at), amount));
    }

    /// <summary>After reversals: where the brand revokes tiers, one that the growth left would not have brought goes at once.</summary>
    public void Reversed(Guid memberId)
    {
        if (!reversed.Remove(memberId, out var taken) || !scope.Tenant.Settings.TierRevokeOnRefund)
            return;
        var after = GrowthOf(memberId);
        if (TierRules.Revoke(ladder, Now(memberId), [.. after, .. taken], after, scope.Now, scope.Tenant.Local) is { } step)
            Apply(memberId, step);
    }

    private static void Put(Dictionary<Guid, List<Growth>> lists, Guid memberId, Growth one)
    {
        if (!lists.TryGetValue(memberId, out var list))
            lists.Add(memberId, list = []);
        list.Add(one);
    }

    /// <summary>Stands where the other stood, when that is higher: of two members who turned out to be one the better standing stays. Welcomes had are had.</summary>
    public void Adopt(Guid memberId, Guid other)
    {
        Advance(other);
        foreach (var (_, tier) in welcomed.Where(w => w.Member == other).ToList())
            Note(memberId, tier, scope.Now);
        Advance(memberId);
        if (!standing.TryGetValue(other, out var theirs) || !(TierOf(other)?.Rank > (TierOf(memberId)?.Rank ?? -1)))
            return;
        Apply(
            memberId,
            new(TierStepKind.Upgraded, TierOf(memberId), TierOf(other), scope.Now, theirs.ValidUntil, TierReason.Growth)
        );
    }

    /// <summary>Does what falls due by now and lifts the member where growth allows it.</summary>
    public void Advance(Guid memberId)
    {
        if (ladder.Count == 0)
            return;
        foreach (
            var step in TierRules.Advance(
                ladder,
                Now(memberId),
                GrowthOf(memberId),
                scope.Tenant.Settings.TierDowngrade,
                scope.Now,
                scope.Tenant.Local
            )
        )
            Apply(memberId, step);
        Warn(memberId);
    }

    /// <summary>Adds what changed to a batch.</summary>
    public void Write(StoreBatch store)
    {
        store.Insert<TierStanding>([.. added.Select(id => standing[id])]);
        store.Update<TierStanding>(Change, [.. changed.Except(added).Select(id => standing[id])]);
        store.Insert(newWelcomes);
        store.Insert(history);
        store.Insert(events);
    }

    /// <summary>A fact may be minutes ahead of our clock; it counts from now, not only once the clock has passed it.</summary>
    private static DateTime NotAhead(TenantScope scope, DateTime at) => at > scope.Now ? scope.Now : at;

    private Standing? Now(Guid memberId) =>
        standing.TryGetValue(memberId, out var s) ? new(s.TierId, s.Since, s.ValidUntil) : null;

    private void Apply(Guid memberId, TierStep step)
    {
        if (!standing.TryGetValue(memberId, out var row))
        {
            standing.Add(memberId, row = new() { TenantId = scope.Id, MemberId = memberId });
            added.Add(memberId);
        }
        changed.Add(memberId);
        row.TierId = step.To?.Id;
        row.Since = step.Kind == TierStepKind.Kept ? row.Since : step.At;
        row.ValidUntil = step.ValidUntil;
        row.DueAt = step.ValidUntil is { } end ? NoticeAt(end) : null;
        var fresh = TierRules.Reached(ladder, step).Where(t => Note(memberId, t.Id, step.At)).ToList();
        history.Add(
            new()
            {
                TenantId = scope.Id,
                MemberId = memberId,
                Id = Ids.New(),
                Kind = step.Kind,
                FromTierId = step.From?.Id,
                ToTierId = step.To?.Id,
                At = step.At,
                ValidUntil = step.ValidUntil,
                Reason = step.Reason,
                Welcomed = fresh.Count == 0 ? null : string.Join(',', fresh.Select(t => Ids.Show(IdPrefix.Tier, t.Id))),
            }
        );
        if (step.Kind != TierStepKind.Kept)
            Tell(memberId, $"tier.{Words<TierStepKind>.Of(step.Kind)}", step.From, step.To, step.ValidUntil, step.At);
        foreach (var tier in fresh)
            Welcome(memberId, tier, step.At);
    }

    /// <summary>False when the member was welcomed to the tier before.</summary>
    private bool Note(Guid memberId, Guid tierId, DateTime at)
    {
        if (!welcomed.Add((memberId, tierId)))
            return false;
        newWelcomes.Add(
            new()
            {
                TenantId = scope.Id,
                MemberId = memberId,
                TierId = tierId,
                At = at,
            }
        );
        return true;
    }

    private void Welcome(Guid memberId, Tier tier, DateTime at)
    {
        var told = new TierWelcomeEvent(
            Ids.Show(IdPrefix.Member, memberId),
            Ids.Show(IdPrefix.Tier, tier.Id),
            tier.Name,
            tier.Rank
        );
        events.Add(OutboxEvent.Of(scope.Id, "tier.welcome", memberId, told, at));
    }

    /// <summary>Some days before a review that today's growth would not pass, says so once.</summary>
    private void Warn(Guid memberId)
    {
        if (
            !standing.TryGetValue(memberId, out var row)
            || row is not { ValidUntil: { } end }
            || !(row.DueAt <= scope.Now)
            || row.DueAt >= end
        )
            return;
        row.DueAt = end;
        changed.Add(memberId);
        var tier = TierOf(memberId)!;
        var review = TierRules.Review(
            ladder,
            tier,
            end,
            GrowthOf(memberId),
            scope.Tenant.Settings.TierDowngrade,
            scope.Tenant.Local
        );
        if (review.Kind == TierStepKind.Downgraded)
            Tell(memberId, "tier.will_downgrade", tier, review.To, end, scope.Now);
    }

    private DateTime NoticeAt(DateTime end) => scope.Tenant.Local.PlusDays(end, -scope.Tenant.Settings.TierNoticeDays);

    private void Tell(Guid memberId, string type, Tier? from, Tier? to, DateTime? validUntil, DateTime at) =>
        events.Add(
            OutboxEvent.Of(
                scope.Id,
                type,
                memberId,
                new TierEvent(Ids.Show(IdPrefix.Member, memberId), from?.Name, to?.Name, validUntil),
                at
            )
        );
}

/// <summary>What <c>tier.welcome</c> says, once ever for a member and a tier: of several levels reached at once, one for each.</summary>
public sealed record TierWelcomeEvent(string MemberId, string TierId, string Tier, int Rank);

/// <summary>What the tier events say.</summary>
/// <param name="ValidUntil">Of the tier after the change; for will_downgrade the review.</param>
public sealed record TierEvent(string MemberId, string? From, string? To, DateTime? ValidUntil);
