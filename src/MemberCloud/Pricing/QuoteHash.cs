using System.Globalization;
using System.Security.Cryptography;
using System.Text;
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
        var hash = Convert.ToHexStringLower(tenant.Keys.BlindIndex("quote", Content(made, tenant, expires)));
        return string.Create(CultureInfo.InvariantCulture, $"{expires.Ticks / TimeSpan.TicksPerMicrosecond:x}-{hash}");
    }

    private static string Content(MadeQuote made, TenantInfo tenant, DateTime expires)
    {
        var (text, quote, totals) = (new HashText(), made.Quote, made.Quote.Totals);
        text.Number(expires.Ticks);
        text.Word(tenant.Currency);
        text.Id(made.Member.MemberId);
        text.Word(made.Input.Channel);
        text.Word(made.Input.Store);
        foreach (var line in text.Each(made.Input.Lines))
        {
            text.Word(line.Id);
            text.Word(line.Sku);
            text.Number(line.Quantity);
            text.Word(line.Category);
        }
        foreach (var line in text.Each(quote.Lines))
        {
            text.Number(line.List);
            text.Changes(line.Adjustments);
            text.Number(line.Net);
        }
        text.Changes(quote.Shipping);
        foreach (
            var sum in (ReadOnlySpan<long>)
                [
                    totals.List,
                    totals.MemberDiscount,
                    totals.CouponDiscount,
                    totals.PointsDiscount,
                    totals.Shipping,
                    totals.Payable,
                ]
        )
            text.Number(sum);
        foreach (var used in text.Each(quote.Applied))
        {
            text.Id(used.Coupon.Id);
            text.Number(used.Coupon.TemplateVersion);
            text.Number(used.Amount);
        }
        text.Number(quote.PointsUsed);
        foreach (var rule in text.Each(made.Rules.Rules))
        {
            text.Id(rule.Id);
            text.Number(rule.Version);
        }
        return text.ToString();
    }

    /// <summary>Each word with its length before it, and each list: two different quotes never read the same.</summary>
    private sealed class HashText
    {
        private readonly StringBuilder text = new(2048);

        public void Number(long number) => text.Append(CultureInfo.InvariantCulture, $"{number},");

        public void Id(Guid? id) => text.Append(CultureInfo.InvariantCulture, $"{id:N},");

        public void Word(string? word) => text.Append(CultureInfo.InvariantCulture, $"{word?.Length}:{word},");

        public IReadOnlyList<T> Each<T>(IReadOnlyList<T> list)
        {
            Number(list.Count);
            return list;
        }

        public void Changes(IReadOnlyList<Adjustment> changes)
        {
            foreach (var change in Each(changes))
            {
                Number((long)change.Source);
                Id(change.SourceId);
                Number(change.Version ?? 0);
                Number(change.Amount);
            }
        }

        public override string ToString() => text.ToString();
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
