using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Lots that go over whole to a member who is the same person, under the names they have.</summary>
public sealed class MergeTests
{
    [Fact]
    public void What_waits_and_what_is_there_go_over_as_they_stand_and_nothing_is_left_to_refund_here()
    {
        var (from, into) = (new World(), new World());
        var there = from.Earn(30);
        var waiting = from.EarnPending(20, Utc(2026, 2, 1));
        var stays = from.Earn(5);
        from.Spend(10);
        into.Earn(1);

        var given = from.GiveLots(long.MaxValue, there.Id, waiting.Id);
        var entry = into.TakeLots(given);

        Assert.Equal((5, 0), (from.Account.Available, from.Account.Pending));
        Assert.Equal([30, 20, 0], new[] { there, waiting, stays }.Select(l => from.Lot(l.Id).Reversed));
        Assert.Equal(
            (EntryKind.TransferOut, -20, -20, 0),
            (from.Entries[^1].Kind, from.Entries[^1].DeltaAvailable, from.Entries[^1].DeltaPending, from.Entries[^1].DeltaDebt)
        );
        Assert.Equal((EntryKind.TransferIn, 20, 20, 0), (entry.Kind, entry.DeltaAvailable, entry.DeltaPending, entry.DeltaDebt));
        Assert.Equal((20, 30, 0), (into.Lot(there.Id).Remaining, into.Lot(there.Id).Amount, into.Lot(there.Id).Reversed));
        Assert.Equal((LotState.Pending, 20), (into.Lot(waiting.Id).State, into.Lot(waiting.Id).Remaining));
        Assert.Equal((entry.Seq, null), (into.Lot(there.Id).OpenedSeq, into.Lot(waiting.Id).OpenedSeq));
        into.PassTo(Utc(2026, 2, 1));
        Assert.Equal((41, 0), (into.Account.Available, into.Account.Pending));
    }

    [Theory]
    //  owed there, goes along at most -> goes along, stays
    [InlineData(10, 100, 10, 0)]
    [InlineData(10, 4, 4, 6)]
    [InlineData(0, 100, 0, 0)]
    public void Of_debt_goes_along_what_may(long owed, long most, long goes, long stays)
    {
        var world = new World();
        if (owed > 0)
            world.Owe(owed);

        Assert.Equal(goes, world.GiveLots(most).Debt);
        Assert.Equal(stays, world.Account.Debt);
    }

    [Theory]
    //  brought, owed there | here, owed here -> left, owed
    [InlineData(30, 0, 0, 10, 20, 0)] // what comes pays the debt here
    [InlineData(0, 10, 30, 0, 20, 0)] // what is here pays the debt that comes
    [InlineData(30, 0, 20, 0, 50, 0)]
    [InlineData(0, 10, 0, 20, 0, 30)]
    [InlineData(5, 0, 0, 20, 0, 15)]
    public void Debt_is_paid_at_once(long brought, long debtThere, long here, long debtHere, long left, long owed)
    {
        var (from, into) = (new World(), new World());
        if (debtThere > 0)
            from.Owe(debtThere);
        if (debtHere > 0)
            into.Owe(debtHere);
        var lots = brought > 0 ? new[] { from.Earn(brought).Id } : [];
        if (here > 0)
            into.Earn(here);

        into.TakeLots(from.GiveLots(long.MaxValue, lots));

        Assert.Equal((left, owed), (into.Account.Available, into.Account.Debt));
        Assert.Equal(left, into.Remaining().Sum());
    }

    [Fact]
    public void A_lot_that_comes_back_brings_what_is_left_and_finds_what_was_put_back_meanwhile()
    {
        var (one, other) = (new World(), new World());
        var lot = one.Earn(30, ExpiryPolicy.Fixed, end: Utc(2026, 5, 1));
        var spent = one.TakenBy(one.SpendEntry(12)!);
        other.TakeLots(one.GiveLots(0, lot.Id));
        other.Spend(8);
        // A refund of what was spent before: it goes into the lot that is still known here.
        one.Restore(spent, 0, 12);

        one.TakeLots(other.GiveLots(0, lot.Id));

        Assert.Equal((10 + 12, LotState.Available, Utc(2026, 5, 1)), State(one.Lot(lot.Id)));
        Assert.Equal((22, 0), (one.Account.Available, other.Account.Available));
        Assert.Equal(0, one.Lot(lot.Id).Reversed);
        Assert.Single(one.Lots);
    }

    [Fact]
    public void The_later_activity_of_the_two_counts()
    {
        var (from, into) = (new World(), new World());
        into.Earn(1, at: into.Now.AddDays(-5));
        var lot = from.Earn(1);

        into.TakeLots(from.GiveLots(0, lot.Id));

        Assert.Equal(from.Now, into.Account.ActiveAt);
    }

    private static (long, LotState, DateTime?) State(PointsLot lot) => (lot.Remaining, lot.State, lot.DueAt);
}
