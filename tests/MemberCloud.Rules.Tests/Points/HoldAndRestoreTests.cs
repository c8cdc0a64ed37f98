using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Points set aside, points given back.</summary>
public sealed class HoldAndRestoreTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void A_hold_is_all_or_nothing(long amount, bool held)
    {
        var world = new World();
        world.Earn(30);

        Assert.Equal(held, world.Hold(amount, Hour) is not null);
        Assert.Equal(held ? (0, 30) : (30, 0), (world.Account.Available, world.Account.Held));
    }

    [Fact]
    public void Who_owes_holds_nothing()
    {
        var world = new World();
        world.Owe(1);

        Assert.Null(world.Hold(0, Hour));
    }

    [Fact]
    public void What_was_just_set_aside_is_found_and_counts_as_open()
    {
        var world = new World();
        world.Earn(30);
        var journal = world.Open();

        var hold = journal.Hold(10, new("cart", "1"), world.Now + Hour)!;

        Assert.Same(hold, journal.FindHold(hold.Id));
        Assert.Equal(1, journal.OpenHolds);
        journal.Release(hold);
        Assert.Equal(0, journal.OpenHolds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(11)]
    public void Nothing_but_what_is_held_is_captured(long amount)
    {
        var world = new World();
        world.Earn(30);
        var hold = world.Hold(10, Hour)!;

        Assert.Throws<ArgumentOutOfRangeException>(() => world.Capture(hold.Id, amount));
    }

    [Fact]
    public void A_capture_is_an_act_of_the_member_and_its_rest_goes_back()
    {
        var world = new World();
        world.Earn(30);
        var hold = world.Hold(10, Hour)!;
        world.Pass(Hour / 2);

        var entry = world.Capture(hold.Id, 4)!;

        Assert.Equal(world.Now, world.Account.ActiveAt);
        Assert.Equal(entry.Seq, Assert.Single(world.Holds).ResolvedSeq);
        Assert.Equal([EntryKind.Capture, EntryKind.Release], world.Entries.Skip(2).Select(e => e.Kind));
        Assert.Equal((26, 0, 4), (world.Account.Available, world.Account.Held, world.Account.Redeemed));
    }

    [Fact]
    public void Of_a_whole_capture_nothing_goes_back()
    {
        var world = new World();
        world.Earn(30);

        world.Capture(world.Hold(10, Hour)!.Id, 10);

        Assert.Equal([EntryKind.Earn, EntryKind.Hold, EntryKind.Capture], world.Entries.Select(e => e.Kind));
    }

    [Fact]
    public void A_release_is_noted_under_its_entry()
    {
        var world = new World();
        world.Earn(30);
        var hold = world.Hold(10, Hour)!;

        world.Release(hold.Id);

        Assert.Equal((world.Account.Seq, HoldState.Released), (world.Holds[0].ResolvedSeq, world.Holds[0].State));
        Assert.Equal(EntryKind.Release, world.Entries[^1].Kind);
    }

    // hold of 1 h | hold of 2 h | a lot that ends after 90 min: each in its time, one on its first instant
    [Fact]
    public void Holds_run_out_in_their_order_among_all_that_falls_due()
    {
        var world = new World();
        world.Earn(10, ExpiryPolicy.Fixed, end: world.Now + (1.5 * Hour));
        world.Earn(30);
        var late = world.Hold(4, 2 * Hour)!;
        var early = world.Hold(3, Hour)!;
        var start = world.Now;

        world.PassTo(start + Hour - TimeSpan.FromTicks(1));
        Assert.Equal(7, world.Account.Held);
        world.PassTo(start + Hour);
        Assert.Equal((4, HoldState.Expired), (world.Account.Held, world.Holds.Single(h => h.Id == early.Id).State));
        world.PassTo(start + (3 * Hour));

        Assert.Equal(
            [
                (EntryKind.Release, start + Hour, 3),
                (EntryKind.Expire, start + (1.5 * Hour), -6),
                (EntryKind.Release, start + (2 * Hour), 4),
                (EntryKind.Expire, start + (2 * Hour), -4),
            ],
            world.Entries.Skip(4).Select(e => (e.Kind, e.OccurredAt, e.DeltaAvailable))
        );
        Assert.Equal(start + (2 * Hour), world.Holds.Single(h => h.Id == late.Id).ResolvedAt);
    }

    [Fact]
    public void On_one_instant_settling_comes_before_a_hold_that_runs_out_and_that_before_an_end()
    {
        var world = new World();
        var due = world.Now + Hour;
        world.EarnPending(5, due);
        world.Earn(10, ExpiryPolicy.Fixed, end: due);
        world.Hold(4, Hour);

        world.PassTo(due);

        Assert.Equal([EntryKind.Settle, EntryKind.Release, EntryKind.Expire], world.Entries.Skip(3).Select(e => e.Kind));
        Assert.Equal((5, -10), (world.Account.Available, world.Entries[^1].DeltaAvailable));
    }

    [Theory]
    // the end of the lot, seen from the moment of the refund
    [InlineData(1, null, 10, 1)] // not yet: back where it was
    [InlineData(0, null, 0, 1)] // ended at that instant
    [InlineData(-1, null, 0, 1)]
    [InlineData(1, 7, 10, 1)]
    [InlineData(0, 7, 10, 2)] // for some days, on their own
    [InlineData(-1, 7, 10, 2)]
    public void What_comes_back_has_the_end_it_had_or_ends_at_once_or_has_some_days(int ticks, int? grace, long back, int lots)
    {
        var world = new World();
        var end = Utc(2026, 2, 1);
        world.Earn(10, ExpiryPolicy.Fixed, end: end);
        var spent = world.TakenBy(world.SpendEntry(10)!);
        world.PassTo(end.AddTicks(-ticks));

        world.Restore(spent, 0, 10, grace);

        Assert.Equal((back, lots), (world.Account.Available, world.Lots.Count));
        Assert.Equal(back, world.Remaining().Sum());
        if (lots == 2)
            Assert.Equal(Utc(2026, 2, 9), world.Lots[^1].ExpiresAt);
        Assert.Equal(10 - back, world.Account.Expired);
    }

    [Theory]
    [InlineData(null, 18)] // 7 days where the brand gives none
    [InlineData(3, 14)]
    public void What_came_from_a_lot_that_is_gone_comes_back_on_its_own(int? grace, int day)
    {
        var world = new World();
        world.Earn(10);

        var entry = world.Restore(new([new LotPart(MemberCloud.Shared.Ids.New(), 5)]), 0, 5, grace);

        var lot = world.Lots[^1];
        Assert.Equal((5, 5, entry.Seq, Utc(2026, 1, day)), (lot.Remaining, lot.Amount, lot.Seq, lot.ExpiresAt!.Value));
        Assert.Equal(15, world.Account.Available);
    }

    [Theory]
    //  owed -> back to the lot taken last, to the one taken first
    [InlineData(0, 10, 20)]
    [InlineData(5, 10, 15)]
    [InlineData(20, 10, 0)]
    [InlineData(25, 5, 0)]
    [InlineData(40, 0, 0)]
    public void Debt_is_paid_by_what_was_taken_first(long owed, long last, long first)
    {
        var world = new World();
        var sooner = world.Earn(20, ExpiryPolicy.Fixed, end: Utc(2026, 3, 1));
        var later = world.Earn(10);
        var spent = world.TakenBy(world.SpendEntry(30)!);
        if (owed > 0)
            world.Owe(owed);

        var entry = world.Restore(spent, 0, 30);

        Assert.Equal((last, first), (world.Lot(later.Id).Remaining, world.Lot(sooner.Id).Remaining));
        Assert.Equal((last + first, Math.Max(0, owed - 30)), (world.Account.Available, world.Account.Debt));
        Assert.Equal((last + first, -Math.Min(owed, 30)), (entry.DeltaAvailable, entry.DeltaDebt));
    }

    [Fact]
    public void No_amounts_but_whole_ones()
    {
        var world = new World();
        var lot = world.Earn(10);
        world.Claw(lot.Id, 4);

        Assert.Throws<ArgumentOutOfRangeException>(() => world.Earn(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Claw(lot.Id, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Claw(lot.Id, 7));
        Assert.NotNull(world.Claw(lot.Id, 6));
    }
}
