using MemberCloud.Shared;

namespace MemberCloud.Points;

public sealed partial class PointsJournal
{
    /// <summary>Why the points of an erased member are gone.</summary>
    public const string ErasedReason = "erased";

    /// <summary>Nothing is left: what is held goes back, every open lot ends now, whatever its date, and what is owed is given up. What fell due before is posted before.</summary>
    public void Erase()
    {
        foreach (var hold in holds.Where(h => h.State == HoldState.Held).ToList())
            Release(hold);
        foreach (var lot in Open(LotState.Available).Concat(Open(LotState.Pending)).ToList())
            Expire(lot, now, ErasedReason);
        if (Account.Debt > 0)
            Append(
                EntryKind.WriteOff,
                new(Debt: -Account.Debt),
                new("member", Ids.Show(IdPrefix.Member, Account.MemberId)),
                now,
                ErasedReason
            );
    }
}
