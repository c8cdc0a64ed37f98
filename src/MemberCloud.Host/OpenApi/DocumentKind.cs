using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Host.OpenApi;

/// <summary>One of the three documents: whose it is, and which operations are in it.</summary>
public sealed record DocumentKind(string Name, string Title, string Intro, Func<Permission, string, bool> Holds)
{
    /// <summary>Rises with what is added; its first number with what breaks a client, which only then may.</summary>
    public const string Version = "1.0.0";

    private const string Rules = """


        **Sending.** JSON in snake_case over HTTPS, `Authorization: Bearer <credential>`. Fields that an operation does not know are refused.

        **Times** are RFC 3339 and answered in UTC; send an offset. A *day* is one of the brand's time zone. **Money** is an integer in minor units (cents) of the brand's currency.
        **Points** are whole. **Ids** are a prefix and 26 characters, for example `mem_01jd4w7q0zf1x8e6t5n3k2h9ga`. **Basis points**: 10,000 are one whole.

        **Lists** answer `data` and `next_cursor`; send it as `cursor` for the next page, until it is null.

        **Refusals** are `application/problem+json` with a stable `code`; nothing has changed then. All codes with a sentence each: the field `code` of the schema `ProblemShape`, and
        `x-problem-codes` of this document and of each operation.

        **Once only.** Send an `Idempotency-Key` with every write: the same key with the same request gets the first answer again, for 7 days.
        """;

    private static readonly DocumentKind Brand = new(
        "brand",
        "MemberCloud for a brand's systems",
        "What a shop's back end, till or app server calls with the brand's key: members, points, tiers, orders and the rules behind them. Operators open and close brands under *Platform*.",
        (may, path) =>
            may.Scope is not null || may.Operator || (may.Anyone && path.StartsWith("/stripe", StringComparison.Ordinal))
    );
    private static readonly DocumentKind Staff = new(
        "staff",
        "MemberCloud for a brand's staff",
        "What people who work for a brand may do once they have signed in, each by their role.",
        (may, path) => may.Roles.Count > 0 || (may.Anyone && path.StartsWith("/v1/staff", StringComparison.Ordinal))
    );
    private static readonly DocumentKind Member = new(
        "member",
        "MemberCloud for a member's own page",
        "What a member's app or page calls with the member's own token: their tier, points and what they hold. It shows and changes nobody else's.",
        (may, path) => may.Member || (may.Anyone && path.StartsWith("/v1/me", StringComparison.Ordinal))
    );

    public static IReadOnlyList<DocumentKind> All { get; } = [Brand, Staff, Member];

    public string Description => Intro + Rules;

    public static DocumentKind? Find(string name) => All.FirstOrDefault(d => d.Name == name);

    /// <summary>The credential an operation of this document takes; null = none is needed.</summary>
    public string? Credential(Permission may) =>
        may.Anyone ? null
        : may.Operator ? "operatorKey"
        : this == Staff ? "staffToken"
        : this == Member ? "memberToken"
        : "brandKey";

    /// <summary>The sentence that says who may call.</summary>
    public string Needs(Permission may)
    {
        if (may.Anyone)
            return "Needs no credential.";
        if (may.Operator)
            return "Needs a platform operator's key.";
        if (this == Member)
            return "Needs the member's token.";
        return this == Staff
            ? $"For the roles {string.Join(", ", may.Roles.Select(r => $"`{Words<StaffRole>.Of(r)}`"))}."
            : $"Needs the scope `{may.Scope}`.";
    }

    public static IReadOnlyDictionary<string, string> Credentials { get; } =
        new Dictionary<string, string>
        {
            ["brandKey"] = "A brand's key, `mc_live_sk_...` or `mc_test_sk_...`, with the scopes it was given.",
            ["operatorKey"] = "A platform operator's key, `mc_op_...`.",
            ["staffToken"] = "A staff member's token, `mc_staff_...`, from signing in.",
            ["memberToken"] = "A member's token, `mc_mem_...`, which the brand's key asks for.",
        };
}
