namespace MemberCloud.Points;

/// <summary>Lots on their way from one member to another who turned out to be the same person, as they stood; and what was owed.</summary>
public sealed record GivenLots(IReadOnlyList<PointsLot> Lots, long Debt, DateTime ActiveAt);

/// <summary>Lots that go over whole, pending ones and closed ones too: what is refunded later is found where they are.</summary>
public sealed partial class PointsJournal
{
    /// <summary>Gives lots away as they stand; nothing of them counts here any more. Of what is owed up to <paramref name="most"/> goes along.</summary>
    public GivenLots GiveLots(IReadOnlySet<Guid> which, long most, Reference reference)
    {
        var given = lots.Where(l => which.Contains(l.Id)).ToList();
        List<PointsLot> copies = [.. given.Select(l => l.For(l.MemberId, l.Seq))];
        var (available, pending) = (Left(given, LotState.Available), Left(given, LotState.Pending));
        var debt = Math.Min(Account.Debt, most);
        var entry = Append(EntryKind.TransferOut, new(Available: -available, Pending: -pending, Debt: -debt), reference, now);
        Take(given, available + pending, entry);
        foreach (var lot in given)
        {
            lot.Reversed = lot.Amount;
            changed.Add(lot);
        }
        return new(copies, debt, Account.ActiveAt);
    }

    /// <summary>Takes lots in under the names they have, and what is owed; debt is paid at once by what ends soonest.</summary>
    public PointsEntry TakeLots(GivenLots given, Reference reference)
    {
        var (available, pending) = (Left(given.Lots, LotState.Available), Left(given.Lots, LotState.Pending));
        var paid = Math.Min(Account.Debt + given.Debt, Account.Available + available);
        var entry = Append(
            EntryKind.TransferIn,
            new(Available: available - paid, Pending: pending, Debt: given.Debt - paid),
            reference,
            now
        );
        foreach (var lot in given.Lots)
            TakeIn(lot, entry);
        Take(Open(LotState.Available), paid, entry);
        Touch(given.ActiveAt);
        return entry;
    }

    private void TakeIn(PointsLot given, PointsEntry entry)
    {
        if (Lot(given.Id) is not { } lot)
        {
            lots.Add(lot = given.For(Account.MemberId, entry.Seq));
            added.Add(lot);
        }
        // It may have been here before, and a refund may have put something back into it since.
        var kept = added.Contains(lot) ? 0 : lot.Remaining;
        lot.CopyState(given);
        if (lot.AvailableAt is not null)
            lot.OpenedSeq ??= entry.Seq;
        if (kept > 0)
            (lot.Remaining, lot.State, lot.DueAt) = (lot.Remaining + kept, LotState.Available, EndOf(lot));
        changed.Add(lot);
        if (given.Remaining > 0)
            Move(entry, lot, given.Remaining);
    }

    private static long Left(IEnumerable<PointsLot> some, LotState state) =>
        some.Where(l => l.State == state).Sum(l => l.Remaining);
}
