using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>Setting points aside, and the one thing that becomes of it.</summary>
public sealed partial class PointsJournal
{
    /// <summary>Open holds of one account at most.</summary>
    public const int MaxHolds = 100;

    private readonly List<PointsHold> addedHolds = [];
    private readonly HashSet<PointsHold> resolved = [];

    public IReadOnlyCollection<PointsHold> AddedHolds => addedHolds;

    public IEnumerable<PointsHold> ChangedHolds => resolved.Except(addedHolds);

    public int OpenHolds => holds.Count(h => h.State == HoldState.Held);

    public PointsHold? FindHold(Guid id) => holds.Find(h => h.Id == id);

    /// <summary>Sets points aside, soonest end first, all or nothing. Null when there is too little, or debt.</summary>
    public PointsHold? Hold(long amount, Reference reference, DateTime expiresAt)
    {
        if (Account.Debt > 0 || Account.Available < amount)
            return null;
        var entry = Append(EntryKind.Hold, new(Available: -amount, Held: amount), reference, now);
        var taken = Take(Open(LotState.Available), amount, entry);
        var hold = new PointsHold
        {
            TenantId = Account.TenantId,
            Id = Ids.New(),
            MemberId = Account.MemberId,
            Currency = Account.Currency,
            Seq = entry.Seq,
            State = HoldState.Held,
            Amount = amount,
            Taken = taken.ToString(),
            ReferenceType = reference.Type,
            ReferenceId = reference.Id,
            CreatedAt = now,
            ExpiresAt = expiresAt,
        };
        holds.Add(hold);
        addedHolds.Add(hold);
        return hold;
    }

    /// <summary>Spends 1 to all of what is held, those that end soonest; the rest goes back. The hold is open.</summary>
    public PointsEntry Capture(PointsHold hold, long amount, Reference reference)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(amount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amount, hold.Amount);
        hold.Captured = amount;
        hold.ResolvedSeq = Account.Seq + 1;
        var entry = Append(EntryKind.Capture, new(Held: -amount), reference, now);
        Resolve(hold, HoldState.Captured, now);
        Touch(now);
        return entry;
    }

    /// <summary>Gives back what is held. The hold is open.</summary>
    public void Release(PointsHold hold) => Resolve(hold, HoldState.Released, now);

    private void TimeOut(PointsHold hold) => Resolve(hold, HoldState.Expired, hold.ExpiresAt);

    private void Resolve(PointsHold hold, HoldState state, DateTime at)
    {
        (hold.State, hold.ResolvedAt) = (state, at);
        hold.ResolvedSeq ??= Account.Seq + 1;
        resolved.Add(hold);
        var rest = hold.Amount - hold.Captured;
        if (rest == 0)
            return;
        var back = LotParts.Parse(hold.Taken).LastFirst(hold.Captured, rest);
        GiveBack(EntryKind.Release, new(Held: -rest), back, new(hold.ReferenceType, hold.ReferenceId), at, null);
    }
}
