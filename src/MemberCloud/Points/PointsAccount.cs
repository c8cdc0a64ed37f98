using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Points;

/// <summary>
/// What one member has of one currency. The row every write on the account changes first, and only from the number it was loaded with:
/// that is the lock.
/// </summary>
public sealed class PointsAccount : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Currency { get; init; }

    /// <summary>Number of the last entry.</summary>
    public long Seq { get; set; }
    public long Available { get; set; }
    public long Pending { get; set; }
    public long Held { get; set; }

    /// <summary>Taken back beyond what was there: later earnings pay it first. Zero or more, and zero while anything is available.</summary>
    public long Debt { get; set; }

    /// <summary>Earned, less what was taken back.</summary>
    public long Issued { get; set; }

    /// <summary>Spent and captured, less what was restored.</summary>
    public long Redeemed { get; set; }

    /// <summary>Ended unspent.</summary>
    public long Expired { get; set; }

    /// <summary>Put right by hand and given up debt, up (+) or down (-).</summary>
    public long Adjusted { get; set; }

    /// <summary>Seal of the last entry.</summary>
    public byte[] Hash { get; set; } = [];

    /// <summary>When the member last earned or spent.</summary>
    public DateTime ActiveAt { get; set; }

    /// <summary>The number it was loaded with; not stored.</summary>
    public long LoadedSeq { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<PointsAccount>
    {
        public void Configure(EntityTypeBuilder<PointsAccount> builder)
        {
            builder.ToTable("points_accounts").ChangesOften();
            builder.HasKey(a => new
            {
                a.TenantId,
                a.MemberId,
                a.Currency,
            });
            builder.Property(a => a.Currency).HasMaxLength(Currencies.CodeLength);
            builder.Ignore(a => a.LoadedSeq);
            builder.Property(a => a.Hash).HasMaxLength(32);
        }
    }
}
