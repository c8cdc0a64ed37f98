namespace MemberCloud.Shared;

/// <summary>E-mail addresses, as they are compared.</summary>
public static class Emails
{
    /// <summary>Lower case, one @ with something on both sides; null when it is none. Whether it works only a message can tell.</summary>
    public static string? Read(string text)
    {
        var email = text.Trim().ToLowerInvariant();
        var at = email.IndexOf('@', StringComparison.Ordinal);
        var plain =
            System.Text.Encoding.UTF8.GetByteCount(email) <= 254 && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
        return plain && at > 0 && at < email.Length - 1 && at == email.LastIndexOf('@') ? email : null;
    }
}
