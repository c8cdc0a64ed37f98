using MemberCloud.Tenancy;

namespace MemberCloud.Points;

/// <summary>What a refund takes back of what was earned, and gives back of what was spent.</summary>
public sealed partial class PointsJournal
{
    private const int StrangerDays = 7;

    /// <summary>
    /// Takes back what a lot's source no longer justifies: from the lot itself, then from others soonest end first; the policy says whether what is missing
    /// becomes debt. The recorded amount is reversed, never today's rule; what the policy leaves is given up for good. Null when nothing was taken.
    /// </summary>
    public PointsEntry? Claw(
        PointsLot lot,
        long amount,
        Reference reference,
        DateTime at,
        string? reason,
        ClawbackPolicy policy = ClawbackPolicy.AllowNegative
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amount, lot.Amount - lot.Reversed);
        var pending = lot.State == LotState.Pending ? Math.Min(amount, lot.Remaining) : 0;
        var own = pending == 0 && policy != ClawbackPolicy.OnlyPending ? Math.Min(amount, lot.Remaining) : 0;
        var missing = amount - pending - own;
        var others = policy == ClawbackPolicy.OnlyPending ? 0 : Math.Min(missing, Account.Available - own);
        var debt = policy == ClawbackPolicy.AllowNegative ? missing - others : 0;
        lot.Reversed += amount;
        changed.Add(lot);
        if (pending + own + others + debt == 0)
            return null;
        var entry = Append(
            EntryKind.Clawback,
            new(Available: -own - others, Pending: -pending, Debt: debt),
            reference,
            at,
            reason
        );
        Take([lot], pending + own, entry);
        Take(Open(LotState.Available).Where(l => l != lot), others, entry);
        return entry;
    }

    /// <summary>
    /// Gives back spent points: to the lots they came from with the end those have. A lot that has ended meanwhile gets nothing back for good
    /// (<paramref name="graceDays"/> null), or the points come back for some days in a lot of their own.
    /// </summary>
    public PointsEntry Restore(IReadOnlyList<LotPart> parts, Reference reference, DateTime at, string? reason, int? graceDays) =>
        GiveBack(EntryKind.Restore, default, parts, reference, at, reason, graceDays);

    /// <summary>Puts points back into lots, but for what pays debt; those whose lot has ended end at once, unless there is a grace.</summary>
    private PointsEntry GiveBack(
        EntryKind kind,
        Deltas first,
        IReadOnlyList<LotPart> parts,
        Reference reference,
        DateTime at,
        string? reason,
        int? graceDays = null
    )
    {
        var amount = parts.Sum(p => p.Amount);
        var paid = Math.Min(Account.Debt, amount);
        var entry = Append(kind, first with { Available = amount - paid, Debt = -paid }, reference, at, reason);
        // Debt is paid as a spend would: out of what ends soonest, which is what was taken first and so stands last.
        var left = amount - paid;
        var ended = new List<PointsLot>();
        foreach (var part in parts)
        {
            var back = Math.Min(left, part.Amount);
            if (back == 0)
                break;
            left -= back;
            // A lot that went back to a member this one had been merged with: the points come back on their own.
            var lot = Lot(part.LotId) ?? Successor(Stranger(entry), entry, back, at, graceDays ?? StrangerDays);
            var over = EndOf(lot) <= at;
            if (over && graceDays is { } days)
                lot = Successor(lot, entry, back, at, days);
            PutInto(lot, back, entry);
            if (over && graceDays is null)
                ended.Add(lot);
        }
        foreach (var lot in ended)
            Expire(lot, at);
        return entry;
    }

    private static PointsLot Stranger(PointsEntry entry) =>
        new()
        {
            TenantId = entry.TenantId,
            MemberId = entry.MemberId,
            Currency = entry.Currency,
            SourceType = entry.ReferenceType,
            SourceId = entry.ReferenceId,
            EarnedAt = entry.OccurredAt,
            AvailableAt = entry.OccurredAt,
            Expiry = ExpiryPolicy.Fixed.ToString(),
        };

    private PointsLot Successor(PointsLot ended, PointsEntry entry, long amount, DateTime at, int days)
    {
        var lot = ended.Anew(
            Account.MemberId,
            entry.Seq,
            amount,
            ExpiryPolicy.Fixed,
            local.EndOf(local.DateOf(at).AddDays(days))
        );
        lots.Add(lot);
        added.Add(lot);
        return lot;
    }

    private void PutInto(PointsLot lot, long amount, PointsEntry entry)
    {
        Move(entry, lot, amount);
        lot.Remaining += amount;
        (lot.State, lot.DueAt) = (LotState.Available, EndOf(lot));
        changed.Add(lot);
    }
}
