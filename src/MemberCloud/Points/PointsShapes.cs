using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>What caused an entry, in the brand's or our own terms.</summary>
/// <param name="Type">Kind of thing, up to 40 characters, for example order.</param>
/// <param name="Id">Its id, up to 200 characters.</param>
public sealed record ReferenceShape(
    [property: Required, Text(PointsEntry.ReferenceTypeLength)] string Type,
    [property: Required, Text(PointsEntry.ReferenceIdLength)] string Id
)
{
    public Reference ToReference() => new(Type, Id);
}

/// <summary>One line of the ledger.</summary>
/// <param name="Id"><c>ent_...</c></param>
/// <param name="DeltaAvailable">Points into (+) or out of (-) what can be spent.</param>
/// <param name="DeltaPending">Points into or out of what waits to settle.</param>
/// <param name="DeltaHeld">Points into or out of what a hold keeps.</param>
/// <param name="DeltaDebt">Debt made (+) or paid (-).</param>
/// <param name="AvailableAfter">What could be spent after this line.</param>
/// <param name="OccurredAt">When it happened; for what fell due, its due instant.</param>
/// <param name="RecordedAt">When it was written, by the brand's clock.</param>
/// <param name="Kind">What kind of line it is.</param>
/// <param name="Reference">What caused it.</param>
public sealed record PointsEntryShape(
    string Id,
    string Currency,
    EntryKind Kind,
    long DeltaAvailable,
    long DeltaPending,
    long DeltaHeld,
    long DeltaDebt,
    long AvailableAfter,
    ReferenceShape Reference,
    string? Reason,
    DateTime OccurredAt,
    DateTime RecordedAt
)
{
    public static PointsEntryShape Of(PointsEntry e) =>
        new(
            Ids.Show(IdPrefix.Entry, e.Id),
            e.Currency,
            e.Kind,
            e.DeltaAvailable,
            e.DeltaPending,
            e.DeltaHeld,
            e.DeltaDebt,
            e.AvailableAfter,
            new(e.ReferenceType, e.ReferenceId),
            e.Reason,
            e.OccurredAt,
            e.RecordedAt
        );
}

/// <summary>What a member has of one currency, as of now or the instant asked for: what was due by then counts as done, even if no job has run.</summary>
/// <param name="Available">Can be spent.</param>
/// <param name="Pending">Earned, not settled.</param>
/// <param name="Held">Kept by holds.</param>
/// <param name="Debt">Taken back beyond what was there; later earnings pay it first.</param>
/// <param name="Lots">What is open, soonest end first.</param>
public sealed record PointsShape(
    string Currency,
    long Available,
    long Pending,
    long Held,
    long Debt,
    IReadOnlyList<LotShape> Lots
)
{
    public static PointsShape Of(PointsJournal journal) =>
        new(
            journal.Account.Currency,
            journal.Account.Available,
            journal.Account.Pending,
            journal.Account.Held,
            journal.Account.Debt,
            [
                .. journal
                    .Open(LotState.Available)
                    .Concat(journal.Open(LotState.Pending))
                    .Select(l => new LotShape(
                        l.Remaining,
                        l.State,
                        l.AvailableAt ?? l.SettlesAt,
                        journal.EndOf(l),
                        new(l.SourceType, l.SourceId)
                    )),
            ]
        );
}

/// <summary>Points that were earned together and so share one expiry.</summary>
/// <param name="Remaining">Points left in it.</param>
/// <param name="AvailableAt">Since when, or from when on, they can be spent; null while that waits for a completion or an explicit settle.</param>
/// <param name="ExpiresAt">The first instant at which they are gone; null = never, or not known before they settle.</param>
/// <param name="State">pending or available.</param>
/// <param name="Source">What they were earned with.</param>
public sealed record LotShape(long Remaining, LotState State, DateTime? AvailableAt, DateTime? ExpiresAt, ReferenceShape Source);

/// <summary>A kind of points.</summary>
/// <param name="Code">1 to 20 of a-z, 0-9 and _, beginning with a letter.</param>
/// <param name="Spendable">False for growth, which only decides the tier.</param>
public sealed record CurrencyShape(string Code, string Name, bool Spendable);

/// <summary>A kind of points to be added.</summary>
/// <param name="Code">1 to 20 of a-z, 0-9 and _, beginning with a letter; never changes.</param>
/// <param name="Name">Up to 100 characters.</param>
public sealed record NewCurrency(
    [property: Required, RegularExpression("[a-z][a-z0-9_]*"), StringLength(Currencies.CodeLength)] string Code,
    [property: Required, Text(100, IsName = true)] string Name
);

/// <summary>Points to be spent: soonest end first, all or nothing.</summary>
/// <param name="Amount">1 to 10^12.</param>
/// <param name="Currency">points unless given.</param>
/// <param name="Reference">What they are spent on, in your own terms.</param>
public sealed record SpendRequest(
    [property: Required, Range(1, Money.Max)] long Amount,
    [property: Required] ReferenceShape Reference,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null,
    [property: Text(PointsEntry.ReasonLength)] string? Reason = null
);

/// <summary>Whose pending points settle now.</summary>
/// <param name="Reference">The reference they were earned with.</param>
/// <param name="Currency">points unless given.</param>
public sealed record SettleRequest(
    [property: Required] ReferenceShape Reference,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null
);

/// <summary>What an explicit settle made available.</summary>
/// <param name="Entries">One for each lot that settled; none when nothing was pending.</param>
public sealed record SettledShape(IReadOnlyList<PointsEntryShape> Entries);
