using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Pricing;

/// <summary>
/// What a quote is known by: its end, and an HMAC under the brand's key over the end, the cart, the adjustments with the versions they were made with, the totals and the earning
/// rules. Words in some language are no part of it. It says its own end, so that whoever has it can be told whether it still stands without anything being kept.
/// </summary>
internal static class QuoteHash
{
    public static string Of(MadeQuote made, TenantInfo tenant, DateTime expires)
    {
        var quote = made.Quote;
        var content = Json.Write(
            new
            {
                expires,
                tenant.Currency,
                made.Member.MemberId,
                made.Input.Channel,
                made.Input.Store,
                Cart = made.Input.Lines.Select(l => new
                {
                    l.Id,
                    l.Sku,
                    l.Quantity,
                    l.Category,
                }),
                quote.Lines,
                quote.Shipping,
                quote.Totals,
                Coupons = quote.Applied.Select(a => new
                {
                    a.Coupon.Id,
                    a.Coupon.TemplateVersion,
                    a.Amount,
                }),
                quote.PointsUsed,
                Rules = made.Rules.Rules.Select(r => new { r.Id, r.Version }),
            }
        );
        var hash = Convert.ToHexStringLower(tenant.Keys.BlindIndex("quote", content));
        return string.Create(CultureInfo.InvariantCulture, $"{expires.Ticks / TimeSpan.TicksPerMicrosecond:x}-{hash}");
    }

    /// <summary>Whether a hash that somebody has is that of this quote, and its end has not come.</summary>
    public static bool Matches(string hash, MadeQuote made, TenantInfo tenant, DateTime now) =>
        ExpiryOf(hash) is { } expires
        && now < expires
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(Of(made, tenant, expires)),
            Encoding.UTF8.GetBytes(hash)
        );

    /// <summary>The end a hash says; null for what is none.</summary>
    private static DateTime? ExpiryOf(string hash) =>
        hash.IndexOf('-', StringComparison.Ordinal) is > 0 and < 16 and var end
        && long.TryParse(hash.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var micros)
        && micros is > 0 and <= 315_537_897_599_999_999
            ? new DateTime(micros * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc)
            : null;
}
