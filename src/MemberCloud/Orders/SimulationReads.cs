using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Orders;

/// <summary>What an order gets by what is tried, by what its member's limits have used.</summary>
internal delegate Gain Trial(PastOrder order, IReadOnlyDictionary<string, long> used);

/// <summary>An order as a simulation reads it.</summary>
public sealed record PastOrder
{
    public Guid Id { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>When it happened; for a rule when it was paid or completed, as the trigger says.</summary>
    public DateTime? At { get; init; }
    public string? Channel { get; init; }
    public string? Store { get; init; }
    public long Shipping { get; init; }

    internal SimulationPlace Place => new(MemberId, At!.Value, Id);
}

/// <summary>Past orders, and what a trial looks at beside them: nothing that it does not.</summary>
public sealed class SimulationReads(
    MemberCloudDb db,
    TierService tiers,
    TemplateBook templates,
    RulesInForce rules,
    TenantScope scope
)
{
    /// <summary>What came after a place, by member, time and id. What was cancelled got nothing in the end; what was refunded had got it.</summary>
    internal IQueryable<PastOrder> Past(Simulation simulation, SimulationPlace? after)
    {
        var (from, until) = (simulation.FromAt, simulation.UntilAt);
        var isOffer = simulation.Kind != SimulationKind.EarningRule;
        var isPaid = !isOffer && Json.Read<RuleBody>(simulation.Body).Trigger == EarningRules.OrderPaid;
        var past = db.Set<Order>()
            .AsNoTracking()
            .Where(o => o.State != OrderState.Cancelled)
            .Select(o => new PastOrder
            {
                Id = o.Id,
                MemberId = o.MemberId,
                At =
                    isOffer ? o.OccurredAt
                    : isPaid ? o.PaidAt
                    : o.CompletedAt,
                Channel = o.Channel,
                Store = o.Store,
                Shipping = o.Shipping,
            })
            .Where(o => o.At >= from && o.At < until);
        // The first condition looks redundant; by it the index on members is entered where the last batch left it.
        if (after is { MemberId: var member, At: var at, OrderId: var id })
            past = past.Where(o =>
                o.MemberId.CompareTo(member) >= 0
                && (o.MemberId.CompareTo(member) > 0 || o.At > at || (o.At == at && o.Id.CompareTo(id) > 0))
            );
        return past.OrderBy(o => o.MemberId).ThenBy(o => o.At).ThenBy(o => o.Id);
    }

    internal Task<Trial> TrialAsync(Simulation simulation, IReadOnlyList<PastOrder> orders, CancellationToken ct) =>
        simulation.Kind switch
        {
            SimulationKind.EarningRule => RuleAsync(Json.Read<RuleBody>(simulation.Body), orders, ct),
            SimulationKind.CouponTemplate => CouponAsync(simulation, orders, ct),
            SimulationKind.PriceList => PriceListAsync(simulation, orders, ct),
        };

    private async Task<Trial> RuleAsync(RuleBody rule, IReadOnlyList<PastOrder> orders, CancellationToken ct)
    {
        var ids = orders.Select(o => o.Id).ToList();
        var lines = await LinesAsync(ids, ct);
        var members = await MembersAsync(
            orders,
            rule.Conditions?.Tags is { Count: > 0 },
            rule.Formula.TierMultiplier || rule.Conditions is { TierIds.Count: > 0 } or { PlanIds.Count: > 0 },
            ct
        );
        var first = rule.Conditions?.FirstOrder == true ? await FirstOrdersAsync(ids, ct) : [];
        return (order, used) =>
        {
            var fact = new Fact(
                rule.Trigger,
                order.MemberId,
                order.At!.Value,
                [.. lines[order.Id].Select(l => new FactLine(l.Sku, l.Category, l.Net))],
                order.Channel,
                order.Store,
                [.. members.Tags[order.MemberId]],
                first.Contains(order.Id)
            )
            {
                Benefits = members.Benefits.Of(order.MemberId, members.TierOf(order), order.At!.Value),
            };
            return SimulationRules.Earned(rule, fact, used, scope.Tenant.Local);
        };
    }

    private async Task<Trial> CouponAsync(Simulation simulation, IReadOnlyList<PastOrder> orders, CancellationToken ct)
    {
        var terms = Json.Read<TemplateBody>(simulation.Body);
        var carts = await CartsAsync(simulation, orders, terms.Audience?.Tags is { Count: > 0 }, ct);
        return (order, used) => OfferTrials.Coupon(terms, carts[order.Id], used, scope.Tenant.Rounding, scope.Tenant.Local);
    }

    private async Task<Trial> PriceListAsync(Simulation simulation, IReadOnlyList<PastOrder> orders, CancellationToken ct)
    {
        var list = Json.Read<PriceListBody>(simulation.Body) with { Active = true, StartsAt = null, EndsAt = null };
        var carts = await CartsAsync(simulation, orders, list.Audience.Tags is { Count: > 0 }, ct);
        var prices = await PriceEntryService.OfAsync(
            db,
            list.ToPriced(simulation.SubjectId, simulation.SubjectVersion),
            [.. carts.Values.SelectMany(c => c.Lines).Select(l => l.Sku).Distinct(StringComparer.Ordinal)],
            ct
        );
        return (order, used) => OfferTrials.PriceList(prices, carts[order.Id], used, scope.Tenant.Rounding, scope.Tenant.Local);
    }

    /// <summary>The orders as carts, at what was paid: of a coupon of the template that is tried the order is given back what that took off.</summary>
    private async Task<Dictionary<Guid, PastCart>> CartsAsync(
        Simulation simulation,
        IReadOnlyList<PastOrder> orders,
        bool withTags,
        CancellationToken ct
    )
    {
        var ids = orders.Select(o => o.Id).ToList();
        var lines = await LinesAsync(ids, ct);
        var skus = lines.SelectMany(l => l).Select(l => l.Sku).Distinct(StringComparer.Ordinal).ToList();
        var products = await ProductService.OfAsync(db, skus, ct);
        var members = await MembersAsync(orders, withTags, withTiers: true, ct);
        var coupons = await db.Set<OrderCoupon>().AsNoTracking().Where(c => ids.Contains(c.OrderId)).ToListAsync(ct);
        var used = coupons.ToLookup(c => (c.OrderId, IsOwn: c.TemplateId == simulation.SubjectId));
        // What a coupon for the shipping took off was never in the lines.
        var isForShipping =
            simulation.Kind == SimulationKind.CouponTemplate
            && Json.Read<TemplateBody>(simulation.Body).Kind == CouponKind.FreeShipping;
        var terms = await templates.TermsAsync([.. coupons.Select(c => (c.TemplateId, c.TemplateVersion)).Distinct()], ct);
        return orders.ToDictionary(
            o => o.Id,
            o => new PastCart(
                o.At!.Value,
                members.HolderOf(o),
                [
                    .. lines[o.Id]
                        .Select(l =>
                            LineOf(
                                l,
                                isForShipping ? 0 : used[(o.Id, true)].Sum(c => c.PartOf(l.LineNo)),
                                products.GetValueOrDefault(l.Sku)
                            )
                        ),
                ],
                o.Shipping + (isForShipping ? used[(o.Id, true)].Sum(c => c.Amount) : 0),
                o.Channel,
                o.Store,
                [.. used[(o.Id, false)].Select(c => terms[(c.TemplateId, c.TemplateVersion)])]
            )
        );
    }

    private static PastLine LineOf(OrderLine line, long back, Product? product) =>
        new(
            line.Sku,
            line.Category ?? product?.Category,
            product?.Brand,
            line.Quantity,
            line.Net + back,
            product?.ListPrice,
            product?.Cost
        );

    private async Task<ILookup<Guid, OrderLine>> LinesAsync(List<Guid> ids, CancellationToken ct) =>
        (
            await db.Set<OrderLine>().AsNoTracking().Where(l => ids.Contains(l.OrderId)).OrderBy(l => l.LineNo).ToListAsync(ct)
        ).ToLookup(l => l.OrderId);

    private async Task<PastMembers> MembersAsync(
        IReadOnlyList<PastOrder> orders,
        bool withTags,
        bool withTiers,
        CancellationToken ct
    )
    {
        var ids = orders.Select(o => o.MemberId).Distinct().ToList();
        var tags = withTags ? await db.Set<MemberTag>().AsNoTracking().Where(t => ids.Contains(t.MemberId)).ToListAsync(ct) : [];
        var history = withTiers
            ? await db.Set<TierHistory>()
                .AsNoTracking()
                .Where(h => ids.Contains(h.MemberId))
                .OrderBy(h => h.At)
                .ThenBy(h => h.Id)
                .ToListAsync(ct)
            : [];
        var joined = await db.Set<Member>()
            .Where(m => ids.Contains(m.Id))
            .Select(m => new { m.Id, m.JoinedAt })
            .ToDictionaryAsync(m => m.Id, m => m.JoinedAt, ct);
        var holdings = withTiers
            ? await db.Set<PlanHolding>().AsNoTracking().Where(h => ids.Contains(h.MemberId)).ToListAsync(ct)
            : [];
        var ladder = await tiers.LadderAsync(ct);
        return new(
            joined,
            tags.ToLookup(t => t.MemberId, t => t.Tag),
            history.ToLookup(h => h.MemberId),
            ladder,
            new(ladder, (await rules.ActiveAsync(ct)).Perks, holdings)
        );
    }

    /// <summary>Those of some orders before which their members had none.</summary>
    private async Task<HashSet<Guid>> FirstOrdersAsync(List<Guid> ids, CancellationToken ct)
    {
        var standing = db.Set<Order>().Where(o => o.State != OrderState.Cancelled);
        return await standing
            .Where(o => ids.Contains(o.Id) && !standing.Any(p => p.MemberId == o.MemberId && p.Id.CompareTo(o.Id) < 0))
            .Select(o => o.Id)
            .ToHashSetAsync(ct);
    }
}

/// <summary>What is known of who bought: tags as they are now, tiers and paid plans as they were then, with their multipliers as they are now.</summary>
internal sealed record PastMembers(
    IReadOnlyDictionary<Guid, DateTime> Joined,
    ILookup<Guid, string> Tags,
    ILookup<Guid, TierHistory> History,
    IReadOnlyList<Tier> Ladder,
    MemberBenefits Benefits
)
{
    public Tier? TierOf(PastOrder order)
    {
        var last = History[order.MemberId].LastOrDefault(h => h.At <= order.At);
        return last is null ? TierRules.Entry(Ladder) : Ladder.FirstOrDefault(t => t.Id == last.ToTierId);
    }

    public CouponHolder HolderOf(PastOrder order) =>
        new(order.MemberId, Joined[order.MemberId], IsErased: false, TierOf(order)?.Id, [.. Tags[order.MemberId]], []);
}
