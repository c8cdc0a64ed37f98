using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>An erased member's account: nothing is left, and every line says why.</summary>
public sealed class EraseTests
{
    [Fact]
    public void Every_open_lot_ends_at_once_whatever_its_date()
    {
        var world = new World();
        world.Earn(10);
        world.Earn(20, ExpiryPolicy.Fixed, end: Utc(2030, 1, 1));
        world.EarnPending(40, Utc(2026, 2, 1));
        world.EarnPending(80, null);
        world.Spend(5);

        world.Erase();

        Assert.Equal((0, 0, 0), (world.Account.Available, world.Account.Pending, world.Account.Debt));
        Assert.Equal([0, 0, 0, 0], world.Remaining());
        var ends = world.Entries.Skip(5).ToList();
        Assert.Equal([-15, -10, 0, 0], ends.Select(e => e.DeltaAvailable));
        Assert.Equal([0, 0, -40, -80], ends.Select(e => e.DeltaPending));
        Assert.All(
            ends,
            e => Assert.Equal((EntryKind.Expire, "erased", "lot", world.Now), (e.Kind, e.Reason, e.ReferenceType, e.OccurredAt))
        );
    }

    [Fact]
    public void What_fell_due_before_ends_for_its_own_reason()
    {
        var world = new World();
        world.Earn(10, ExpiryPolicy.Fixed, end: Utc(2026, 2, 1));
        world.EarnPending(20, Utc(2026, 2, 1));
        world.Now = Utc(2026, 3, 1);

        world.Erase();

        Assert.Equal(
            [EntryKind.Earn, EntryKind.Earn, EntryKind.Settle, EntryKind.Expire, EntryKind.Expire],
            world.Entries.Select(e => e.Kind)
        );
        Assert.Equal([null, null, null, null, "erased"], world.Entries.Select(e => e.Reason));
        Assert.Equal((-10, Utc(2026, 2, 1)), (world.Entries[3].DeltaAvailable, world.Entries[3].OccurredAt));
    }

    [Fact]
    public void Debt_is_given_up_by_an_entry_and_pending_points_do_not_pay_it()
    {
        var world = new World();
        var lot = world.Earn(30);
        world.Spend(30);
        world.Claw(lot.Id, 30);
        world.EarnPending(12, null);

        world.Erase();

        Assert.Equal((0, 0, 0), (world.Account.Available, world.Account.Pending, world.Account.Debt));
        var (end, off) = (world.Entries[^2], world.Entries[^1]);
        Assert.Equal((EntryKind.Expire, -12, 0), (end.Kind, end.DeltaPending, end.DeltaDebt));
        Assert.Equal((EntryKind.WriteOff, -30, "erased", "member"), (off.Kind, off.DeltaDebt, off.Reason, off.ReferenceType));
        Assert.DoesNotContain(world.Moves, m => m.Seq == off.Seq);
    }

    [Fact]
    public void An_account_with_nothing_on_it_gets_no_line()
    {
        var world = new World();
        world.Earn(5);
        world.Spend(5);
        world.Erase();
        world.Erase();

        Assert.Equal(2, world.Entries.Count);
    }
}
