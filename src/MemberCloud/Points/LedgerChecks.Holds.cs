using MemberCloud.Shared;

namespace MemberCloud.Points;

public static partial class LedgerChecks
{
    private static IEnumerable<string> Holds(LedgerRows rows, Dictionary<long, PointsEntry> bySeq)
    {
        var taken = rows.Moves.ToLookup(m => m.Seq, m => new LotPart(m.LotId, -m.Amount));
        foreach (var hold in rows.Holds)
        {
            var name = Ids.Show(IdPrefix.Hold, hold.Id);
            if (
                bySeq.GetValueOrDefault(hold.Seq) is not { Kind: EntryKind.Hold } entry
                || (entry.ReferenceType, entry.ReferenceId) != (hold.ReferenceType, hold.ReferenceId)
            )
                yield return $"{name} was made by no entry";
            else if (entry.DeltaHeld != hold.Amount)
                yield return $"{name} holds another amount than entry {hold.Seq} set aside";
            if (!hold.Taken.Split(' ').ToHashSet().SetEquals(taken[hold.Seq].Select(p => new LotParts([p]).ToString())))
                yield return $"{name} names other lots than entry {hold.Seq} took from";
            if (!HasItsOutcome(hold, bySeq))
                yield return $"{name} has another outcome than its entries say";
        }
        if (rows.Holds.Where(h => h.State == HoldState.Held).Sum(h => h.Amount) != rows.Account.Held)
            yield return "the open holds do not hold what is held";
        var made = rows.Holds.Select(h => h.Seq).ToHashSet();
        foreach (var entry in bySeq.Values.Where(e => e.Kind == EntryKind.Hold && !made.Contains(e.Seq)))
            yield return $"the hold of entry {entry.Seq} is missing";
    }

    private static bool HasItsOutcome(PointsHold hold, Dictionary<long, PointsEntry> bySeq)
    {
        long Left(EntryKind kind, long? seq) =>
            seq is { } at && bySeq.GetValueOrDefault(at) is { } entry && entry.Kind == kind ? -entry.DeltaHeld : 0;
        return hold.State switch
        {
            HoldState.Held => hold is { Captured: 0, ResolvedAt: null, ResolvedSeq: null },
            HoldState.Released or HoldState.Expired => hold is { Captured: 0, ResolvedAt: not null }
                && Left(EntryKind.Release, hold.ResolvedSeq) == hold.Amount,
            HoldState.Captured => hold is { Captured: > 0, ResolvedAt: not null }
                && Left(EntryKind.Capture, hold.ResolvedSeq) == hold.Captured
                && (hold.Captured == hold.Amount || Left(EntryKind.Release, hold.ResolvedSeq + 1) == hold.Amount - hold.Captured),
        };
    }
}
