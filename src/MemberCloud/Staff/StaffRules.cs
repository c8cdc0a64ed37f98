using MemberCloud.Shared;

namespace MemberCloud.Staff;

/// <summary>Passwords and guesses at them. Pure.</summary>
public static class StaffRules
{
    public const int PasswordMin = 10;
    public const int PasswordMax = 128;
    public const int LockAfter = 10;
    public static readonly TimeSpan Lock = TimeSpan.FromMinutes(15);

    private const int FreeTries = 4;

    /// <summary>Long enough, and not what everybody tries first (NIST SP 800-63B, 3.1.1.2: length and a blocklist, no composition rules).</summary>
    public static Problem? Password(string password, string email, string pointer)
    {
        if (password.Length is < PasswordMin or > PasswordMax)
            return Problem.Field(
                pointer,
                password.Length < PasswordMin ? "too_short" : "too_long",
                $"A password has {PasswordMin} to {PasswordMax} characters."
            );
        var plain = password.ToLowerInvariant();
        var guessable =
            plain.Distinct().Count() < 4
            || email.StartsWith(plain, StringComparison.Ordinal)
            || plain.Contains(email.Split('@')[0], StringComparison.Ordinal)
            || Common.Any(word => plain.StartsWith(word, StringComparison.Ordinal) && plain.Length - word.Length <= 6);
        return guessable
            ? Problem.Field(pointer, "password_guessable", "This password is among the first that are guessed: take another.")
            : null;
    }

    /// <summary>How long the next try must wait after so many failures: first not at all, then twice as long each time, then a quarter of an hour.</summary>
    public static TimeSpan Wait(int failures) =>
        failures switch
        {
            <= FreeTries => TimeSpan.Zero,
            < LockAfter => TimeSpan.FromSeconds(1 << (failures - FreeTries)),
            _ => Lock,
        };

    private static readonly string[] Common =
    [
        "password",
        "passw0rd",
        "qwerty",
        "asdfgh",
        "zxcvbn",
        "iloveyou",
        "welcome",
        "letmein",
        "admin",
        "membercloud",
        "1234567",
        "12345678",
        "123456789",
        "1234567890",
        "0123456789",
        "9876543210",
        "abcdefgh",
        "woaini",
    ];
}
