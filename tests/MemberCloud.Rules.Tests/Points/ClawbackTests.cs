using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Taking back: from the order's own lot, then from others, then as debt.</summary>
public sealed class ClawbackTests
{
    [Theory]
    //  take  pending available debt  lot     other
    [InlineData(40, 60, 50, 0, 60, 50)] // from what still waits
    [InlineData(100, 0, 50, 0, 0, 50)]
    public void From_the_orders_own_pending_points(long take, long pending, long available, long debt, long own, long other)
    {
        var world = new World();
        var lot = world.EarnPending(100, Utc(2026, 2, 1));
        world.Earn(50);

        Looks(world, world.Claw(lot.Id, take)!, (pending, available, debt), [own, other]);
    }

    [Theory]
    //  spent take available debt own other
    [InlineData(0, 40, 110, 0, 60, 50)] // its own lot has it
    [InlineData(80, 40, 30, 0, 0, 30)] // 20 of its own, 20 of the other
    [InlineData(80, 100, 0, 30, 0, 0)] // 20 and 50, and 30 are missing
    [InlineData(150, 100, 0, 100, 0, 0)] // all is spent
    public void From_the_orders_own_lot_then_others_then_as_debt(
        long spent,
        long take,
        long available,
        long debt,
        long own,
        long other
    )
    {
        var world = new World();
        var lot = world.Earn(100, ExpiryPolicy.Fixed, end: Utc(2026, 3, 1));
        world.Earn(50);
        Assert.True(spent == 0 || world.Spend(spent));

        Looks(world, world.Claw(lot.Id, take)!, (0, available, debt), [own, other]);
    }

    [Fact]
    public void From_other_lots_the_soonest_end_goes_first()
    {
        var world = new World();
        var lot = world.Earn(10, ExpiryPolicy.Fixed, end: Utc(2026, 2, 1));
        world.Spend(10);
        world.Earn(10);
        world.Earn(10, ExpiryPolicy.Fixed, end: Utc(2026, 3, 1));

        world.Claw(lot.Id, 10);

        Assert.Equal([0, 10, 0], world.Remaining());
    }

    [Fact]
    public void Anothers_pending_points_are_not_taken()
    {
        var world = new World();
        var lot = world.Earn(10);
        world.Spend(10);
        world.EarnPending(50, Utc(2026, 2, 1));

        Looks(world, world.Claw(lot.Id, 10)!, (50, 0, 10), [0, 50]);
    }

    [Fact]
    public void Three_refunds_of_33_33_take_33_33_34()
    {
        var world = new World();
        var lot = world.Earn(100);

        long[] taken = [.. new long[] { 33, 33, 34 }.Select(part => -world.Claw(lot.Id, part)!.DeltaAvailable)];

        Assert.Equal([33, 33, 34], taken);
        Assert.Equal((100, LotState.Closed, 0), (world.Lot(lot.Id).Reversed, world.Lot(lot.Id).State, world.Account.Debt));
    }

    [Theory]
    //  earned available debt
    [InlineData(20, 0, 10)] // less than the debt: all of it pays
    [InlineData(30, 0, 0)]
    [InlineData(50, 20, 0)] // the rest is there
    public void Debt_is_paid_by_what_is_earned_at_once(long earned, long available, long debt)
    {
        var world = InDebt(30);

        world.Earn(earned);

        Assert.Equal((available, debt), (world.Account.Available, world.Account.Debt));
        Assert.Equal(available, world.Lots[^1].Remaining);
        Assert.Equal((EntryKind.Earn, available), (world.Entries[^1].Kind, world.Moves[^1].Amount));
    }

    [Theory]
    [InlineData(20, 0, 10)]
    [InlineData(30, 0, 0)]
    [InlineData(50, 20, 0)]
    public void Debt_is_paid_by_what_settles_and_not_before(long earned, long available, long debt)
    {
        var world = InDebt(30);
        var lot = world.EarnPending(earned, Utc(2026, 2, 1));
        Assert.Equal((earned, 30), (world.Account.Pending, world.Account.Debt));

        world.PassTo(Utc(2026, 2, 1));

        Assert.Equal((available, 0, debt), (world.Account.Available, world.Account.Pending, world.Account.Debt));
        Assert.Equal(available, world.Lot(lot.Id).Remaining);
    }

    [Fact]
    public void With_debt_nothing_is_spent()
    {
        var world = InDebt(30);

        Assert.False(world.Spend(1));
        world.Earn(31);
        Assert.True(world.Spend(1));
    }

    [Fact]
    public void Debt_never_ends_by_itself()
    {
        var world = InDebt(30);

        world.PassTo(Utc(2036, 1, 1));

        Assert.Equal(30, world.Account.Debt);
    }

    [Fact]
    public void Pending_points_taken_back_in_part_settle_with_what_is_left()
    {
        var world = new World();
        var lot = world.EarnPending(100, Utc(2026, 2, 1));
        world.Claw(lot.Id, 40);

        world.PassTo(Utc(2026, 2, 1));

        Assert.Equal((60, 0), (world.Account.Available, world.Account.Pending));
    }

    private static World InDebt(long debt)
    {
        var world = new World();
        var lot = world.Earn(debt);
        world.Spend(debt);
        world.Claw(lot.Id, debt);
        return world;
    }

    private static void Looks(World world, PointsEntry entry, (long Pending, long Available, long Debt) account, long[] lots)
    {
        Assert.Equal(account, (world.Account.Pending, world.Account.Available, world.Account.Debt));
        Assert.Equal(account, (entry.PendingAfter, entry.AvailableAfter, entry.DebtAfter));
        Assert.Equal(lots, world.Remaining());
        Assert.Equal((EntryKind.Clawback, "refund"), (entry.Kind, entry.Reason));
        Assert.Equal(-(entry.DeltaAvailable + entry.DeltaPending - entry.DeltaDebt), world.Lots.Single(l => l.Seq == 1).Reversed);
    }
}
