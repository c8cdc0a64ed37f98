namespace MemberCloud.Coupons;

/// <summary>
/// Coupon codes: 16 characters of Crockford's base32 (no I, L, O, U), the last a check character (Luhn mod 32) that tells a mistyped code from an unknown one. Pure.
/// </summary>
public static class CodeRules
{
    public const int Length = 16;

    /// <summary>Bytes a code is made of; 75 of their bits count.</summary>
    public const int Bytes = Length - 1;
    public const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>The code that so many bytes make: five bits of each, and the check character.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        Span<char> code = stackalloc char[Length];
        for (var i = 0; i < Length - 1; i++)
            code[i] = Alphabet[bytes[i] & 31];
        code[Length - 1] = CheckOf(code[..(Length - 1)]);
        return new(code);
    }

    /// <summary>As people write it: without spaces and hyphens, in capitals, O read as 0, I and L as 1, U as V.</summary>
    public static string Normalise(string written) =>
        string.Concat(
            written
                .Where(c => c is not (' ' or '-'))
                .Select(c =>
                    char.ToUpperInvariant(c) switch
                    {
                        'O' => '0',
                        'I' or 'L' => '1',
                        'U' => 'V',
                        var other => other,
                    }
                )
        );

    /// <summary>Looks like one of ours, mistyped or not.</summary>
    public static bool IsOurs(string normalised) => normalised.Length == Length && normalised.All(Alphabet.Contains);

    /// <summary>Looks like one of ours and is mistyped: one wrong character is always found, two neighbours swapped almost always.</summary>
    public static bool IsTypo(string normalised) =>
        IsOurs(normalised) && CheckOf(normalised.AsSpan(0, Length - 1)) != normalised[^1];

    private static char CheckOf(ReadOnlySpan<char> payload)
    {
        var (sum, factor) = (0, 2);
        for (var i = payload.Length - 1; i >= 0; i--)
        {
            var addend = factor * Alphabet.IndexOf(payload[i], StringComparison.Ordinal);
            sum += addend / Alphabet.Length + addend % Alphabet.Length;
            factor = 3 - factor;
        }
        return Alphabet[(Alphabet.Length - sum % Alphabet.Length) % Alphabet.Length];
    }
}
