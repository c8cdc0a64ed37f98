using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MemberCloud.Shared;

/// <summary>Ids: UUIDv7 (RFC 9562) inside, <c>prefix_</c> + 26 characters of Crockford base32 outside. Both sort by time.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 26;
    private static long last;

    /// <summary>A new id. Within a process ids rise strictly: 48 bits of milliseconds and a 12-bit counter, then 62 random bits.</summary>
    public static Guid New()
    {
        // Ids follow the wall clock even where a sandbox tenant's clock stands in another year: they order what was written, not what it is about.
        var ticks = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() << 12;
        long mine,
            seen;
        do
        {
            seen = Interlocked.Read(ref last);
            mine = Math.Max(ticks, seen + 1);
        } while (Interlocked.CompareExchange(ref last, mine, seen) != seen);

        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        BinaryPrimitives.WriteInt64BigEndian(bytes, (mine >> 12 << 16) | 0x7000 | (mine & 0xFFF));
        bytes[8] = (byte)(bytes[8] & 0x3F | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Writes an id as it is shown outside, for example <c>mem_01j...</c>.</summary>
    public static string Show(string prefix, Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(
            prefix.Length + 1 + Length,
            (prefix, value),
            static (span, s) =>
            {
                s.prefix.CopyTo(span);
                span[s.prefix.Length] = '_';
                var rest = s.value;
                for (var i = span.Length - 1; i > s.prefix.Length; i--, rest >>= 5)
                    span[i] = Alphabet[(int)(rest & 31)];
            }
        );
    }

    /// <summary>Reads an id of the given prefix. False for anything else: a malformed id is one that does not exist.</summary>
    public static bool TryRead(string prefix, string? text, out Guid id)
    {
        id = default;
        if (text is null || text.Length != prefix.Length + 1 + Length || !text.StartsWith(prefix, StringComparison.Ordinal))
            return false;
        if (text[prefix.Length] != '_' || text[prefix.Length + 1] > '7')
            return false;
        UInt128 value = 0;
        foreach (var c in text.AsSpan(prefix.Length + 1))
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            value = (value << 5) | (uint)digit;
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        id = new Guid(bytes, bigEndian: true);
        return true;
    }
}

/// <summary>A brand's own ids in paths.</summary>
public static class PathText
{
    /// <summary>The framework decodes every escape of a path but this one, and a brand's number may hold a slash.</summary>
    public static string Decode(string text) => text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}

/// <summary>The prefix of every kind of id.</summary>
public static class IdPrefix
{
    public const string Tenant = "tnt";
    public const string Key = "key";
    public const string Member = "mem";
    public const string Entry = "ent";
    public const string Lot = "lot";
    public const string Hold = "hld";
    public const string Tier = "tier";
    public const string Rule = "rule";
    public const string Order = "ord";
    public const string Run = "run";
    public const string Event = "evt";
    public const string Staff = "stf";
    public const string Approval = "apr";
    public const string Audit = "aud";
    public const string Consent = "con";
    public const string Simulation = "sim";
    public const string Template = "tpl";
    public const string Coupon = "cpn";
    public const string Batch = "bat";
    public const string Review = "rev";
    public const string Segment = "seg";
    public const string ActivationBatch = "acb";
    public const string Plan = "plan";
    public const string Perk = "perk";
    public const string PerkGrant = "grt";
    public const string PerkReservation = "prs";
    public const string PriceList = "plst";
    public const string Checkout = "chk";
    public const string Membership = "mbs";
    public const string Invoice = "inv";
    public const string PaymentMethod = "pm";
    public const string Notice = "ntc";
}
