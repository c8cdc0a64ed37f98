using MemberCloud.Shared;

namespace MemberCloud.Billing;

/// <summary>An invoice, or a credit note.</summary>
/// <param name="Id"><c>inv_...</c></param>
/// <param name="Number">Without gaps in its series: INV-000001; credit notes CRN-000001.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Lines">What it says.</param>
/// <param name="Total">Minor units; of a credit note what is given back.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="CoversFrom">The time it pays for, once paid.</param>
/// <param name="CoversUntil">The first instant it does not pay for any more.</param>
/// <param name="ClosedAt">When it was paid or voided.</param>
public sealed record InvoiceShape(
    string Id,
    string Number,
    InvoiceKind Kind,
    InvoiceState State,
    string MemberId,
    string MembershipId,
    IReadOnlyList<InvoiceLine> Lines,
    long Total,
    string Currency,
    DateTime? CoversFrom,
    DateTime? CoversUntil,
    DateTime IssuedAt,
    DateTime? ClosedAt
)
{
    public static InvoiceShape Of(Invoice i, string currency) =>
        new(
            Ids.Show(IdPrefix.Invoice, i.Id),
            i.Printed,
            i.Kind,
            i.State,
            Ids.Show(IdPrefix.Member, i.MemberId),
            Ids.Show(IdPrefix.Membership, i.MembershipId),
            Json.Read<List<InvoiceLine>>(i.Lines),
            i.Total,
            currency,
            i.CoversFrom,
            i.CoversUntil,
            i.IssuedAt,
            i.ClosedAt
        );
}

/// <summary>How a member pays.</summary>
/// <param name="Id"><c>pm_...</c></param>
/// <param name="Gateway">stripe, or fake in a sandbox.</param>
/// <param name="Reference">What the gateway calls it.</param>
/// <param name="AddedAt">Since when it is kept.</param>
public sealed record PaymentMethodShape(string Id, string MemberId, string Gateway, string Reference, DateTime AddedAt)
{
    public static PaymentMethodShape Of(PaymentMethod m) =>
        new(Ids.Show(IdPrefix.PaymentMethod, m.Id), Ids.Show(IdPrefix.Member, m.MemberId), m.Gateway, m.Reference, m.AddedAt);
}
