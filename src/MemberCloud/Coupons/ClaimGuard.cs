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
    private readonly KeyedRows<Guid, HourCount> counts;
    private readonly Dictionary<(Guid Member, ClaimSource Source), IReadOnlyList<GuardedSubject>> subjects;
    private readonly Dictionary<(Guid Member, Guid Template), ClaimReview> held;
    private readonly List<ClaimReview> added = [];

    private ClaimGuard(
        TenantInfo tenant,
        DateTime wallNow,
        Dictionary<(Guid Member, ClaimSource Source), IReadOnlyList<GuardedSubject>> subjects,
        IEnumerable<HourCount> counts,
        IEnumerable<ClaimReview> held
    )
    {
        (this.tenant, this.wallNow, this.subjects) = (tenant, wallNow, subjects);
        this.counts = new(counts, c => c.Subject, s => new() { TenantId = tenant.Id, Subject = s });
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
            return new(tenant, wallNow, [], [], []);
        var load = new LoadBatch();
        var subjects = claims
            .Select(c => (c.Member, c.Source))
            .Distinct()
            .ToDictionary(c => c, c => GuardRules.Subjects(tenant, c.Member, c.Source));
        var counts = HourCount.Ask(load, subjects.Values.SelectMany(s => s).Select(s => s.Subject));
        var pairs = claims.Select(c => (c.Member, c.Template)).Distinct();
        var held = load.Add(ClaimReview.Held, [.. pairs.Select(p => new object[] { p.Member, p.Template })]);
        await session.LoadAsync(load, ct);
        return new(tenant, wallNow, subjects, counts, held);
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
        var mine = subjects[(holder.MemberId, source)];
        var reasons = mine.Where(s => HourRules.Current(counts.Read(s.Subject), wallNow) >= s.Most).Select(s => s.Why).ToList();
        if (GuardRules.IsTooNew(guards, holder, template.Body, now))
            reasons.Add(HoldReason.NewMember);
        foreach (var subject in mine)
            HourRules.Add(counts.Change(subject.Subject), wallNow);
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
        counts.Write(store, HourCount.Change);
        store.Insert<ClaimReview>(added);
        store.Insert<OutboxEvent>([.. added.Select(r => ReviewEvent.Of(r, r.AskedAt))]);
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
