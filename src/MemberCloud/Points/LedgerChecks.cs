using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>An account and everything under it.</summary>
public sealed record LedgerRows(
    PointsAccount Account,
    IReadOnlyList<PointsEntry> Entries,
    IReadOnlyList<PointsLot> Lots,
    IReadOnlyList<PointsMove> Moves,
    IReadOnlyList<PointsHold> Holds
);

/// <summary>What must hold of an account and everything under it. Pure: rows in, sentences out.</summary>
public static partial class LedgerChecks
{
    public static IEnumerable<string> Check(LedgerRows rows, byte[] key)
    {
        var name = $"{Ids.Show(IdPrefix.Member, rows.Account.MemberId)} {rows.Account.Currency}";
        rows = rows with { Entries = [.. rows.Entries.OrderBy(e => e.Seq)] };
        var bySeq = rows.Entries.DistinctBy(e => e.Seq).ToDictionary(e => e.Seq);
        return Entries(rows, key)
            .Concat(Books(rows))
            .Concat(Lots(rows, bySeq))
            .Concat(Moves(rows, bySeq))
            .Concat(Holds(rows, bySeq))
            .Select(fault => $"{name}: {fault}");
    }

    private static IEnumerable<string> Entries(LedgerRows rows, byte[] key)
    {
        var account = rows.Account;
        var (available, pending, held, debt, seq) = (0L, 0L, 0L, 0L, 0L);
        byte[] hash = [];
        foreach (var e in rows.Entries)
        {
            (available, pending, held, debt, seq) = (
                available + e.DeltaAvailable,
                pending + e.DeltaPending,
                held + e.DeltaHeld,
                debt + e.DeltaDebt,
                seq + 1
            );
            if (e.Seq != seq)
            {
                yield return $"entry {seq} is missing";
                yield break;
            }
            if (seq > account.Seq)
                yield return $"entry {seq} came in from outside";
            if (!e.Seal(key, hash).AsSpan().SequenceEqual(e.Hash))
                yield return $"entry {seq} was altered";
            if ((available, pending, held, debt) != (e.AvailableAfter, e.PendingAfter, e.HeldAfter, e.DebtAfter))
                yield return $"entry {seq} does not add up";
            if (available < 0 || pending < 0 || held < 0 || debt < 0 || (debt > 0 && available > 0))
                yield return $"entry {seq} leaves an impossible balance";
            hash = e.Hash;
        }
        if (account.Seq > seq)
            yield return $"entry {seq + 1} is missing";
        foreach (
            var (what, has, makes) in new[]
            {
                ("available", account.Available, available),
                ("pending", account.Pending, pending),
                ("held", account.Held, held),
                ("debt", account.Debt, debt),
            }
        )
            if (has != makes)
                yield return $"the balance is not the sum of the entries: {what} is {has}, they make {makes}";
        if (!account.Hash.AsSpan().SequenceEqual(hash))
            yield return "the account does not end with its last entry";
    }

    /// <summary>The account's part of the brand's books, by the kinds of its entries.</summary>
    private static IEnumerable<string> Books(LedgerRows rows)
    {
        long Worth(params EntryKind[] kinds) =>
            rows
                .Entries.Where(e => kinds.Contains(e.Kind))
                .Sum(e => e.DeltaAvailable + e.DeltaPending + e.DeltaHeld - e.DeltaDebt);
        var account = rows.Account;
        foreach (
            var (what, has, makes) in new[]
            {
                ("issued", account.Issued, Worth(EntryKind.Earn, EntryKind.Clawback)),
                ("redeemed", account.Redeemed, -Worth(EntryKind.Spend, EntryKind.Capture, EntryKind.Restore)),
                ("expired", account.Expired, -Worth(EntryKind.Expire)),
                ("adjusted", account.Adjusted, Worth(EntryKind.Adjust, EntryKind.WriteOff)),
            }
        )
            if (has != makes)
                yield return $"the books are not those of the entries: {what} is {has}, they make {makes}";
    }

    private static IEnumerable<string> Lots(LedgerRows rows, Dictionary<long, PointsEntry> bySeq)
    {
        var account = rows.Account;
        var byLot = rows.Moves.GroupBy(m => m.LotId).ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        var first = rows.Moves.ToDictionary(m => (m.Seq, m.LotId), m => m.Amount);
        foreach (var lot in rows.Lots)
        {
            var name = Ids.Show(IdPrefix.Lot, lot.Id);
            var put = first.TryGetValue((lot.Seq, lot.Id), out var move) ? move : (long?)null;
            // Lots of a member who was merged come as they stand: partly spent, or empty.
            var came = bySeq.TryGetValue(lot.Seq, out var entry) && entry.Kind == EntryKind.TransferIn;
            if (entry is null || (put is null && !came))
                yield return $"{name} was earned by no entry";
            else if (
                came ? lot.Amount < put : lot.Amount != (entry.Kind is EntryKind.Earn or EntryKind.Adjust ? WorthOf(entry) : put)
            )
                yield return $"{name} is not of the size it was earned with";
            if (byLot.GetValueOrDefault(lot.Id) != lot.Remaining)
                yield return $"{name} does not hold what its moves say";
            if (!IsPossible(lot))
                yield return $"{name} is in an impossible state";
        }
        foreach (var (state, has) in new[] { (LotState.Available, account.Available), (LotState.Pending, account.Pending) })
            if (rows.Lots.Where(l => l.State == state).Sum(l => l.Remaining) != has)
                yield return $"the {Words<LotState>.Of(state)} lots do not hold what is {Words<LotState>.Of(state)}";
        foreach (var lost in byLot.Keys.Except(rows.Lots.Select(l => l.Id)))
            yield return $"{Ids.Show(IdPrefix.Lot, lost)} is missing";
    }

    private static bool IsPossible(PointsLot lot) =>
        lot.Remaining >= 0
        && lot.Remaining <= lot.Amount
        && lot.Reversed >= 0
        && lot.Reversed <= lot.Amount
        && lot.State switch
        {
            LotState.Pending => lot is { Remaining: > 0, AvailableAt: null, OpenedSeq: null },
            LotState.Available => lot is { Remaining: > 0, AvailableAt: not null },
            LotState.Closed => lot is { Remaining: 0, DueAt: null },
        };

    private static IEnumerable<string> Moves(LedgerRows rows, Dictionary<long, PointsEntry> bySeq)
    {
        var moved = rows.Moves.GroupBy(m => m.Seq).ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        foreach (var e in bySeq.Values.Where(e => moved.GetValueOrDefault(e.Seq) != e.DeltaAvailable + e.DeltaPending))
            yield return $"the moves of entry {e.Seq} do not add up";
        foreach (var seq in moved.Keys.Where(seq => !bySeq.ContainsKey(seq)).Order())
            yield return $"the moves of entry {seq} have no entry";
    }

    private static long WorthOf(PointsEntry e) => e.DeltaAvailable + e.DeltaPending + e.DeltaHeld - e.DeltaDebt;
}
