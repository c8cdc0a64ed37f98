using MemberCloud.Coupons;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Orders;

/// <summary>A coupon that an order earned by a rule.</summary>
public sealed class OrderReward : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid OrderId { get; init; }
    public Guid CouponId { get; init; }
    public Guid TemplateId { get; init; }
    public Guid RuleId { get; init; }
    public int RuleVersion { get; init; }

    /// <summary>When the fact occurred that earned it: what the rule's caps counted it by.</summary>
    public DateTime EarnedAt { get; init; }

    /// <summary>The order was cancelled or refunded whole: the coupon ends, at once or when another order that uses it gives it back.</summary>
    public bool LetGo { get; set; }

    /// <summary>The coupon was made void for it.</summary>
    public bool Revoked { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<OrderReward>
    {
        public void Configure(EntityTypeBuilder<OrderReward> builder)
        {
            builder.ToTable("order_rewards");
            builder.HasKey(r => new
            {
                r.TenantId,
                r.OrderId,
                r.CouponId,
            });
            builder.HasOne<Coupon>().WithMany().HasForeignKey(r => new { r.TenantId, r.CouponId });
        }
    }
}
