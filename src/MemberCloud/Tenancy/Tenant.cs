using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Tenancy;

/// <summary>live: the wall clock and real money. sandbox: for trying out, with a clock that can be moved.</summary>
public enum TenantMode
{
    Live,
    Sandbox,
}

/// <summary>Whether a brand is open.</summary>
public enum TenantStatus
{
    /// <summary>Open.</summary>
    Active,

    /// <summary>Its credentials are refused, its jobs rest; it can be resumed.</summary>
    Suspended,

    /// <summary>For good.</summary>
    Closed,
}

/// <summary>Where a member goes at a review that finds too little growth.</summary>
public enum TierDowngrade
{
    /// <summary>To the next lower rank.</summary>
    OneStep,

    /// <summary>To the highest tier whose threshold is reached.</summary>
    ToMatch,

    /// <summary>Nowhere: the tier is kept for another term.</summary>
    Keep,
}

/// <summary>Where a refund takes points that are to go back, once the order's own pending ones are taken.</summary>
public enum ClawbackPolicy
{
    /// <summary>Nowhere: what has settled is the member's.</summary>
    OnlyPending,

    /// <summary>From what the member can spend; what is missing is given up.</summary>
    WithinBalance,

    /// <summary>From what the member can spend; what is missing becomes debt, which later earnings pay first.</summary>
    AllowNegative,
}

/// <summary>What becomes of refunded points whose lot has ended since they were spent.</summary>
public enum RestorePolicy
{
    /// <summary>They end at once.</summary>
    RestoreAndExpire,

    /// <summary>They come back for some days.</summary>
    Grace,
}

/// <summary>
/// Which claims of coupons people look at first: those above what one member, device or address got within an hour, and those of members who joined just now.
/// Null = not looked at.
/// </summary>
/// <param name="MemberPerHour">Coupons that one member gets within an hour before the next claim is held; 1 to 100,000.</param>
/// <param name="DevicePerHour">The same for one device_hash.</param>
/// <param name="IpPerHour">The same for one address: ip_hash where the brand claims, the client's address where the member does.</param>
/// <param name="NewMemberHours">Claims of members who joined less than so many hours ago are held, 1 to 8760; not of templates for new members.</param>
public sealed record ClaimGuards(
    [property: Range(1, 100_000)] int? MemberPerHour = null,
    [property: Range(1, 100_000)] int? DevicePerHour = null,
    [property: Range(1, 100_000)] int? IpPerHour = null,
    [property: Range(1, 8760)] int? NewMemberHours = null
)
{
    /// <summary>Something is looked at.</summary>
    [JsonIgnore]
    public bool Any => this is not { MemberPerHour: null, DevicePerHour: null, IpPerHour: null, NewMemberHours: null };
}

/// <summary>What points are worth as money, where the brand takes them.</summary>
/// <param name="Points">So many points ..., 1 to 10^6.</param>
/// <param name="Amount">... are so many minor units, 1 to 10^9. A part of a minor unit is not given.</param>
/// <param name="CapBp">At most this part of what the goods cost after coupons, basis points, 1 to 10,000.</param>
/// <param name="Step">Points are used in multiples of this, 1 to 10^6.</param>
/// <param name="MinPayable">What of the goods is paid in money at least, minor units.</param>
public sealed record PointsTerms(
    [property: Required, Range(1, 1_000_000)] long Points,
    [property: Required, Range(1, 1_000_000_000)] long Amount,
    [property: Range(1, 10_000)] int CapBp = 10_000,
    [property: Range(1, 1_000_000)] long Step = 1,
    [property: Range(0, Money.Max)] long MinPayable = 0
);

/// <summary>What a brand settles for itself. Kept as one JSON document on the tenant's row.</summary>
public sealed record BrandSettings
{
    /// <summary>Days before points expire at which the member's notice is sent.</summary>
    public int PointsNoticeDays { get; init; } = 7;
    public TierDowngrade TierDowngrade { get; init; } = TierDowngrade.OneStep;

    /// <summary>Days before a tier's review at which <c>tier.will_downgrade</c> is told.</summary>
    public int TierNoticeDays { get; init; } = 30;

    /// <summary>What one person may adjust and issue within 24 hours before a second one must agree.</summary>
    public long StaffDailyLimit { get; init; } = 10_000;
    public ClawbackPolicy PointsClawback { get; init; } = ClawbackPolicy.AllowNegative;
    public RestorePolicy PointsRestore { get; init; } = RestorePolicy.Grace;

    /// <summary>Local days for which points come back whose lot has ended.</summary>
    public int PointsRestoreGraceDays { get; init; } = 7;

    /// <summary>Local days after settling from which an order's points may be given to another member.</summary>
    public int PointsTransferAfterDays { get; init; } = 30;

    /// <summary>What one member may give away in one local day, of each currency.</summary>
    public long PointsTransferDailyLimit { get; init; } = 10_000;

    /// <summary>A refund that takes the growth of a tier away takes the tier at once, not at its review.</summary>
    public bool TierRevokeOnRefund { get; init; }

    /// <summary>No coupon takes off more than what must be bought for it.</summary>
    public bool CouponsStayBelowThreshold { get; init; }
    public ClaimGuards ClaimGuards { get; init; } = new();

    /// <summary>Null = points are no money.</summary>
    public PointsTerms? PointsMoney { get; init; }

    /// <summary>For how long a checkout that does not say holds what it uses.</summary>
    public int CheckoutSeconds { get; init; } = 900;
}

/// <summary>One brand. A platform table: reached through <see cref="TenantDirectory"/> only.</summary>
public sealed class Tenant : IVersioned
{
    public Guid Id { get; init; }
    public required string Slug { get; init; }
    public required string Name { get; set; }
    public required string TimeZone { get; set; }
    public required string Currency { get; init; }

    /// <summary>ISO 3166-1 alpha-2; how phone numbers without a country code are read. Null: they are not.</summary>
    public string? Country { get; set; }
    public Rounding Rounding { get; init; }
    public required string Locale { get; set; }
    public TenantMode Mode { get; init; }
    public TenantStatus Status { get; set; }

    /// <summary>JSON of <see cref="BrandSettings"/>.</summary>
    public required string Settings { get; set; }

    /// <summary>Requests a second on each node; null = the node's default.</summary>
    public int? RateQuota { get; set; }

    /// <summary>Rises with every change of the brand's configuration: what is cached under an older one is stale.</summary>
    public long ConfigVersion { get; set; }

    /// <summary>Where a sandbox's clock stands; null while it follows the wall clock.</summary>
    public DateTime? TestClock { get; set; }

    /// <summary>Where the clock is being moved to; null when it stands.</summary>
    public DateTime? ClockTarget { get; set; }

    /// <summary>The mover's lease, by the wall clock: past it, another may carry the move on.</summary>
    public DateTime? ClockLease { get; set; }

    /// <summary>The data key, wrapped under the platform's master key.</summary>
    public required byte[] DataKey { get; init; }
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last suspended and resumed, by the tenant's clock: nothing expires in between, and for 7 days after.</summary>
    public DateTime? SuspendedAt { get; set; }
    public DateTime? ResumedAt { get; set; }
    public long Version { get; set; }

    internal sealed class Configuration : IEntityTypeConfiguration<Tenant>
    {
        public void Configure(EntityTypeBuilder<Tenant> builder)
        {
            builder.ToTable("tenants");
            builder.HasKey(t => t.Id);
            builder.HasIndex(t => t.Slug).IsUnique().HasDatabaseName("ux_tenants_slug");
            builder.Property(t => t.Slug).HasMaxLength(40);
            builder.Property(t => t.Name).HasMaxLength(100);
            builder.Property(t => t.TimeZone).HasMaxLength(60);
            builder.Property(t => t.Currency).HasMaxLength(3);
            builder.Property(t => t.Country).HasMaxLength(2);
            builder.Property(t => t.Locale).HasMaxLength(10);
            builder.Property(t => t.DataKey).HasMaxLength(100);
        }
    }
}

/// <summary>A brand's suspension: what would have ended in it, or within 7 days after, ends when those are over.</summary>
public sealed record ExpiryPause(DateTime From, DateTime Until)
{
    private const int Days = 7;

    public static DateTime EndOf(DateTime resumedAt, LocalTime local) => local.PlusDays(resumedAt, Days);

    public DateTime? Spare(DateTime? end) => end > From && end < Until ? Until : end;
}

/// <summary>A tenant as the rest of the product sees it: a snapshot that does not change under a request.</summary>
public sealed record TenantInfo(
    Guid Id,
    string Slug,
    string Name,
    string TimeZone,
    string Currency,
    string? Country,
    Rounding Rounding,
    string Locale,
    TenantMode Mode,
    TenantStatus Status,
    BrandSettings Settings,
    long ConfigVersion,
    DateTime? TestClock,
    DateTime? ClockTarget,
    DateTime CreatedAt,
    DateTime? ClockLease,
    ExpiryPause? Pause,
    TenantKeys Keys,
    int? RateQuota
)
{
    /// <summary>The brand's wall clock.</summary>
    public LocalTime Local { get; } = LocalTime.Of(TimeZone);
}
