using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Coupons;

/// <summary>
/// Claims being looked at, inside the transaction that decides them, after their members are held: what each member, device and address got within the hour, and
/// what is held already. Locked after all that <see cref="CouponGrants"/> locks.
/// </summary>
internal sealed class ClaimGuard
{
    private readonly TenantInfo tenant;
    private readonly DateTime wallNow;
    private readonly Dictionary<Guid, HourCount> counts;
    private readonly HashSet<Guid> stored;
    private readonly HashSet<Guid> touched = [];
    private readonly Dictionary<(Guid Member, Guid Template), ClaimReview> held;
    private readonly List<ClaimReview> added = [];

    private ClaimGuard(TenantInfo tenant, DateTime wallNow, IEnumerable<HourCount> counts, IEnumerable<ClaimReview> held)
    {
        (this.tenant, this.wallNow) = (tenant, wallNow);
        this.counts = counts.ToDictionary(c => c.Subject);
        stored = [.. this.counts.Keys];
        this.held = held.DistinctBy(r => (r.MemberId, r.TemplateId)).ToDictionary(r => (r.MemberId, r.TemplateId));
    }

    /// <summary>Opens what claims of members are looked at by; nothing is read for a brand that looks at nothing.</summary>
    public static async Task<ClaimGuard> OpenAsync(
        IDoorSession session,
        TenantInfo tenant,
        DateTime wallNow,
        IReadOnlyCollection<(Guid Member, Guid Template, ClaimSource Source)> claims,
        CancellationToken ct
    )
    {
        if (!tenant.Settings.ClaimGuards.Any)
            return new(tenant, wallNow, [], []);
        var load = new LoadBatch();
        var subjects = claims.SelectMany(c => GuardRules.Subjects(tenant, c.Member, c.Source)).Select(s => s.Subject);
        var counts = HourCount.Ask(load, subjects);
        var pairs = claims.Select(c => (c.Member, c.Template)).Distinct();
        var held = load.Add(ClaimReview.Held, [.. pairs.Select(p => new object[] { p.Member, p.Template })]);
        await session.LoadAsync(load, ct);
        return new(tenant, wallNow, counts, held);
    }

    /// <summary>The review that holds a claim which could else be granted; null = it is not held, and is counted.</summary>
    public ClaimReview? Hold(CouponHolder holder, LoadedTemplate template, CouponWay way, ClaimSource source, DateTime now)
    {
        var guards = tenant.Settings.ClaimGuards;
        if (!guards.Any)
            return null;
        var key = (holder.MemberId, template.Id);
        if (held.TryGetValue(key, out var before))
            return before;
        var subjects = GuardRules.Subjects(tenant, holder.MemberId, source);
        var reasons = subjects.Where(s => HourRules.Current(CountOf(s.Subject), wallNow) >= s.Most).Select(s => s.Why).ToList();
        if (GuardRules.IsTooNew(guards, holder, template.Body, now))
            reasons.Add(HoldReason.NewMember);
        foreach (var (_, subject, _) in subjects)
        {
            HourRules.Add(CountOf(subject), wallNow);
            touched.Add(subject);
        }
        if (reasons.Count == 0)
            return null;
        var review = new ClaimReview
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            MemberId = holder.MemberId,
            TemplateId = template.Id,
            Way = way,
            Reasons = string.Join(',', reasons.Select(Words<HoldReason>.Of)),
            State = ReviewState.Held,
            AskedAt = now,
        };
        held.Add(key, review);
        added.Add(review);
        return review;
    }

    public void Write(StoreBatch store)
    {
        var changed = touched.Order().ToList();
        store.Update<HourCount>(HourCount.Change, [.. changed.Where(stored.Contains).Select(s => counts[s])]);
        store.Insert<HourCount>([.. changed.Where(s => !stored.Contains(s)).Select(s => counts[s])]);
        store.Insert<ClaimReview>(added);
        store.Insert<OutboxEvent>([.. added.Select(r => ReviewEvent.Of(r, r.AskedAt))]);
    }

    private HourCount CountOf(Guid subject)
    {
        if (!counts.TryGetValue(subject, out var count))
            counts[subject] = count = new() { TenantId = tenant.Id, Subject = subject };
        return count;
    }
}

/// <summary>What the events claim.held, claim.approved and claim.rejected say.</summary>
public sealed record ReviewEvent(string ReviewId, string TemplateId, ReviewState State, IReadOnlyList<string> Reasons)
{
    public static OutboxEvent Of(ClaimReview review, DateTime at) =>
        OutboxEvent.Of(
            review.TenantId,
            "claim." + Words<ReviewState>.Of(review.State),
            review.MemberId,
            new ReviewEvent(
                Ids.Show(IdPrefix.Review, review.Id),
                Ids.Show(IdPrefix.Template, review.TemplateId),
                review.State,
                review.Reasons.Split(',')
            ),
            at
        );
}
