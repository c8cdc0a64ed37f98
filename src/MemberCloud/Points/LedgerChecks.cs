using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>What must hold of an account and everything under it. Pure: rows in, sentences out.</summary>
public static class LedgerChecks
{
    public static IEnumerable<string> Check(
        PointsAccount account,
        IEnumerable<PointsEntry> entries,
        IEnumerable<PointsLot> lots,
        IEnumerable<PointsMove> moves,
        byte[] key
    )
    {
        var name = $"{Ids.Show(IdPrefix.Member, account.MemberId)} {account.Currency}";
        var lines = entries.OrderBy(e => e.Seq).ToList();
        var wallet = lots.ToList();
        var moved = moves.ToList();
        return Entries(account, lines, key)
            .Concat(Lots(account, wallet, moved))
            .Concat(Moves(lines, moved))
            .Select(fault => $"{name}: {fault}");
    }

    private static IEnumerable<string> Entries(PointsAccount account, List<PointsEntry> lines, byte[] key)
    {
        var (available, pending, held, debt, seq) = (0L, 0L, 0L, 0L, 0L);
        byte[] hash = [];
        foreach (var e in lines)
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
            if (!e.Seal(key, hash).AsSpan().SequenceEqual(e.Hash))
                yield return $"entry {seq} was altered";
            if ((available, pending, held, debt) != (e.AvailableAfter, e.PendingAfter, e.HeldAfter, e.DebtAfter))
                yield return $"entry {seq} does not add up";
            if (available < 0 || pending < 0 || held < 0 || debt < 0 || (debt > 0 && available > 0))
                yield return $"entry {seq} leaves an impossible balance";
            hash = e.Hash;
        }
        if (
            (account.Seq, account.Available, account.Pending, account.Held, account.Debt) != (seq, available, pending, held, debt)
        )
            yield return "the balance is not the sum of the entries";
        if (!account.Hash.AsSpan().SequenceEqual(hash))
            yield return "the account does not end with its last entry";
    }

    private static IEnumerable<string> Lots(PointsAccount account, List<PointsLot> lots, List<PointsMove> moves)
    {
        var byLot = moves.GroupBy(m => m.LotId).ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        foreach (var lot in lots)
        {
            if (byLot.GetValueOrDefault(lot.Id) != lot.Remaining)
                yield return $"{Ids.Show(IdPrefix.Lot, lot.Id)} does not hold what its moves say";
            if (
                lot.Remaining < 0
                || lot.Remaining > lot.Amount
                || lot.Reversed < 0
                || lot.Reversed > lot.Amount
                || lot.State == LotState.Closed != (lot.Remaining == 0)
            )
                yield return $"{Ids.Show(IdPrefix.Lot, lot.Id)} is in an impossible state";
        }
        if (lots.Where(l => l.State == LotState.Available).Sum(l => l.Remaining) != account.Available)
            yield return "the available lots do not hold what is available";
        if (lots.Where(l => l.State == LotState.Pending).Sum(l => l.Remaining) != account.Pending)
            yield return "the pending lots do not hold what is pending";
        if (byLot.Keys.Except(lots.Select(l => l.Id)).Any())
            yield return "a lot is missing";
    }

    private static IEnumerable<string> Moves(List<PointsEntry> lines, List<PointsMove> moves)
    {
        var bySeq = moves.GroupBy(m => m.Seq).ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        foreach (var e in lines.Where(e => bySeq.GetValueOrDefault(e.Seq) != e.DeltaAvailable + e.DeltaPending))
            yield return $"the moves of entry {e.Seq} do not add up";
    }
}
