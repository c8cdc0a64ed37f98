using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MemberCloud.Shared;

namespace MemberCloud.Billing;

/// <summary>Whether an event is Stripe's: <c>Stripe-Signature: t=[unix seconds],v1=[hex of HMAC-SHA256 over "t.body"]</c>. Pure.</summary>
public static class StripeSignature
{
    /// <summary>How far the time of signing may lie from ours: what was overheard is of no use for longer.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(300);

    /// <summary>Far more than Stripe ever sends: two, while a secret is exchanged for another.</summary>
    private const int MaxSignatures = 10;

    /// <summary>Null when it is Stripe's and new. Of several signatures (a secret that is being exchanged) one has to fit.</summary>
    public static Problem? Check(string? header, ReadOnlySpan<byte> body, string secret, DateTime now)
    {
        var parts = (header ?? "")
            .Split(',', StringSplitOptions.TrimEntries)
            .Select(p => p.Split('=', 2))
            .Where(p => p.Length == 2);
        var fields = parts.ToLookup(p => p[0], p => p[1], StringComparer.Ordinal);
        if (!long.TryParse(fields["t"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var signedAt))
            return Invalid;
        var expected = Encoding.ASCII.GetBytes(Sign(signedAt, body, secret));
        var fits = false;
        foreach (var given in fields["v1"].Take(MaxSignatures))
            fits |= CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(given));
        if (!fits)
            return Invalid;
        var age = (now - DateTime.UnixEpoch).TotalSeconds - signedAt;
        return Math.Abs(age) > Tolerance.TotalSeconds
            ? new("signature_expired", "The event was signed more than five minutes ago, or our clocks differ.", 400)
            : null;
    }

    /// <summary>The signature of a body, in lower-case hex.</summary>
    public static string Sign(long at, ReadOnlySpan<byte> body, string secret)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at}.")));
        mac.AppendData(body);
        return Convert.ToHexStringLower(mac.GetHashAndReset());
    }

    private static Problem Invalid =>
        new("signature_invalid", "The Stripe-Signature is not one of this body by the webhook secret that the brand gave.", 400);
}
