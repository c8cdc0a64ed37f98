using System.ComponentModel.DataAnnotations;
using MemberCloud.Billing;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Memberships;

/// <summary>How a membership is paid.</summary>
/// <param name="Gateway">offline (the brand collects and reports), stripe, or fake in a sandbox.</param>
/// <param name="PaymentMethod">
/// A saved payment method, <c>pm_...</c>; of the fake gateway also what it is to do: fake_ok, fake_decline, fake_unknown_charged, fake_unknown_not_charged, fake_late.
/// </param>
/// <param name="PaidReference">For offline: the brand's own number of the payment that was made. Without it the membership waits 24 hours for one.</param>
public sealed record BuyPayment(
    [property: Required, RegularExpression("[a-z]{1,20}")] string Gateway,
    [property: Text(255)] string? PaymentMethod = null,
    [property: Text(Payment.ReferenceLength)] string? PaidReference = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Gateway == Payment.Offline && PaymentMethod is not null)
            yield return new("/payment_method", "not_applicable", "Nothing is charged offline.");
        if (Gateway != Payment.Offline && PaidReference is not null)
            yield return new("/paid_reference", "not_applicable", "Only offline payments are reported.");
    }
}

/// <summary>What the member agreed to when signing up.</summary>
/// <param name="TextVersion">Which text the member saw, up to 60 characters.</param>
/// <param name="AcceptedAt">When, not in the future.</param>
/// <param name="Channel">Where, up to 40 characters.</param>
/// <param name="NextRenewal">The first automatic charge, where the text named it: within five days of signing up it then needs no notice of its own.</param>
public sealed record BuyConsent(
    [property: Required, Text(Consent.TextVersionLength)] string TextVersion,
    [property: Required, Instant] DateTime? AcceptedAt,
    [property: Required, Text(Consent.ChannelLength)] string Channel,
    [property: Instant] DateTime? NextRenewal = null
);

/// <summary>What a member buys of the offer.</summary>
/// <param name="PlanId">The plan, <c>plan_...</c></param>
/// <param name="Payment">How it is paid.</param>
/// <param name="Consent">What the member agreed to.</param>
/// <param name="AutoRenew">Whether it goes on by itself at the end of the term. True unless given.</param>
/// <param name="Trial">true: only with the plan's trial; false: without; a trial where the member has not had one of the family unless given.</param>
public sealed record MyBuyRequest(
    [property: Required, Text(60)] string PlanId,
    [property: Required] BuyPayment Payment,
    [property: Required] BuyConsent Consent,
    bool AutoRenew = true,
    bool? Trial = null
);

/// <summary>What the brand sells to a member.</summary>
/// <param name="MemberId">Who buys, <c>mem_...</c></param>
/// <param name="PlanId">The plan, <c>plan_...</c></param>
/// <param name="Payment">How it is paid.</param>
/// <param name="Consent">What the member agreed to.</param>
/// <param name="AutoRenew">Whether it goes on by itself at the end of the term. True unless given.</param>
/// <param name="Trial">true: only with the plan's trial; false: without; a trial where the member has not had one of the family unless given.</param>
public sealed record BuyRequest(
    [property: Required, Text(60)] string MemberId,
    [property: Required, Text(60)] string PlanId,
    [property: Required] BuyPayment Payment,
    [property: Required] BuyConsent Consent,
    bool AutoRenew = true,
    bool? Trial = null
)
{
    /// <summary>What is bought, whoever asks.</summary>
    public MyBuyRequest ToPurchase() => new(PlanId, Payment, Consent, AutoRenew, Trial);
}
