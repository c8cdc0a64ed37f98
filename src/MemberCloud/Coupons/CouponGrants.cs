using System.Security.Cryptography;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>
/// Coupons being given out: members, their counts and the templates' stock in memory, changed by grants, then stored in one batch. Whatever way a coupon comes
/// to its member, it comes through here. Locked in this order everywhere: members (held), counts by member and template, coupons by id, stock.
/// </summary>
public sealed class CouponGrants
{
    private readonly TenantInfo tenant;
    private readonly Dictionary<Guid, CouponHolder> holders;
    private readonly KeyedRows<(Guid Member, Guid Template), CouponCount> counts;
    private List<Coupon> given = [];

    private CouponGrants(
        TenantInfo tenant,
        Dictionary<Guid, CouponHolder> holders,
        IEnumerable<CouponCount> counts,
        Buckets<CouponStock> stock
    )
    {
        (this.tenant, this.holders, Stock) = (tenant, holders, stock);
        this.counts = CountRows.Rows(tenant.Id, counts);
    }

    public Buckets<CouponStock> Stock { get; }

    /// <summary>What was given out and not written yet.</summary>
    public IReadOnlyList<Coupon> Given => given;

    /// <summary>Opens members and templates inside a transaction; a member that was merged is the other one.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="tenant">The brand.</param>
    /// <param name="ladder">The brand's tiers by rank.</param>
    /// <param name="asked">Who may get what.</param>
    /// <param name="contended">Templates whose stock an earlier try lost a race for.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<CouponGrants> OpenAsync(
        IDoorSession session,
        TenantInfo tenant,
        IReadOnlyList<Tier> ladder,
        IReadOnlyCollection<(Guid Member, LoadedTemplate Template)> asked,
        IReadOnlyCollection<Guid> contended,
        CancellationToken ct
    )
    {
        var held = await MemberService.LoadAsync(
            session,
            new(),
            asked.Select(a => a.Member).Distinct().Order().ToDictionary(id => id, _ => DateTime.MaxValue),
            ct
        );
        var members = held.Values.DistinctBy(m => m.Id).Select(m => m.Id).Order().ToList();
        var tags = asked.Any(a => a.Template.Body.Audience?.Tags is { Count: > 0 })
            ? await MemberService.TagsAsync(session, members, ct)
            : null;
        var tiers = asked.Any(a => a.Template.Body.Audience?.TierIds is { Count: > 0 })
            ? await TierService.TiersOfAsync(session, ladder, members, ct)
            : null;
        var load = new LoadBatch();
        var plans = load.Add(
            PlanHolding.OfMember,
            asked.Any(a => a.Template.Body.Audience is { } f && (f.PlanIds is { Count: > 0 } || f.TierIds is { Count: > 0 }))
                ? [.. members.Select(m => new object[] { m })]
                : []
        );
        var there = asked.Where(a => held.ContainsKey(a.Member));
        var counts = CountRows.Ask(load, there.Select(a => (held[a.Member].Id, a.Template.Id)));
        var stock = Buckets<CouponStock>.Ask(load, [.. asked.Select(a => a.Template.Id).Distinct()], contended);
        await session.LoadAsync(load, ct);
        var plansOf = plans.ToLookup(p => p.MemberId);
        var holders = held.ToDictionary(
            m => m.Key,
            m => new CouponHolder(
                m.Value.Id,
                m.Value.JoinedAt,
                m.Value.ErasedAt is not null,
                tiers?.GetValueOrDefault(m.Value.Id),
                [.. tags?[m.Value.Id] ?? []],
                [.. plansOf[m.Value.Id]]
            )
        );
        return new(tenant, holders, counts, stock());
    }

    /// <summary>The member asked for, or the one it was merged into; null = there is none.</summary>
    public CouponHolder? Holder(Guid member) => holders.GetValueOrDefault(member);

    /// <summary>Reads members of one template without a lock, to say what would be granted.</summary>
    public static async Task<CouponGrants> ReadAsync(
        MemberCloudDb db,
        TenantInfo tenant,
        IReadOnlyList<Tier> ladder,
        LoadedTemplate template,
        IReadOnlyList<Guid> members,
        Buckets<CouponStock> stock,
        CancellationToken ct
    )
    {
        var found = await db.Set<Member>().AsNoTracking().Where(m => members.Contains(m.Id)).ToListAsync(ct);
        var standings = await db.Set<TierStanding>()
            .AsNoTracking()
            .Where(s => members.Contains(s.MemberId))
            .ToDictionaryAsync(s => s.MemberId, s => s.TierId, ct);
        var tags = (
            template.Body.Audience?.Tags is { Count: > 0 } wanted
                ? await db.Set<MemberTag>()
                    .AsNoTracking()
                    .Where(t => members.Contains(t.MemberId) && wanted.Contains(t.Tag))
                    .ToListAsync(ct)
                : []
        ).ToLookup(t => t.MemberId, t => t.Tag);
        var plans = (
            await db.Set<PlanHolding>().AsNoTracking().Where(p => members.Contains(p.MemberId)).ToListAsync(ct)
        ).ToLookup(p => p.MemberId);
        var counts = await db.Set<CouponCount>()
            .AsNoTracking()
            .Where(c => c.TemplateId == template.Id && members.Contains(c.MemberId))
            .ToListAsync(ct);
        var holders = found.ToDictionary(
            m => m.Id,
            m => new CouponHolder(
                m.Id,
                m.JoinedAt,
                m.ErasedAt is not null,
                standings.TryGetValue(m.Id, out var tier) ? tier : TierService.EntryOf(ladder),
                [.. tags[m.Id]],
                [.. plans[m.Id]]
            )
        );
        return new(tenant, holders, counts, stock);
    }

    /// <summary>So many coupons for a member that is there, or as many as may be and why not more.</summary>
    public Refusal? Grant(LoadedTemplate template, Guid member, CouponWay way, DateTime now, int quantity, Guid? batch = null)
    {
        for (var i = 0; i < quantity; i++)
        {
            if (Grant(template, member, way, now, batch).Refusal is { } refusal)
                return refusal;
        }
        return null;
    }

    /// <summary>One more coupon for a member that is there, or why not.</summary>
    public (Coupon? Coupon, Refusal? Refusal) Grant(
        LoadedTemplate template,
        Guid member,
        CouponWay way,
        DateTime now,
        Guid? batch = null
    )
    {
        if (Refused(template, member, way, now) is { } refusal)
            return (null, refusal);
        return (Give(template, member, way, now, batch), null);
    }

    /// <summary>One more coupon for a member who is not <see cref="Refused"/>.</summary>
    public Coupon Give(LoadedTemplate template, Guid member, CouponWay way, DateTime now, Guid? batch = null)
    {
        var holder = holders[member];
        Stock.Take(template.Id, 1);
        CouponRules.Add(counts.Change((holder.MemberId, template.Id)), 1, now, tenant.Local);
        var coupon = Make(template, holder.MemberId, way, now, batch);
        given.Add(coupon);
        return coupon;
    }

    /// <summary>Why a member that is there may have no more now; null = they may.</summary>
    public Refusal? Refused(LoadedTemplate template, Guid member, CouponWay way, DateTime now)
    {
        var holder = holders[member];
        return CouponRules.MayHave(template, way, holder, counts.Read((holder.MemberId, template.Id)), now, tenant.Local)
            ?? (Stock.Left(template.Id) == 0 ? Refusal.UsedUp : null);
    }

    private Coupon Make(LoadedTemplate template, Guid member, CouponWay way, DateTime now, Guid? batch)
    {
        var (from, until) = CouponRules.Validity(template.Body.Validity, now, tenant.Local);
        return new()
        {
            TenantId = tenant.Id,
            Id = Ids.New(),
            TemplateId = template.Id,
            TemplateVersion = template.Version,
            MemberId = member,
            Code = CodeRules.Of(RandomNumberGenerator.GetBytes(CodeRules.Bytes)),
            State = CouponState.Issued,
            Way = way,
            IssuedAt = now,
            ValidFrom = from,
            ValidUntil = until,
            DueAt = until,
            BatchId = batch,
        };
    }

    /// <summary>Adds what was given out to a batch.</summary>
    public void Write(StoreBatch store)
    {
        WriteGiven(store);
        Stock.Write(store);
    }

    /// <summary>The same without the stock, which comes once and last; what is given out afterwards is written by the next one.</summary>
    public void WriteGiven(StoreBatch store)
    {
        counts.Write(store, CountRows.Change);
        store.Insert<Coupon>(given);
        store.Insert<OutboxEvent>([.. given.Select(c => CouponEvent.Of(c, "coupon.issued", c.IssuedAt))]);
        given = [];
    }
}

/// <summary>What the coupon events say: ids, words and amounts.</summary>
public sealed record CouponEvent(
    string CouponId,
    string TemplateId,
    int TemplateVersion,
    CouponState State,
    CouponWay Way,
    DateTime ValidUntil,
    long? Amount
)
{
    public static OutboxEvent Of(Coupon coupon, string type, DateTime at) =>
        OutboxEvent.Of(
            coupon.TenantId,
            type,
            coupon.MemberId,
            new CouponEvent(
                Ids.Show(IdPrefix.Coupon, coupon.Id),
                Ids.Show(IdPrefix.Template, coupon.TemplateId),
                coupon.TemplateVersion,
                coupon.State,
                coupon.Way,
                coupon.ValidUntil,
                coupon.Amount
            ),
            at
        );
}
