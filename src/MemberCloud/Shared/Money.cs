namespace MemberCloud.Shared;

/// <summary>How a half is rounded: away from zero unless the tenant says half-even.</summary>
public enum Rounding
{
    HalfAwayFromZero,
    HalfEven,
}

/// <summary>Money is integer minor units of one ISO 4217 currency. Pure; never floating point.</summary>
public static class Money
{
    /// <summary>Largest amount of money or points in one document: 10^12 units.</summary>
    public const long Max = 1_000_000_000_000;

    /// <summary>
    /// Currencies and their digits after the point (ISO 4217:2015, list one; most have two). Named rather than taken from the machine's culture data, which
    /// differs between machines and is absent in invariant mode.
    /// </summary>
    private static readonly Dictionary<string, int> Known = (
        "AED AUD BHD:3 BRL CAD CHF CLP:0 CNY CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK:0 JOD:3 JPY:0 KRW:0 KWD:3 MOP MXN MYR "
        + "NOK NZD OMR:3 PHP PLN PYG:0 QAR RON RUB SAR SEK SGD THB TND:3 TRY TWD UAH UGX:0 USD VND:0 XAF:0 XOF:0 XPF:0 ZAR"
    )
        .Split(' ')
        .Select(c => c.Split(':'))
        .ToDictionary(c => c[0], c => c.Length > 1 ? c[1][0] - '0' : 2, StringComparer.Ordinal);

    public static bool IsCurrency(string code) => Known.ContainsKey(code);

    /// <summary>Digits after the point: JPY 0, CNY 2, KWD 3.</summary>
    public static int Digits(string currency) => Known[currency];

    /// <summary>Basis points of an amount, rounded once.</summary>
    public static long Percent(long amount, int basisPoints, Rounding rounding) =>
        Round((Int128)amount * basisPoints, 10_000, rounding);

    /// <summary>numerator / denominator as a whole number, rounded once. The denominator is above zero.</summary>
    public static long Round(Int128 numerator, Int128 denominator, Rounding rounding)
    {
        var size = Int128.Abs(numerator);
        var (whole, rest) = (size / denominator, size % denominator);
        var half = (rest * 2).CompareTo(denominator);
        var up = rounding switch
        {
            Rounding.HalfAwayFromZero => half >= 0,
            Rounding.HalfEven => half > 0 || (half == 0 && Int128.IsOddInteger(whole)),
        };
        return checked((long)((up ? whole + 1 : whole) * Int128.Sign(numerator)));
    }

    /// <summary>Minor units as decimal text: 1234 of CNY is 12.34.</summary>
    public static string Show(long minor, string currency)
    {
        var (digits, size) = (Digits(currency), UInt128.CreateTruncating(Int128.Abs(minor)));
        var text = size.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        var sign = minor < 0 ? "-" : "";
        return digits == 0 ? sign + text : $"{sign}{text[..^digits]}.{text[^digits..]}";
    }

    /// <summary>Decimal text (12, 12.3, 12.34) as minor units; false when it is not money of that currency.</summary>
    public static bool TryParse(string text, string currency, out long minor)
    {
        minor = 0;
        var digits = Digits(currency);
        // A longer text is rounded by the parser: then it is not the money that was written.
        if (
            text.Length > 24
            || !decimal.TryParse(
                text,
                System.Globalization.NumberStyles.AllowDecimalPoint | System.Globalization.NumberStyles.AllowLeadingSign,
                System.Globalization.CultureInfo.InvariantCulture,
                out var value
            )
        )
            return false;
        for (var i = 0; i < digits; i++)
        {
            if (Math.Abs(value) > Max)
                return false;
            value *= 10;
        }
        if (value != decimal.Truncate(value) || Math.Abs(value) > Max)
            return false;
        minor = (long)value;
        return true;
    }
}
