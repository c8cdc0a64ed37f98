using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Tenancy;

/// <summary>A brand to be opened.</summary>
/// <param name="Slug">Short name for links, 2 to 40 of a-z, 0-9 and single hyphens; unique on the platform, never changes.</param>
/// <param name="Name">Name shown to people, up to 100 characters.</param>
/// <param name="TimeZone">IANA time zone, for example Asia/Shanghai. Every day, month end and schedule of the brand means this zone.</param>
/// <param name="Currency">ISO 4217 code. All money of the brand is integer minor units of it.</param>
/// <param name="Locale">Language of messages to people: zh-CN or en.</param>
/// <param name="Mode">live or sandbox. Only a sandbox has a clock that can be moved.</param>
/// <param name="Rounding">How a half minor unit is rounded; half_away_from_zero unless given.</param>
/// <param name="TestClock">Sandbox only: where its clock stands from the start. Any instant from 1970 on.</param>
/// <param name="Country">ISO 3166-1 alpha-2, for example CN: how phone numbers without a country code are read. The time zone's country unless given.</param>
/// <param name="RateQuota">Requests a second on each node, 1 to 1,000,000; the node's default (1,000 unless set otherwise) unless given.</param>
public sealed record NewTenant(
    [property: Required, RegularExpression("[a-z0-9](-?[a-z0-9])+"), StringLength(40, MinimumLength = 2)] string Slug,
    [property: Required, Text(100, IsName = true)] string Name,
    [property: Required, StringLength(60)] string TimeZone,
    [property: Required, RegularExpression("[A-Z]{3}")] string Currency,
    [property: Required, RegularExpression("zh-CN|en")] string Locale,
    [property: Required] TenantMode? Mode,
    Rounding? Rounding = null,
    [property: Instant] DateTime? TestClock = null,
    [property: RegularExpression("[A-Z]{2}")] string? Country = null,
    [property: Range(1, 1_000_000)] int? RateQuota = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (!LocalTime.TryGet(TimeZone, out _))
            yield return new("/time_zone", "unknown_value", "There is no such IANA time zone.");
        if (!Money.IsCurrency(Currency))
            yield return new("/currency", "unknown_value", "There is no such ISO 4217 currency here.");
        if (TestClock is not null && Mode != TenantMode.Sandbox)
            yield return new("/test_clock", "not_a_sandbox", "Only a sandbox has a test clock.");
    }
}

/// <summary>What an operator may change of a brand; what is absent stays.</summary>
/// <param name="RateQuota">Requests a second on each node, 1 to 1,000,000. One key may use half of it. Reaches every node within seconds.</param>
public sealed record TenantChange(
    [property: Text(100, IsName = true)] string? Name = null,
    [property: Range(1, 1_000_000)] int? RateQuota = null
);

/// <summary>A brand as operators see it.</summary>
/// <param name="Id"><c>tnt_...</c></param>
/// <param name="TestClock">Where a sandbox's clock stands; null while it follows the wall clock.</param>
/// <param name="Owner">Only in the answer that made the brand: whoever accepts it becomes the brand's owner.</param>
/// <param name="RateQuota">Requests a second on each node; null = the node's default.</param>
/// <param name="ApiKey">Only in the answer that made the brand: its first key, with every scope. The secret is never shown again.</param>
/// <param name="Currency">ISO 4217 code; all money of the brand is minor units of it.</param>
/// <param name="Status">active, suspended or closed.</param>
public sealed record TenantShape(
    string Id,
    string Slug,
    string Name,
    string TimeZone,
    string Currency,
    string Locale,
    Rounding Rounding,
    TenantMode Mode,
    TenantStatus Status,
    DateTime? TestClock,
    DateTime CreatedAt,
    string? Country,
    int? RateQuota,
    KeySecretShape? ApiKey = null,
    InvitationShape? Owner = null
)
{
    public static TenantShape Of(TenantInfo t) =>
        new(
            Ids.Show(IdPrefix.Tenant, t.Id),
            t.Slug,
            t.Name,
            t.TimeZone,
            t.Currency,
            t.Locale,
            t.Rounding,
            t.Mode,
            t.Status,
            t.TestClock,
            t.CreatedAt,
            t.Country,
            t.RateQuota
        );

    public static TenantShape Of(Tenant t) =>
        new(
            Ids.Show(IdPrefix.Tenant, t.Id),
            t.Slug,
            t.Name,
            t.TimeZone,
            t.Currency,
            t.Locale,
            t.Rounding,
            t.Mode,
            t.Status,
            t.TestClock,
            t.CreatedAt,
            t.Country,
            t.RateQuota
        );
}

/// <summary>An invitation to the brand's staff, shown once: hand it to the person it is for.</summary>
/// <param name="Token">What POST /v1/staff/invitations/accept takes.</param>
/// <param name="ExpiresAt">7 days after it was made, by the wall clock.</param>
public sealed record InvitationShape(string Token, DateTime ExpiresAt);

/// <summary>A key with its secret, shown once.</summary>
/// <param name="Id"><c>key_...</c></param>
/// <param name="Secret">Send it as Authorization: Bearer. Shown only in this answer.</param>
/// <param name="Scopes">What the key may do.</param>
public sealed record KeySecretShape(string Id, string Secret, string Name, IReadOnlyList<string> Scopes)
{
    public static KeySecretShape Of(NewKey key) =>
        new(Ids.Show(IdPrefix.Key, key.Credential.Id), key.Secret, key.Credential.Name, key.Credential.Scopes.Split(' '));
}

/// <summary>A key without its secret.</summary>
/// <param name="Hint">The first characters of the secret.</param>
/// <param name="LastUsedAt">To the minute, by the wall clock.</param>
/// <param name="RevokedAt">Null while the key works.</param>
/// <param name="Scopes">What the key may do.</param>
public sealed record KeyShape(
    string Id,
    string Name,
    string Hint,
    IReadOnlyList<string> Scopes,
    DateTime CreatedAt,
    DateTime? LastUsedAt,
    DateTime? RevokedAt
)
{
    public static KeyShape Of(Credential c) =>
        new(Ids.Show(IdPrefix.Key, c.Id), c.Name, c.Hint, c.Scopes.Split(' '), c.CreatedAt, c.LastUsedAt, c.RevokedAt);
}

/// <summary>A brand key to be made.</summary>
/// <param name="Name">What it is for, up to 100 characters.</param>
/// <param name="Scopes">What it may do; within the scopes of the key that makes it.</param>
public sealed record NewBrandKey(
    [property: Required, Text(100, IsName = true)] string Name,
    [property: Required, MinLength(1), MaxLength(30)] IReadOnlyList<string> Scopes
);

/// <summary>A brand's own settings.</summary>
/// <param name="PointsNoticeDays">Days before points expire at which the member's notice is sent, 1 to 90.</param>
/// <param name="TierDowngrade">Where a review that finds too little growth leads: one_step, to_match or keep.</param>
/// <param name="TierNoticeDays">Days before a tier's review at which tier.will_downgrade is told, 1 to 90.</param>
/// <param name="StaffDailyLimit">What one member of staff (or a key without the scope unattended) may adjust and issue within 24 hours before a second person must agree; 0 to 10^12.</param>
/// <param name="Country">ISO 3166-1 alpha-2: how phone numbers without a country code are read; null: only E.164 is taken.</param>
/// <param name="Currency">ISO 4217 code; all money of the brand is minor units of it.</param>
/// <param name="PointsClawback">Where a refund takes points back from once the order's own pending ones are taken: only_pending, within_balance or allow_negative.</param>
/// <param name="PointsRestore">What becomes of refunded points whose lot has ended since: restore_and_expire or grace.</param>
/// <param name="PointsRestoreGraceDays">For grace: local days for which they come back, 1 to 365.</param>
/// <param name="PointsTransferAfterDays">Local days after settling from which an order's points may be given to another member, 0 to 365.</param>
/// <param name="PointsTransferDailyLimit">What one member may give away in one local day, of each currency; 0 to 10^12.</param>
/// <param name="TierRevokeOnRefund">Whether a refund that takes the growth of a tier away takes the tier at once, not at its review.</param>
/// <param name="CouponsStayBelowThreshold">Whether templates are refused that take off more than their threshold asks for; false unless set.</param>
/// <param name="ClaimGuards">Which claims of coupons are held for review.</param>
/// <param name="PointsMoney">What points are worth as money; null: they are none.</param>
/// <param name="CheckoutSeconds">For how long a checkout that does not say holds what it uses.</param>
public sealed record BrandShape(
    string Id,
    string Slug,
    string Name,
    string TimeZone,
    string Currency,
    string Locale,
    Rounding Rounding,
    TenantMode Mode,
    int PointsNoticeDays,
    TierDowngrade TierDowngrade,
    int TierNoticeDays,
    long StaffDailyLimit,
    string? Country,
    ClawbackPolicy PointsClawback,
    RestorePolicy PointsRestore,
    int PointsRestoreGraceDays,
    int PointsTransferAfterDays,
    long PointsTransferDailyLimit,
    bool TierRevokeOnRefund,
    bool CouponsStayBelowThreshold,
    ClaimGuards ClaimGuards,
    PointsTerms? PointsMoney,
    int CheckoutSeconds
)
{
    public static BrandShape Of(TenantInfo t) =>
        new(
            Ids.Show(IdPrefix.Tenant, t.Id),
            t.Slug,
            t.Name,
            t.TimeZone,
            t.Currency,
            t.Locale,
            t.Rounding,
            t.Mode,
            t.Settings.PointsNoticeDays,
            t.Settings.TierDowngrade,
            t.Settings.TierNoticeDays,
            t.Settings.StaffDailyLimit,
            t.Country,
            t.Settings.PointsClawback,
            t.Settings.PointsRestore,
            t.Settings.PointsRestoreGraceDays,
            t.Settings.PointsTransferAfterDays,
            t.Settings.PointsTransferDailyLimit,
            t.Settings.TierRevokeOnRefund,
            t.Settings.CouponsStayBelowThreshold,
            t.Settings.ClaimGuards,
            t.Settings.PointsMoney,
            t.Settings.CheckoutSeconds
        );
}

/// <summary>What to change of a brand; what is absent stays.</summary>
/// <param name="TimeZone">IANA time zone, for example Asia/Shanghai. Changes only before the first order.</param>
/// <param name="PointsClawback">Where a refund takes points back from once the order's own pending ones are taken: only_pending, within_balance or allow_negative.</param>
/// <param name="PointsRestore">What becomes of refunded points whose lot has ended since: restore_and_expire or grace.</param>
/// <param name="PointsRestoreGraceDays">For grace: local days for which they come back, 1 to 365.</param>
/// <param name="PointsTransferAfterDays">Local days after settling from which an order's points may be given to another member, 0 to 365.</param>
/// <param name="PointsTransferDailyLimit">What one member may give away in one local day, of each currency; 0 to 10^12.</param>
/// <param name="TierRevokeOnRefund">Whether a refund that takes the growth of a tier away takes the tier at once, not at its review.</param>
/// <param name="CouponsStayBelowThreshold">Whether templates are refused that take off more than their threshold asks for; false unless set.</param>
/// <param name="ClaimGuards">Which claims of coupons are held for review; as a whole, {} turns all off.</param>
/// <param name="PointsMoney">What points are worth as money; as a whole, null: they are none.</param>
/// <param name="CheckoutSeconds">For how long a checkout that does not say holds what it uses, 60 to 86,400.</param>
public sealed record BrandChange(
    [property: Text(100, IsName = true)] string? Name = null,
    [property: StringLength(60)] string? TimeZone = null,
    [property: RegularExpression("zh-CN|en")] string? Locale = null,
    [property: Range(1, 90)] int? PointsNoticeDays = null,
    TierDowngrade? TierDowngrade = null,
    [property: Range(1, 90)] int? TierNoticeDays = null,
    [property: Range(0, Money.Max)] long? StaffDailyLimit = null,
    [property: RegularExpression("[A-Z]{2}")] string? Country = null,
    ClawbackPolicy? PointsClawback = null,
    RestorePolicy? PointsRestore = null,
    [property: Range(1, 365)] int? PointsRestoreGraceDays = null,
    [property: Range(0, 365)] int? PointsTransferAfterDays = null,
    [property: Range(0, Money.Max)] long? PointsTransferDailyLimit = null,
    bool? TierRevokeOnRefund = null,
    bool? CouponsStayBelowThreshold = null,
    ClaimGuards? ClaimGuards = null,
    Optional<PointsTerms?> PointsMoney = default,
    [property: Range(60, 86_400)] int? CheckoutSeconds = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (TimeZone is not null && !LocalTime.TryGet(TimeZone, out _))
            yield return new("/time_zone", "unknown_value", "There is no such IANA time zone.");
    }

    public void ApplyTo(Tenant tenant)
    {
        tenant.Name = Name ?? tenant.Name;
        tenant.TimeZone = TimeZone ?? tenant.TimeZone;
        tenant.Locale = Locale ?? tenant.Locale;
        tenant.Country = Country ?? tenant.Country;
        var settings = Json.Read<BrandSettings>(tenant.Settings);
        tenant.Settings = Json.Write(
            settings with
            {
                PointsNoticeDays = PointsNoticeDays ?? settings.PointsNoticeDays,
                TierDowngrade = TierDowngrade ?? settings.TierDowngrade,
                TierNoticeDays = TierNoticeDays ?? settings.TierNoticeDays,
                StaffDailyLimit = StaffDailyLimit ?? settings.StaffDailyLimit,
                PointsClawback = PointsClawback ?? settings.PointsClawback,
                PointsRestore = PointsRestore ?? settings.PointsRestore,
                PointsRestoreGraceDays = PointsRestoreGraceDays ?? settings.PointsRestoreGraceDays,
                PointsTransferAfterDays = PointsTransferAfterDays ?? settings.PointsTransferAfterDays,
                PointsTransferDailyLimit = PointsTransferDailyLimit ?? settings.PointsTransferDailyLimit,
                TierRevokeOnRefund = TierRevokeOnRefund ?? settings.TierRevokeOnRefund,
                CouponsStayBelowThreshold = CouponsStayBelowThreshold ?? settings.CouponsStayBelowThreshold,
                ClaimGuards = ClaimGuards ?? settings.ClaimGuards,
                PointsMoney = PointsMoney.Or(settings.PointsMoney),
                CheckoutSeconds = CheckoutSeconds ?? settings.CheckoutSeconds,
            }
        );
    }
}
