using MemberCloud.Data;
using MemberCloud.Members;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Memberships;

/// <summary>How a membership stands.</summary>
public enum MembershipState
{
    /// <summary>Bought and not paid yet: 24 hours' time.</summary>
    PendingPayment,

    /// <summary>Before the first payment, perks on.</summary>
    Trialing,

    /// <summary>Paid, perks on.</summary>
    Active,

    /// <summary>Over and not renewed yet: perks go on in grace.</summary>
    PastDue,

    /// <summary>Grace is over: perks off, a payment brings it back.</summary>
    Suspended,

    /// <summary>Its time stands still, perks off.</summary>
    Paused,

    /// <summary>Never paid. An end.</summary>
    ExpiredUnpaid,

    /// <summary>Its time is over. An end.</summary>
    Expired,

    /// <summary>Taken back by a refund, a chargeback or staff. An end.</summary>
    Revoked,
}

/// <summary>Why a membership is past due, suspended or over.</summary>
public enum MembershipReason
{
    /// <summary>The renewal waits for proof that the member was told of it.</summary>
    AwaitingNotice,

    /// <summary>The brand collects and has not reported the payment.</summary>
    AwaitingPayment,

    /// <summary>The charge was refused.</summary>
    PaymentFailed,

    /// <summary>There is nothing to charge.</summary>
    NoPaymentMethod,

    /// <summary>The member, or the brand for the member, ended it.</summary>
    Cancelled,

    /// <summary>It does not renew by itself.</summary>
    NotRenewed,

    /// <summary>The money went back.</summary>
    Refunded,

    /// <summary>The member's bank took the money back.</summary>
    Chargeback,

    /// <summary>Staff ended it.</summary>
    Staff,

    /// <summary>The member was erased.</summary>
    Erased,

    /// <summary>The member was merged into one with a membership of the family, which it extends.</summary>
    Merged,
}

/// <summary>
/// One member's subscription to a plan. Periods are counted from the anchor: the one paid last ends <see cref="Terms"/> terms after it. Three instants say when a job looks:
/// <see cref="NoticeAt"/>, <see cref="RenewAt"/>, <see cref="ExpireAt"/>.
/// </summary>
public sealed class Membership : ITenantOwned, IAboutMember
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid MemberId { get; set; }

    /// <summary>Whose it was before that member was merged into this one.</summary>
    public Guid? BroughtFrom { get; set; }
    public required string Family { get; init; }
    public Guid PlanId { get; set; }

    /// <summary>The version of the plan that was agreed to: its price, its term, its perks.</summary>
    public int PlanVersion { get; set; }
    public MembershipState State { get; set; }

    /// <summary>The family until it is at an end, then null: a member has one live membership of a family.</summary>
    public string? LiveFamily { get; set; }
    public MembershipReason? Reason { get; set; }
    public bool AutoRenew { get; set; }
    public bool CancelAtEnd { get; set; }

    /// <summary>The plan it goes over to at the end of what is paid; null = stays.</summary>
    public Guid? NextPlanId { get; set; }
    public required string Gateway { get; set; }
    public Guid? MethodId { get; set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>Who asked for it with which Idempotency-Key, and what was asked, as fingerprints.</summary>
    public Guid? RequestId { get; init; }
    public byte[]? RequestHash { get; init; }

    /// <summary>What the member agreed to: the text's version, when, where.</summary>
    public required string ConsentText { get; init; }
    public DateTime ConsentAt { get; init; }
    public required string ConsentChannel { get; init; }

    /// <summary>The first automatic charge that the consent itself named; null where it named none.</summary>
    public DateTime? ConsentCharge { get; init; }

    /// <summary>What terms are counted from.</summary>
    public DateTime Anchor { get; set; }

    /// <summary>Terms from the anchor to the end of what is paid; 0 in a trial and where a rest before the anchor is used up.</summary>
    public int Terms { get; set; }

    /// <summary>Where the time before the anchor began: a trial, or the rest after a pause.</summary>
    public DateTime RunsSince { get; set; }

    /// <summary>The end of what is paid, or of the trial.</summary>
    public DateTime PaidUntil { get; set; }

    /// <summary>Terms billed so far and not voided: intro prices go by it.</summary>
    public int TermsBilled { get; set; }

    /// <summary>Invoices and credit notes so far.</summary>
    public int Bills { get; set; }

    /// <summary>Payments the brand reported ahead that wait for the end of the period.</summary>
    public int PaymentsWaiting { get; set; }

    /// <summary>A charge of it has no end yet: no other is begun.</summary>
    public Guid? OpenAttemptId { get; set; }

    /// <summary>
    /// Since when the renewal under way is due: the first instant at which it could be charged, from which retries and grace are counted; before that, since when it waits for proof.
    /// </summary>
    public DateTime? DueSince { get; set; }

    /// <summary>Charges of the renewal under way that failed.</summary>
    public int FailedCharges { get; set; }
    public DateTime? PausedAt { get; set; }

    /// <summary>How often, and in which local year, it was paused.</summary>
    public int Pauses { get; set; }
    public int PausesYear { get; set; }

    /// <summary>What the last renewal notice said: any change voids it.</summary>
    public DateTime? NoticedFor { get; set; }
    public Guid? NoticedPlan { get; set; }
    public int? NoticedVersion { get; set; }
    public long? NoticedAmount { get; set; }
    public DateTime? NoticedAt { get; set; }

    /// <summary>When it was proved that the notice reached the member.</summary>
    public DateTime? ProvedAt { get; set; }
    public DateTime? NoticeAt { get; set; }
    public DateTime? RenewAt { get; set; }
    public DateTime? ExpireAt { get; set; }
    public DateTime? EndedAt { get; set; }
    public long Version { get; set; }

    /// <summary>As it was loaded, not stored.</summary>
    public long LoadedVersion { get; set; }

    /// <summary>All that changes in its life.</summary>
    internal static readonly string[] Changing =
    [
        nameof(MemberId),
        nameof(BroughtFrom),
        nameof(PlanId),
        nameof(PlanVersion),
        nameof(State),
        nameof(LiveFamily),
        nameof(Reason),
        nameof(AutoRenew),
        nameof(CancelAtEnd),
        nameof(NextPlanId),
        nameof(MethodId),
        nameof(Anchor),
        nameof(Terms),
        nameof(RunsSince),
        nameof(PaidUntil),
        nameof(TermsBilled),
        nameof(Bills),
        nameof(PaymentsWaiting),
        nameof(OpenAttemptId),
        nameof(DueSince),
        nameof(FailedCharges),
        nameof(PausedAt),
        nameof(Pauses),
        nameof(PausesYear),
        nameof(NoticedFor),
        nameof(NoticedPlan),
        nameof(NoticedVersion),
        nameof(NoticedAmount),
        nameof(NoticedAt),
        nameof(ProvedAt),
        nameof(NoticeAt),
        nameof(RenewAt),
        nameof(ExpireAt),
        nameof(EndedAt),
        nameof(Version),
        nameof(Gateway),
    ];

    internal sealed class Configuration : IEntityTypeConfiguration<Membership>
    {
        public void Configure(EntityTypeBuilder<Membership> builder)
        {
            builder.ToTable("memberships");
            builder.Ignore(m => m.LoadedVersion);
            builder.ChangesOften().HasKey(m => new { m.TenantId, m.Id });
            builder
                .HasIndex(m => new
                {
                    m.TenantId,
                    m.MemberId,
                    m.LiveFamily,
                })
                .IsUnique()
                .HasFilter("live_family IS NOT NULL")
                .HasDatabaseName("ux_memberships_live");
            builder
                .HasIndex(m => new { m.TenantId, m.RequestId })
                .IsUnique()
                .HasFilter("request_id IS NOT NULL")
                .HasDatabaseName("ux_memberships_request");
            // A member's list, and whether they had a trial of the family.
            builder
                .HasIndex(m => new
                {
                    m.TenantId,
                    m.MemberId,
                    m.Id,
                })
                .HasDatabaseName("ix_memberships_member");
            builder
                .HasIndex(m => new { m.TenantId, m.NoticeAt })
                .HasFilter("notice_at IS NOT NULL")
                .HasDatabaseName("ix_memberships_notice");
            builder
                .HasIndex(m => new { m.TenantId, m.RenewAt })
                .HasFilter("renew_at IS NOT NULL")
                .HasDatabaseName("ix_memberships_renew");
            builder
                .HasIndex(m => new { m.TenantId, m.ExpireAt })
                .HasFilter("expire_at IS NOT NULL")
                .HasDatabaseName("ix_memberships_expire");
            builder.Property(m => m.Family).HasMaxLength(Plan.FamilyLength);
            builder.Property(m => m.RequestHash).HasMaxLength(32);
            builder.Property(m => m.LiveFamily).HasMaxLength(Plan.FamilyLength);
            builder.Property(m => m.Gateway).HasMaxLength(20);
            builder.Property(m => m.ConsentText).HasMaxLength(Consent.TextVersionLength);
            builder.Property(m => m.ConsentChannel).HasMaxLength(Consent.ChannelLength);
        }
    }
}

/// <summary>A member had the one trial of a family: kept when the membership is long over, and moved by merges.</summary>
public sealed class TrialUse : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }
    public required string Family { get; init; }
    public DateTime At { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<TrialUse>
    {
        public void Configure(EntityTypeBuilder<TrialUse> builder)
        {
            builder.ToTable("trial_uses");
            builder.HasKey(t => new
            {
                t.TenantId,
                t.MemberId,
                t.Family,
            });
            builder.Property(t => t.Family).HasMaxLength(Plan.FamilyLength);
        }
    }
}
