namespace MemberCloud.Points;

/// <summary>Points that go from one member to another, with the end they have.</summary>
public sealed partial class PointsJournal
{
    /// <summary>What may be given away: of lots whose source can no longer be refunded. Earned by an order, that is so after it was available since then.</summary>
    public long Transferable(DateTime settledBy) => GiveAway(settledBy).Sum(l => l.Remaining);

    /// <summary>Gives points away, soonest end first, all or nothing. Null when too little may be given, or there is debt.</summary>
    public (PointsEntry Entry, IReadOnlyList<GivenPart> Parts)? TransferOut(long amount, DateTime settledBy, Reference reference)
    {
        if (Account.Debt > 0 || Transferable(settledBy) < amount)
            return null;
        var entry = Append(EntryKind.TransferOut, new(Available: -amount), reference, now);
        var taken = Take(GiveAway(settledBy), amount, entry);
        return (entry, [.. taken.Each.Select(p => new GivenPart(AsItEnds(Lot(p.LotId)!), p.Amount))]);
    }

    /// <summary>Takes in what another member gave: a lot for each, with its end. Debt is paid first, by what ends soonest.</summary>
    public PointsEntry TransferIn(IReadOnlyList<GivenPart> parts, Reference reference)
    {
        var amount = parts.Sum(p => p.Amount);
        var paid = Math.Min(Account.Debt, amount);
        var entry = Append(EntryKind.TransferIn, new(Available: amount - paid, Debt: -paid), reference, now);
        var owed = paid;
        foreach (var part in parts)
        {
            var kept = part.Amount - Math.Min(owed, part.Amount);
            owed -= part.Amount - kept;
            if (kept == 0)
                continue;
            var lot = part.Lot.Anew(Account.MemberId, entry.Seq, kept, ExpiryPolicy.Parse(part.Lot.Expiry), part.Lot.ExpiresAt);
            lots.Add(lot);
            added.Add(lot);
            PutInto(lot, kept, entry);
        }
        return entry;
    }

    private IEnumerable<PointsLot> GiveAway(DateTime settledBy) =>
        Open(LotState.Available).Where(l => !l.Refundable || l.AvailableAt <= settledBy);

    /// <summary>An end that moves with the giver's activity stands still once the points have left.</summary>
    private PointsLot AsItEnds(PointsLot lot) =>
        ExpiryPolicy.Parse(lot.Expiry).Kind == ExpiryKind.Inactive
            ? lot.Anew(lot.MemberId, lot.Seq, lot.Amount, ExpiryPolicy.Fixed, EndOf(lot))
            : lot;
}
