using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>How lines are written, and what they take out of lots and put into them.</summary>
public sealed partial class PointsJournal
{
    private LotParts Take(IEnumerable<PointsLot> from, long amount, PointsEntry entry)
    {
        var parts = new List<LotPart>();
        foreach (var lot in from.ToList())
        {
            var part = Math.Min(amount, lot.Remaining);
            if (part == 0)
                continue;
            Move(entry, lot, -part);
            lot.Remaining -= part;
            if (lot.Remaining == 0)
                (lot.State, lot.DueAt) = (LotState.Closed, null);
            changed.Add(lot);
            parts.Add(new(lot.Id, part));
            amount -= part;
        }
        // Account and lots are loaded by two statements: somebody may have spent between them. Loaded again, under the lock, they agree.
        if (amount != 0)
            throw new Data.ConflictException("points_lots");
        return new(parts);
    }

    /// <summary>What an entry moved in a lot: one row, whatever it put in and took out again.</summary>
    private void Move(PointsEntry entry, PointsLot lot, long amount)
    {
        var index = Moves.FindIndex(m => m.Seq == entry.Seq && m.LotId == lot.Id);
        if (index < 0)
            Moves.Add(PointsMove.Of(entry, lot, amount));
        else
            Moves[index] = PointsMove.Of(entry, lot, Moves[index].Amount + amount);
    }

    private readonly record struct Deltas(long Available = 0, long Pending = 0, long Held = 0, long Debt = 0);

    private PointsEntry Append(
        EntryKind kind,
        Deltas delta,
        Reference reference,
        DateTime at,
        string? reason = null,
        RuleStamp? rule = null
    )
    {
        Account.Seq++;
        Account.Available = checked(Account.Available + delta.Available);
        Account.Pending = checked(Account.Pending + delta.Pending);
        Account.Held = checked(Account.Held + delta.Held);
        Account.Debt = checked(Account.Debt + delta.Debt);
        Count(kind, delta.Available + delta.Pending + delta.Held - delta.Debt);
        var entry = new PointsEntry
        {
            TenantId = Account.TenantId,
            MemberId = Account.MemberId,
            Currency = Account.Currency,
            Seq = Account.Seq,
            Id = Ids.New(),
            Kind = kind,
            DeltaAvailable = delta.Available,
            DeltaPending = delta.Pending,
            DeltaHeld = delta.Held,
            DeltaDebt = delta.Debt,
            AvailableAfter = Account.Available,
            PendingAfter = Account.Pending,
            HeldAfter = Account.Held,
            DebtAfter = Account.Debt,
            ReferenceType = reference.Type,
            ReferenceId = reference.Id,
            Reason = reason,
            RuleId = rule?.Id,
            RuleVersion = rule?.Version,
            OccurredAt = at,
            RecordedAt = now,
        };
        entry.Hash = Account.Hash = entry.Seal(sealKey, Account.Hash);
        Entries.Add(entry);
        return entry;
    }

    /// <summary>The account's part of the brand's books: issued + adjusted + transferred = what the member has + redeemed + expired.</summary>
    private void Count(EntryKind kind, long worth)
    {
        switch (kind)
        {
            case EntryKind.Earn or EntryKind.Clawback:
                Account.Issued = checked(Account.Issued + worth);
                break;
            case EntryKind.Spend or EntryKind.Capture or EntryKind.Restore:
                Account.Redeemed = checked(Account.Redeemed - worth);
                break;
            case EntryKind.Expire:
                Account.Expired = checked(Account.Expired - worth);
                break;
            case EntryKind.Adjust or EntryKind.WriteOff:
                Account.Adjusted = checked(Account.Adjusted + worth);
                break;
            case EntryKind.Settle or EntryKind.Hold or EntryKind.Release or EntryKind.TransferOut or EntryKind.TransferIn:
                break;
        }
    }
}
