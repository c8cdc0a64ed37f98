using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Members;

/// <summary>What to set of a member. An absent field is unchanged, null clears; tags are replaced, attributes merged by key.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Phone">E.164, for example +8613800138000, or as it is dialled in the brand's country. Kept encrypted.</param>
/// <param name="Email">Kept encrypted.</param>
/// <param name="Birthday">yyyy-MM-dd, from 1900 on.</param>
/// <param name="Attributes">Brand-defined attributes; a key with null is removed.</param>
/// <param name="Tags">At most 50 of up to 40 characters.</param>
/// <param name="Channel">Where the member joined, up to 40 characters.</param>
public sealed record MemberChange(
    Optional<string> Name = default,
    Optional<string> Phone = default,
    Optional<string> Email = default,
    Optional<string> Birthday = default,
    Optional<IReadOnlyDictionary<string, JsonElement>> Attributes = default,
    Optional<IReadOnlyList<string>> Tags = default,
    Optional<string> Channel = default
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Wrong(Name, 100) is { } name)
            yield return new("/name", name, "A name has 1 to 100 characters.");
        if (Wrong(Channel, 40) is { } channel)
            yield return new("/channel", channel, "A channel has 1 to 40 characters.");
        if (Wrong(Phone, 40) is not null)
            yield return new("/phone", "bad_phone", "A phone number has up to 40 characters.");
        if (Email.Value is { } email && Emails.Read(email) is null)
            yield return new("/email", "bad_email", "This is no e-mail address.");
        if (Tags.Value is { Count: > MemberRules.MaxTags })
            yield return new("/tags", "too_many", $"A member has at most {MemberRules.MaxTags} tags.");
        if (Attributes.Value is { Count: > MemberRules.MaxAttributes })
            yield return new("/attributes", "too_many", $"A member has at most {MemberRules.MaxAttributes} attributes.");
        var text = new TextAttribute(MemberRules.TagLength);
        foreach (var (tag, index) in (Tags.Value ?? []).Select((tag, index) => (tag, index)))
        {
            if (tag is null || text.Problem(tag) is not null)
                yield return new(
                    $"/tags/{index}",
                    tag is null ? "required" : text.Problem(tag)!,
                    $"A tag has 1 to {MemberRules.TagLength} characters."
                );
        }
    }

    private static string? Wrong(Optional<string> text, int max) =>
        text.Value is { } value ? new TextAttribute(max).Problem(value) : null;
}

/// <summary>A member.</summary>
/// <param name="Id"><c>mem_...</c></param>
/// <param name="ExternalId">The brand's own id of the person.</param>
/// <param name="JoinedAt">When the member joined; the earliest fact known.</param>
/// <param name="ErasedAt">When what is personal was erased; null for everybody else.</param>
public sealed record MemberShape(
    string Id,
    string ExternalId,
    string? Name,
    string? Phone,
    string? Email,
    string? Birthday,
    string? Channel,
    JsonElement Attributes,
    IReadOnlyList<string> Tags,
    DateTime JoinedAt,
    DateTime? ErasedAt
) : IPersonal
{
    string IPersonal.Whose => Id;

    public static MemberShape Of(Member m, IEnumerable<string> tags, TenantInfo tenant) =>
        new(
            Ids.Show(IdPrefix.Member, m.Id),
            m.ExternalId,
            m.Name,
            m.PhoneSealed is { } phone ? tenant.Keys.OpenText(phone, m.Id) : null,
            m.EmailSealed is { } email ? tenant.Keys.OpenText(email, m.Id) : null,
            m.Birthday,
            m.Channel,
            Json.Read<JsonElement>(m.Attributes),
            [.. tags.Order(StringComparer.Ordinal)],
            m.JoinedAt,
            m.ErasedAt
        );
}

/// <summary>Whom to look for: exactly one of these. In a body, because what stands in a URL ends in logs.</summary>
/// <param name="Phone">The whole number.</param>
/// <param name="Email">The whole address.</param>
/// <param name="Identity">Who the member is in a channel.</param>
/// <param name="Cursor"><c>next_cursor</c> of the page before.</param>
/// <param name="Limit">Rows on a page, 1 to 200; 50 unless given.</param>
public sealed record MemberSearch(
    [property: Text(40)] string? Phone = null,
    [property: Text(254)] string? Email = null,
    [property: Text(Member.ExternalIdLength)] string? ExternalId = null,
    IdentityShape? Identity = null,
    string? Cursor = null,
    [property: Range(1, 200)] int? Limit = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (new object?[] { Phone, Email, ExternalId, Identity }.Count(f => f is not null) != 1)
            yield return new("", "one_of", "Look for one of phone, email, external_id and identity.");
    }
}

/// <summary>Who the member is in a channel.</summary>
/// <param name="Channel">For example wechat, up to 40 characters.</param>
/// <param name="Subject">The member's id there, up to 200 characters.</param>
public sealed record IdentityShape([property: Required, Text(40)] string Channel, [property: Required, Text(200)] string Subject);

/// <summary>An identity and whose it is.</summary>
public sealed record BoundIdentityShape(string Channel, string Subject, string MemberId) : IPersonal
{
    string IPersonal.Whose => MemberId;
}

/// <summary>For how long a member's page may act for the member.</summary>
/// <param name="TtlSeconds">60 to 86,400; 900 unless given. By the wall clock.</param>
public sealed record NewMemberToken([property: Range(60, 86_400)] int? TtlSeconds = null);

/// <summary>A member's token, shown once.</summary>
/// <param name="Token">For <c>Authorization: Bearer</c> on /v1/me.</param>
public sealed record MemberTokenShape(string Token, DateTime ExpiresAt, string MemberId) : IPersonal
{
    string IPersonal.Whose => MemberId;
}

/// <summary>An attribute the brand keeps of its members.</summary>
/// <param name="Name">1 to 40 of a-z, 0-9 and _, beginning with a letter.</param>
/// <param name="Type">text (up to 500 characters), number, boolean or date (yyyy-MM-dd).</param>
public sealed record AttributeShape(
    [property: Required, RegularExpression("[a-z][a-z0-9_]*"), StringLength(40)] string Name,
    [property: Required] AttributeType? Type
);
