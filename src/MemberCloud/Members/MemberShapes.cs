using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Members;

/// <summary>What to set of a member. An absent field is unchanged, null clears; tags are replaced, attributes merged by key.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Phone">E.164, for example +8613800138000. Kept encrypted.</param>
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
        if (Phone.Value is { } phone && MemberRules.Phone(phone) is null)
            yield return new("/phone", "bad_phone", "A phone number is E.164: + and 7 to 15 digits.");
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
    DateTime JoinedAt
)
{
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
            m.JoinedAt
        );
}

/// <summary>Who the member is in a channel.</summary>
/// <param name="Channel">For example wechat, up to 40 characters.</param>
/// <param name="Subject">The member's id there, up to 200 characters.</param>
public sealed record IdentityShape([property: Required, Text(40)] string Channel, [property: Required, Text(200)] string Subject);

/// <summary>An attribute the brand keeps of its members.</summary>
/// <param name="Name">1 to 40 of a-z, 0-9 and _, beginning with a letter.</param>
/// <param name="Type">text (up to 500 characters), number, boolean or date (yyyy-MM-dd).</param>
public sealed record AttributeShape(
    [property: Required, RegularExpression("[a-z][a-z0-9_]*"), StringLength(40)] string Name,
    [property: Required] AttributeType? Type
);
