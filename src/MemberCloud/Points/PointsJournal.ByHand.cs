namespace MemberCloud.Points;

/// <summary>What people take away. (What they add is an earning of another kind.)</summary>
public sealed partial class PointsJournal
{
    /// <summary>Takes away by hand, soonest end first, all or nothing. It is no act of the member's. Null when there is too little, or debt.</summary>
    public PointsEntry? TakeAway(long amount, Reference reference, string reason)
    {
        if (Account.Debt > 0 || Account.Available < amount)
            return null;
        var entry = Append(EntryKind.Adjust, new(Available: -amount), reference, now, reason);
        Take(Open(LotState.Available), amount, entry);
        return entry;
    }

    /// <summary>Takes growth away by hand, latest earned first, and says at which times it was earned: it counts there no more.</summary>
    public IReadOnlyList<(DateTime EarnedAt, long Amount)>? TakeGrowthAway(long amount, Reference reference, string reason)
    {
        var newest = Open(LotState.Available).OrderByDescending(l => l.EarnedAt).ThenByDescending(l => l.Seq).ToList();
        if (Account.Debt > 0 || Account.Available < amount)
            return null;
        var entry = Append(EntryKind.Adjust, new(Available: -amount), reference, now, reason);
        var taken = new List<(DateTime, long)>();
        foreach (var lot in newest)
        {
            var part = Math.Min(amount - taken.Sum(t => t.Item2), lot.Remaining);
            if (part == 0)
                break;
            Take([lot], part, entry);
            lot.Reversed += part;
            taken.Add((lot.EarnedAt, part));
        }
        return taken;
    }
}
