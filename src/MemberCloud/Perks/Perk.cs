using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Perks;

/// <summary>What a perk is.</summary>
public enum PerkKind
{
    /// <summary>Coupons, issued each period.</summary>
    CouponPack,

    /// <summary>More points for the same purchase.</summary>
    PointsMultiplier,

    /// <summary>The prices of lists that are meant for those who have it.</summary>
    MemberPrice,

    /// <summary>Orders without shipping.</summary>
    FreeShipping,

    /// <summary>Coupons or points on the birthday.</summary>
    BirthdayGift,

    /// <summary>Buying some hours before others.</summary>
    EarlyAccess,

    /// <summary>One of a partner's codes.</summary>
    PartnerCode,

    /// <summary>Something done for the member.</summary>
    Service,

    /// <summary>Anything else, in the brand's words.</summary>
    Custom,
}

/// <summary>After what a perk's quantity begins anew, by the brand's local calendar.</summary>
public enum PerkPeriod
{
    /// <summary>Each local day.</summary>
    Day,

    /// <summary>Each local week, from Monday.</summary>
    Week,

    /// <summary>Each local month.</summary>
    Month,

    /// <summary>Each term of the tier or plan it belongs to.</summary>
    Term,

    /// <summary>Never: it is given once.</summary>
    Once,
}

/// <summary>Something a tier or a plan entitles to.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Kind">What it is. Never changes: another kind is another perk.</param>
/// <param name="Quantity">How often it can be used in a period, 1 to 1,000,000; 1 unless given. Says nothing for points_multiplier, member_price and early_access, which hold all the time.</param>
/// <param name="Period">After what the quantity begins anew; term unless given.</param>
/// <param name="RolloverMax">Most of what is left of a period that goes over into the next, 0 to 1,000,000; 0 unless given.</param>
/// <param name="Priority">-1,000 to 1,000; of two that serve, the higher is used first. 0 unless given.</param>
/// <param name="Value">What one use is worth, minor units, 0 to 10^12: less_perks_used refunds take it off. Nothing unless given.</param>
/// <param name="Config">What the kind asks for.</param>
/// <param name="Active">Whether it is given. True unless given.</param>
public sealed record PerkBody(
    [property: Required, Text(100, IsName = true, Plain = true)] string Name,
    [property: Required] PerkKind? Kind,
    [property: Range(1, PerkRules.MaxQuantity)] int Quantity = 1,
    PerkPeriod Period = PerkPeriod.Term,
    [property: Range(0, PerkRules.MaxQuantity)] int RolloverMax = 0,
    [property: Range(-1000, 1000)] int Priority = 0,
    [property: Range(0, Money.Max)] long? Value = null,
    PerkConfig? Config = null,
    bool Active = true
) : IChecked
{
    public IEnumerable<FieldProblem> Check() => PerkRules.Check(this);
}

/// <summary>What a kind asks for; fields of another kind are refused. member_price and partner_code ask for nothing.</summary>
/// <param name="Coupons">For coupon_pack, which needs them, and for birthday_gift: what is issued. Up to 20.</param>
/// <param name="Points">For birthday_gift in place of coupons: 1 to 10^9.</param>
/// <param name="MultiplierBp">For points_multiplier, which needs it: basis points, 10,001 to 1,000,000; 20,000 is twice.</param>
/// <param name="MinAmount">For free_shipping: least net of the order, minor units; none unless given.</param>
/// <param name="Hours">For early_access, which needs it: 1 to 720.</param>
/// <param name="Text">For service and custom: what it is, up to 500 characters.</param>
public sealed record PerkConfig(
    [property: MinLength(1), MaxLength(20)] IReadOnlyList<PerkCoupons>? Coupons = null,
    [property: Range(1, 1_000_000_000)] long? Points = null,
    [property: Range(10_001, 1_000_000)] int? MultiplierBp = null,
    [property: Range(0, Money.Max)] long? MinAmount = null,
    [property: Range(1, 720)] int? Hours = null,
    [property: Text(500, IsName = true, Plain = true)] string? Text = null
);

/// <summary>Coupons of one template.</summary>
/// <param name="TemplateId">The coupon template.</param>
/// <param name="Quantity">1 to 100.</param>
public sealed record PerkCoupons(
    [property: Required, Text(60)] string TemplateId,
    [property: Required, Range(1, 100)] int Quantity
);

/// <summary>A perk as it stands.</summary>
public sealed class Perk : ITenantOwned, IVersioned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }

    /// <summary>JSON of <see cref="PerkBody"/>.</summary>
    public required string Body { get; set; }
    public DateTime CreatedAt { get; init; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Perk>
    {
        public void Configure(EntityTypeBuilder<Perk> builder)
        {
            builder.ToTable("perks");
            builder.HasKey(p => new { p.TenantId, p.Id });
        }
    }
}
