using MemberCloud.Memberships;
using MemberCloud.Perks;
using MemberCloud.Shared;
using MemberCloud.Tiers;

namespace MemberCloud.Pricing;

/// <summary>A plan that would make a cart cheaper.</summary>
/// <param name="Name">Of the plan.</param>
/// <param name="Saves">On this cart, minor units, above 0.</param>
/// <param name="Price">What its first term costs, minor units.</param>
internal sealed record PlanSaving(Guid PlanId, string Name, long Saves, long Price);

/// <summary>What paid plans make of a cart: the same cart is computed as for somebody with other plans. Pure.</summary>
/// <param name="input">The cart as the member has it.</param>
/// <param name="payable">What it costs the member.</param>
/// <param name="priced">The lines at somebody's prices.</param>
internal sealed class PlanSavings(QuoteInput input, long payable, Func<PriceBuyer, IReadOnlyList<QuoteLine>> priced)
{
    /// <summary>Plans that are tried: more are not looked at.</summary>
    private const int Most = 20;

    /// <summary>What the member's own plans save, minor units.</summary>
    public long Own(QuoteMember member, DateTime at) =>
        member.Plans.Count == 0
            ? 0
            : Math.Max(
                0,
                PayableOf(
                    member.BuyerWith([], at),
                    [.. Shipping(member.Shipping.Where(p => p.Sources.Any(s => s.MembershipId is null)))]
                ) - payable
            );

    /// <summary>The plan on offer that would save most; null = none would save anything. Of a family that the member has a plan of none is looked at.</summary>
    public PlanSaving? Best(QuoteMember member, IEnumerable<PlanOnOffer> offers, IReadOnlyList<Tier> ladder, WorkingPerks perks)
    {
        var families = member.Plans.Select(p => p.Family).ToHashSet(StringComparer.Ordinal);
        PlanSaving? best = null;
        foreach (var offer in offers.Where(o => !families.Contains(o.Body.Family)).Take(Most))
        {
            var tier = Ids.TryRead(IdPrefix.Tier, offer.Body.TierId, out var id) ? ladder.FirstOrDefault(t => t.Id == id) : null;
            var buyer = member.Buyer with
            {
                TierIds = tier is null ? member.Buyer.TierIds : [.. member.Buyer.TierIds, tier.Id],
                PlanIds = [.. member.Buyer.PlanIds, offer.Id],
            };
            var named = (offer.Body.Perks ?? []).Concat(tier is null ? [] : TierPerks.Read(tier.Perks)).ToHashSet();
            var free = perks.Shipping.Where(p => named.Contains(p.Shown)).Select(p => Shipping(p.Id, p.Body));
            var saves = payable - PayableOf(buyer, [.. input.FreeShipping, .. free]);
            if (saves > (best?.Saves ?? 0))
                best = new(offer.Id, offer.Body.Name, saves, MembershipTerms.PriceOf(offer.Body, 0));
        }
        return best;
    }

    public static IEnumerable<FreeShipping> Shipping(IEnumerable<HeldPerk> held) => held.Select(p => Shipping(p.Id, p.Body));

    private static FreeShipping Shipping(Guid id, PerkBody body) => new(id, body.Name, body.Config?.MinAmount ?? 0);

    /// <summary>Where nothing of the cart is different it costs the same.</summary>
    private long PayableOf(PriceBuyer buyer, IReadOnlyList<FreeShipping> shipping)
    {
        var lines = priced(buyer);
        return lines.SequenceEqual(input.Lines) && (input.Shipping == 0 || shipping.SequenceEqual(input.FreeShipping))
            ? payable
            : PricingRules.Compute(input with { Lines = lines, FreeShipping = shipping }).Totals.Payable;
    }
}
