using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Pricing;

/// <summary>For whom a price list is: everyone, or members for whom one of its lists holds, whichever.</summary>
/// <param name="Everyone">All members. Asked for by name, and goes with no other part.</param>
/// <param name="TierIds">On one of these tiers. Up to 50.</param>
/// <param name="PlanIds">With a membership of one of these plans, in force. Up to 50.</param>
/// <param name="Tags">With at least one of these tags. Up to 50.</param>
public sealed record PriceAudience(
    bool Everyone = false,
    [property: MaxLength(50)] IReadOnlyList<string>? TierIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? PlanIds = null,
    [property: MaxLength(50)] IReadOnlyList<string>? Tags = null
) : IChecked
{
    private static readonly TextAttribute Tag = new(MemberRules.TagLength);

    public IEnumerable<FieldProblem> Check()
    {
        var namesSomebody = TierIds is { Count: > 0 } || PlanIds is { Count: > 0 } || Tags is { Count: > 0 };
        if (!Everyone && !namesSomebody)
            yield return new("", "audience_empty", "A list is for somebody; for everybody it says everyone.");
        if (Everyone && namesSomebody)
            yield return new("/everyone", "not_applicable", "Everybody is everybody: the other parts are left out.");
        foreach (var (tag, i) in (Tags ?? []).Select((tag, i) => (tag, i)))
            if (Tag.Problem(tag) is { } code)
                yield return new($"/tags/{i}", code, $"A tag has 1 to {MemberRules.TagLength} characters.");
    }

    /// <summary>As it is compared. What it names was there when it was said: an id that cannot be read names nobody.</summary>
    internal PricedAudience ToPriced() =>
        new(
            Everyone,
            Read(IdPrefix.Tier, TierIds),
            Read(IdPrefix.Plan, PlanIds),
            (Tags ?? []).ToFrozenSet(StringComparer.Ordinal)
        );

    private static FrozenSet<Guid> Read(string prefix, IReadOnlyList<string>? shown) =>
        (shown ?? []).Where(s => Ids.TryRead(prefix, s, out _)).Select(s => Id(prefix, s)).ToFrozenSet();

    private static Guid Id(string prefix, string shown) => Ids.TryRead(prefix, shown, out var id) ? id : default;
}

/// <summary>Member-only prices for an audience. Every change of it or of its entries makes a new version; quotes keep the one they were made with.</summary>
/// <param name="Name">Members see it beside their price. Up to 100 characters.</param>
/// <param name="Audience">For whom it is.</param>
/// <param name="Priority">-1,000 to 1,000; of the lists that apply to a SKU the highest is taken, then the lowest price. 0 unless given.</param>
/// <param name="StartsAt">The first instant of its window; null = at once.</param>
/// <param name="EndsAt">The first instant after its window; null = without end.</param>
/// <param name="Active">false: it does not count. True unless given.</param>
public sealed record PriceListBody(
    [property: Required, Text(100, IsName = true, Plain = true)] string Name,
    [property: Required] PriceAudience Audience,
    [property: Range(-1000, 1000)] int Priority = 0,
    [property: Instant] DateTime? StartsAt = null,
    [property: Instant] DateTime? EndsAt = null,
    bool Active = true
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (StartsAt >= EndsAt)
            yield return new("/ends_at", "out_of_order", "A window ends after it begins.");
    }

    internal PricedList ToPriced(Guid id, int version) =>
        new(id, version, Name, Priority, Audience.ToPriced(), StartsAt, EndsAt, Active);
}

/// <summary>What to change of a price list; what is absent stays. Makes a new version, unless nothing is different.</summary>
/// <param name="Name">Members see it beside their price. Up to 100 characters.</param>
/// <param name="Audience">For whom it is, in place of what was said before.</param>
/// <param name="Priority">-1,000 to 1,000; of the lists that apply to a SKU the highest is taken, then the lowest price.</param>
/// <param name="StartsAt">The first instant of its window; null = at once.</param>
/// <param name="EndsAt">The first instant after its window; null = without end.</param>
/// <param name="Active">false: it does not count until it is true again.</param>
public sealed record PriceListChange(
    string? Name = null,
    PriceAudience? Audience = null,
    int? Priority = null,
    Optional<DateTime?> StartsAt = default,
    Optional<DateTime?> EndsAt = default,
    bool? Active = null
)
{
    public PriceListBody ApplyTo(PriceListBody body) =>
        body with
        {
            Name = Name ?? body.Name,
            Audience = Audience ?? body.Audience,
            Priority = Priority ?? body.Priority,
            StartsAt = StartsAt.Or(body.StartsAt),
            EndsAt = EndsAt.Or(body.EndsAt),
            Active = Active ?? body.Active,
        };
}

/// <summary>A price list as it stands, or as it stood in one of its versions.</summary>
/// <param name="Id"><c>plst_...</c></param>
/// <param name="Version">1, 2, 3 ... with every change of the list or its entries.</param>
/// <param name="Name">Members see it beside their price.</param>
/// <param name="Audience">For whom it is.</param>
/// <param name="StartsAt">The first instant of its window; null = at once.</param>
/// <param name="EndsAt">The first instant after its window; null = without end.</param>
/// <param name="Active">false: it does not count.</param>
/// <param name="Entries">How many there are.</param>
/// <param name="State">live, or ended for good.</param>
/// <param name="Currency">The brand's currency, ISO 4217: of the prices.</param>
/// <param name="ChangedAt">When this version was made.</param>
/// <param name="EndedAt">When it was ended; null while it is live.</param>
public sealed record PriceListShape(
    string Id,
    int Version,
    string Name,
    PriceAudience Audience,
    int Priority,
    DateTime? StartsAt,
    DateTime? EndsAt,
    bool Active,
    int Entries,
    PriceListState State,
    string Currency,
    DateTime CreatedAt,
    DateTime ChangedAt,
    DateTime? EndedAt
)
{
    public static PriceListShape Of(PriceList list, string currency)
    {
        var b = Json.Read<PriceListBody>(list.Body);
        return new(
            Ids.Show(IdPrefix.PriceList, list.Id),
            list.ListVersion,
            b.Name,
            b.Audience,
            b.Priority,
            b.StartsAt,
            b.EndsAt,
            b.Active,
            list.Entries,
            list.State,
            currency,
            list.CreatedAt,
            list.ChangedAt,
            list.EndedAt
        );
    }
}
