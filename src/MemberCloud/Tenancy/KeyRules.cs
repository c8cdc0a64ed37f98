using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MemberCloud.Tenancy;

/// <summary>What a key looks like: a prefix that says what it opens, 32 random characters, 6 of checksum. Pure but for the randomness it is given.</summary>
public static class KeyRules
{
    public const string Operator = "mc_op_";
    public const string Live = "mc_live_sk_";
    public const string Sandbox = "mc_test_sk_";
    public const string Staff = "mc_staff_";
    public const string Member = "mc_mem_";
    public const string Invitation = "mc_inv_";

    private static readonly string[] Prefixes = [Operator, Live, Sandbox, Staff, Member, Invitation];

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Random = 32;
    private const int Checksum = 6;

    public static string PrefixOf(TenantMode mode) =>
        mode switch
        {
            TenantMode.Live => Live,
            TenantMode.Sandbox => Sandbox,
        };

    /// <summary>A key out of 32 random bytes, of which five bits each are used: 160 bits.</summary>
    public static string Make(string prefix, ReadOnlySpan<byte> random)
    {
        var body = new StringBuilder(prefix);
        foreach (var b in random[..Random])
            body.Append(Alphabet[b & 31]);
        return body + ChecksumOf(body.ToString());
    }

    /// <summary>False for what was never a key (mistyped, cut, another service's): refused without asking the database.</summary>
    public static bool IsWellFormed(string key)
    {
        var prefix = Prefixes.FirstOrDefault(p => key.StartsWith(p, StringComparison.Ordinal));
        if (prefix is null || key.Length != prefix.Length + Random + Checksum)
            return false;
        return key[^Checksum..] == ChecksumOf(key[..^Checksum]);
    }

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>30 bits of SHA-256 in base32: a mistyped character passes once in a billion times.</summary>
    private static string ChecksumOf(string text)
    {
        var sum = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return string.Create(
            Checksum,
            sum,
            static (span, value) =>
            {
                for (var i = span.Length - 1; i >= 0; i--, value >>= 5)
                    span[i] = Alphabet[(int)(value & 31)];
            }
        );
    }
}
