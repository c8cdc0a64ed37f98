using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>A template as it stands.</summary>
/// <param name="Id"><c>tpl_...</c></param>
/// <param name="Version">1, 2, 3 ... with every change; a coupon keeps the one it was made from.</param>
/// <param name="State">draft, active, paused or ended. Only an active one gives out coupons.</param>
/// <param name="Code">One code for everyone; null = none.</param>
/// <param name="Counts">How many were given out, and what became of them.</param>
public sealed record TemplateShape(
    string Id,
    int Version,
    TemplateState State,
    string Name,
    CouponKind Kind,
    long? AmountOff,
    int? PercentOffBp,
    long? MaxOff,
    long? FixedPrice,
    int? MaxPieces,
    CouponGift? Gift,
    CouponNthItem? NthItem,
    CouponLevel Level,
    CouponThreshold? Threshold,
    CouponScope Scope,
    CouponAudience Audience,
    long? Stock,
    CouponLimits Limits,
    CouponValidity Validity,
    string StackGroup,
    bool Exclusive,
    int Priority,
    bool Claimable,
    DateTime? OpensAt,
    long? PointsPrice,
    CouponTexts Texts,
    ReturnPolicy ReturnPolicy,
    int? ReturnExtendDays,
    PartialRefund PartialRefund,
    string? Code,
    CouponCounts Counts,
    DateTime CreatedAt
)
{
    public static TemplateShape Of(TemplateWithCounts found)
    {
        var (t, b) = (found.Template, Json.Read<TemplateBody>(found.Template.Body));
        return new(
            Ids.Show(IdPrefix.Template, t.Id),
            t.TemplateVersion,
            t.State,
            b.Name,
            b.Kind!.Value,
            b.AmountOff,
            b.PercentOffBp,
            b.MaxOff,
            b.FixedPrice,
            b.MaxPieces,
            b.Gift,
            b.NthItem,
            b.LevelOrDefault,
            b.Threshold,
            b.Scope ?? new(),
            b.Audience ?? new(),
            b.Stock,
            b.Limits ?? new(),
            b.Validity,
            b.StackGroup ?? "",
            b.Exclusive,
            b.Priority,
            b.Claimable,
            b.OpensAt,
            b.PointsPrice,
            b.Texts ?? new(),
            b.ReturnPolicy,
            b.ReturnExtendDays,
            b.PartialRefund,
            b.Code,
            found.Counts,
            t.CreatedAt
        );
    }
}

/// <summary>What became of a template's coupons.</summary>
/// <param name="Issued">Given out and not made void: what stock and limits count.</param>
/// <param name="Redeemed">Of them used, less what came back.</param>
/// <param name="Expired">Of them ended unused.</param>
/// <param name="Voided">Given out and made void since.</param>
/// <param name="Left">What can still be given out; null = no limit.</param>
public sealed record CouponCounts(long Issued, long Redeemed, long Expired, long Voided, long? Left);

/// <summary>What to change of a template; what is absent stays, null takes away. Makes a new version; coupons given out keep theirs.</summary>
/// <param name="Stock">How many may be given out in all, those given out counted; null lifts the limit.</param>
public sealed record TemplateChange(
    string? Name = null,
    CouponValidity? Validity = null,
    long? AmountOff = null,
    int? PercentOffBp = null,
    Optional<long?> MaxOff = default,
    long? FixedPrice = null,
    int? MaxPieces = null,
    CouponGift? Gift = null,
    CouponNthItem? NthItem = null,
    CouponLevel? Level = null,
    Optional<CouponThreshold?> Threshold = default,
    Optional<CouponScope?> Scope = default,
    Optional<CouponAudience?> Audience = default,
    Optional<long?> Stock = default,
    Optional<CouponLimits?> Limits = default,
    string? StackGroup = null,
    bool? Exclusive = null,
    int? Priority = null,
    bool? Claimable = null,
    Optional<DateTime?> OpensAt = default,
    Optional<long?> PointsPrice = default,
    CouponTexts? Texts = null,
    ReturnPolicy? ReturnPolicy = null,
    Optional<int?> ReturnExtendDays = default,
    PartialRefund? PartialRefund = null,
    Optional<string?> Code = default
)
{
    public TemplateBody ApplyTo(TemplateBody b) =>
        b with
        {
            Name = Name ?? b.Name,
            Validity = Validity ?? b.Validity,
            AmountOff = AmountOff ?? b.AmountOff,
            PercentOffBp = PercentOffBp ?? b.PercentOffBp,
            MaxOff = MaxOff.Or(b.MaxOff),
            FixedPrice = FixedPrice ?? b.FixedPrice,
            MaxPieces = MaxPieces ?? b.MaxPieces,
            Gift = Gift ?? b.Gift,
            NthItem = NthItem ?? b.NthItem,
            Level = Level ?? b.Level,
            Threshold = Threshold.Or(b.Threshold),
            Scope = Scope.Or(b.Scope),
            Audience = Audience.Or(b.Audience),
            Stock = Stock.Or(b.Stock),
            Limits = Limits.Or(b.Limits),
            StackGroup = StackGroup ?? b.StackGroup,
            Exclusive = Exclusive ?? b.Exclusive,
            Priority = Priority ?? b.Priority,
            Claimable = Claimable ?? b.Claimable,
            OpensAt = OpensAt.Or(b.OpensAt),
            PointsPrice = PointsPrice.Or(b.PointsPrice),
            Texts = Texts ?? b.Texts,
            ReturnPolicy = ReturnPolicy ?? b.ReturnPolicy,
            ReturnExtendDays = ReturnExtendDays.Or(b.ReturnExtendDays),
            PartialRefund = PartialRefund ?? b.PartialRefund,
            Code = Code.Or(b.Code),
        };
}

/// <summary>A member's coupon.</summary>
/// <param name="Id"><c>cpn_...</c></param>
/// <param name="TemplateVersion">The version of the template it was made from, whose terms it keeps.</param>
/// <param name="Code">What a till reads: 16 characters, the last a check character.</param>
/// <param name="State">issued, locked, redeemed, expired or void, as of now.</param>
/// <param name="Way">How it came to the member.</param>
/// <param name="ValidFrom">The first instant at which it can be used.</param>
/// <param name="ValidUntil">The first instant at which it can no longer be used.</param>
/// <param name="RedeemedAt">When an order used it; null unless one did.</param>
/// <param name="Amount">What it took off that order, minor units; null unless one used it.</param>
/// <param name="Reason">Why it was made void; null unless it was.</param>
/// <param name="ReasonNotUsable">Why it cannot be used now, of the list of refusals; null when it can.</param>
public sealed record CouponShape(
    string Id,
    string TemplateId,
    int TemplateVersion,
    string MemberId,
    string Code,
    CouponState State,
    CouponWay Way,
    DateTime IssuedAt,
    DateTime ValidFrom,
    DateTime ValidUntil,
    DateTime? RedeemedAt,
    long? Amount,
    string? Reason,
    Refusal? ReasonNotUsable
)
{
    public static CouponShape Of(Coupon c, DateTime now) =>
        new(
            Ids.Show(IdPrefix.Coupon, c.Id),
            Ids.Show(IdPrefix.Template, c.TemplateId),
            c.TemplateVersion,
            Ids.Show(IdPrefix.Member, c.MemberId),
            c.Code,
            c.StateAt(now),
            c.Way,
            c.IssuedAt,
            c.ValidFrom,
            c.ValidUntil,
            c.RedeemedAt,
            c.Amount,
            c.Reason,
            CouponRules.Usable(c, c.MemberId, null, now)
        );
}

/// <summary>For whom.</summary>
/// <param name="MemberId"><c>mem_...</c></param>
/// <param name="DeviceHash">By which device the member asks, hashed by the brand: up to 64 hexadecimal digits. Counted where the brand guards claims.</param>
/// <param name="IpHash">From which address, hashed by the brand: up to 64 hexadecimal digits. Counted where the brand guards claims.</param>
public sealed record ClaimRequest(
    [property: Required, Text(60)] string MemberId,
    [property: StringLength(64), RegularExpression("[0-9A-Fa-f]+")] string? DeviceHash = null,
    [property: StringLength(64), RegularExpression("[0-9A-Fa-f]+")] string? IpHash = null
);

/// <summary>Why a coupon is taken back.</summary>
/// <param name="Reason">For the audit log and the member; up to 200 characters, no personal data.</param>
public sealed record VoidRequest([property: Required, Text(Coupon.ReasonLength, Plain = true)] string Reason);

/// <summary>A coupon that the member may take.</summary>
/// <param name="Id">The template's, <c>tpl_...</c>: POST /v1/me/offers/{id}/claim takes it.</param>
/// <param name="Title">In the member's language.</param>
/// <param name="Rules">In the member's language.</param>
/// <param name="OpensAt">Not before; null = at once.</param>
/// <param name="Left">How many can still be given out; null = no limit.</param>
/// <param name="ReasonNotClaimable">Why it cannot be taken now; null when it can.</param>
/// <param name="Message">The same as a sentence in the member's language.</param>
public sealed record OfferShape(
    string Id,
    string Title,
    string Rules,
    CouponKind Kind,
    long? AmountOff,
    int? PercentOffBp,
    long? MaxOff,
    CouponThreshold? Threshold,
    CouponValidity Validity,
    DateTime? OpensAt,
    long? PointsPrice,
    long? Left,
    Refusal? ReasonNotClaimable,
    string? Message
);
