using System.Globalization;
using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Orders;

/// <summary>A coupon an order used: what it took off, on which lines.</summary>
public sealed class OrderCoupon : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }
    public Guid CouponId { get; init; }

    /// <summary>The coupon's template and its version, whose terms say what a refund does.</summary>
    public Guid TemplateId { get; init; }
    public int TemplateVersion { get; init; }

    /// <summary>Minor units.</summary>
    public long Amount { get; init; }

    /// <summary>Its part of each line, in the order of the lines, comma-separated.</summary>
    public required string Lines { get; init; }

    /// <summary>What each line its threshold counted was worth when it was applied, in the order of the lines, comma-separated, empty for the others; null = reported, nobody said.</summary>
    public string? Worth { get; init; }

    /// <summary>The order let it go: by its policy it came back, or it did not.</summary>
    public bool LetGo { get; set; }

    /// <summary>Its part of one of the lines, by place, minor units.</summary>
    internal long PartOf(int line) => long.Parse(Lines.Split(',')[line], CultureInfo.InvariantCulture);

    /// <summary>What refunds keep back because the threshold is no longer met by what is kept, minor units.</summary>
    public long Reclaimed { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderCoupon>
    {
        public void Configure(EntityTypeBuilder<OrderCoupon> builder)
        {
            builder.ToTable("order_coupons");
            builder.HasKey(c => new
            {
                c.TenantId,
                c.OrderId,
                c.CouponId,
            });
        }
    }
}

/// <summary>Coupons of some orders, in memory.</summary>
/// <param name="Work">The coupons, locked.</param>
/// <param name="Rows">What orders used so far.</param>
/// <param name="Terms">The terms of those.</param>
/// <param name="Rewards">What orders earned so far.</param>
/// <param name="RewardOf">Which of the coupons they used were earned, by these or other orders.</param>
public sealed record StoredCoupons(
    CouponWork Work,
    ILookup<Guid, OrderCoupon> Rows,
    IReadOnlyDictionary<(Guid Template, int Version), TemplateBody> Terms,
    ILookup<Guid, OrderReward> Rewards,
    IReadOnlyDictionary<Guid, OrderReward> RewardOf
);
