using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using MemberCloud.Shared;

namespace MemberCloud.Billing;

/// <summary>An invoice or credit note as a page to read and print. It loads nothing and runs nothing; every text in it is escaped. Pure.</summary>
public static class ReceiptPage
{
    public const string MediaType = "text/html; charset=utf-8";

    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a}"
        + "table{width:100%;border-collapse:collapse;margin:1.5rem 0}td,th{padding:.4rem 0;border-bottom:1px solid #ddd;text-align:left}"
        + ".n{text-align:right;font-variant-numeric:tabular-nums}dt{color:#555}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.5rem}dd{margin:0}";

    private static readonly Dictionary<string, (string Zh, string En)> Words = new(StringComparer.Ordinal)
    {
        ["invoice"] = ("账单", "Invoice"),
        ["credit"] = ("退款单", "Credit note"),
        ["number"] = ("编号", "Number"),
        ["member"] = ("会员", "Member"),
        ["issued"] = ("开具日期", "Issued"),
        ["state"] = ("状态", "State"),
        ["open"] = ("待支付", "to be paid"),
        ["paid"] = ("已支付", "paid"),
        ["open_credit"] = ("退款中", "being paid back"),
        ["paid_credit"] = ("已退款", "paid back"),
        ["void"] = ("已作废", "void"),
        ["what"] = ("项目", "What"),
        ["time"] = ("期间", "Time"),
        ["amount"] = ("金额", "Amount"),
        ["total"] = ("合计", "Total"),
        ["term"] = ("会员费", "membership"),
        ["proration"] = ("按天折算", "part of a term"),
        ["credit_line"] = ("未用天数抵扣", "credit for days not used"),
        ["refund"] = ("退款", "refund"),
    };

    /// <param name="invoice">What is printed.</param>
    /// <param name="brand">The brand's name.</param>
    /// <param name="currency">ISO 4217.</param>
    /// <param name="local">Whose days are printed.</param>
    /// <param name="language">zh-CN or en.</param>
    public static string Of(Invoice invoice, string brand, string currency, LocalTime local, string language)
    {
        string Say(string key) => language == Languages.Chinese ? Words[key].Zh : Words[key].En;
        var isCredit = invoice.Series == Invoice.Credits;
        var (title, page) = (Say(isCredit ? "credit" : "invoice"), new StringBuilder(2048));
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{title} {invoice.Printed}</title><style>{Style}</style></head><body>")
            .Append(CultureInfo.InvariantCulture, $"<p>{Safe(brand)}</p><h1>{title}</h1><dl>");
        void Fact(string key, string value) =>
            page.Append(CultureInfo.InvariantCulture, $"<dt>{Say(key)}</dt><dd>{Safe(value)}</dd>");
        Fact("number", invoice.Printed);
        Fact("member", Ids.Show(IdPrefix.Member, invoice.MemberId));
        Fact("issued", Day(invoice.IssuedAt, local));
        Fact("state", Say(StateOf(invoice.State, isCredit)) + (invoice.ClosedAt is { } at ? $", {Day(at, local)}" : ""));
        page.Append(
            CultureInfo.InvariantCulture,
            $"</dl><table><tr><th>{Say("what")}</th><th>{Say("time")}</th><th class=\"n\">{Say("amount")} ({currency})</th></tr>"
        );
        foreach (var line in Json.Read<List<InvoiceLine>>(invoice.Lines))
            page.Append(
                CultureInfo.InvariantCulture,
                $"<tr><td>{Safe(line.Description)}, {Say(KindOf(line.Kind))}</td><td>{TimeOf(line, invoice, local)}</td><td class=\"n\">{Money.Show(line.Amount, currency)}</td></tr>"
            );
        page.Append(
            CultureInfo.InvariantCulture,
            $"<tr><th colspan=\"2\">{Say("total")}</th><th class=\"n\">{Money.Show(invoice.Total, currency)}</th></tr></table></body></html>"
        );
        return page.ToString();
    }

    private static string StateOf(InvoiceState state, bool isCredit) =>
        state switch
        {
            InvoiceState.Open => isCredit ? "open_credit" : "open",
            InvoiceState.Paid => isCredit ? "paid_credit" : "paid",
            InvoiceState.Void => "void",
        };

    private static string KindOf(InvoiceLineKind kind) =>
        kind switch
        {
            InvoiceLineKind.Term => "term",
            InvoiceLineKind.Proration => "proration",
            InvoiceLineKind.Credit => "credit_line",
            InvoiceLineKind.Refund => "refund",
        };

    /// <summary>Its own time, or what the invoice came to pay for. Days as people say them: the last one is the one before the end.</summary>
    private static string TimeOf(InvoiceLine line, Invoice invoice, LocalTime local)
    {
        var (from, until) = (line.From ?? invoice.CoversFrom, line.Until ?? invoice.CoversUntil);
        return (from, until) switch
        {
            ({ } start, { } end) => $"{Day(start, local)} – {Day(end.AddTicks(-1), local)}",
            ({ } start, null) => Day(start, local),
            _ => "",
        };
    }

    private static string Day(DateTime instant, LocalTime local) =>
        local.DateOf(instant).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Safe(string text) => HtmlEncoder.Default.Encode(text);
}
