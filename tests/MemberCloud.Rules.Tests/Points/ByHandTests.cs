using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>What people take away: all or nothing, out of the books as an adjustment, and no act of the member's.</summary>
public sealed class ByHandTests
{
    [Fact]
    public void What_ends_soonest_goes_first_and_the_member_was_not_active()
    {
        var world = new World();
        world.Earn(10);
        world.Earn(20, ExpiryPolicy.Fixed, end: Utc(2026, 3, 1));
        var active = world.Account.ActiveAt;
        world.Pass(TimeSpan.FromDays(1));

        var entry = world.TakeAway(25)!;

        Assert.Equal([5, 0], world.Remaining());
        Assert.Equal((EntryKind.Adjust, -25, "by hand"), (entry.Kind, entry.DeltaAvailable, entry.Reason));
        Assert.Equal((5, -25, 0), (world.Account.Available, world.Account.Adjusted, world.Account.Redeemed));
        Assert.Equal(active, world.Account.ActiveAt);
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void It_is_all_or_nothing(long amount, bool taken)
    {
        var (world, growth) = (new World(), new World());
        world.Earn(30);
        growth.Earn(30);

        Assert.Equal(taken, world.TakeAway(amount) is not null);
        Assert.Equal(taken, growth.TakeGrowthAway(amount) is not null);
        Assert.Equal(taken ? 0 : 30, world.Account.Available);
        Assert.Equal(taken ? 0 : 30, growth.Account.Available);
    }

    [Fact]
    public void Of_who_owes_nothing_is_taken()
    {
        var world = new World();
        world.Owe(10);

        Assert.Null(world.TakeAway(0));
        Assert.Null(world.TakeGrowthAway(0));
        Assert.Equal(10, world.Account.Debt);
    }

    [Fact]
    public void Growth_goes_latest_earned_first_and_counts_no_more_at_the_times_it_was_earned()
    {
        var world = new World();
        var (first, second) = (world.Now.AddDays(-2), world.Now.AddDays(-1));
        world.Earn(10, at: second);
        world.Earn(20, at: first);
        world.Earn(30, at: second);

        var taken = world.TakeGrowthAway(45)!;

        Assert.Equal([(second, 30), (second, 10), (first, 5)], taken);
        Assert.Equal([0, 15, 0], world.Remaining());
        Assert.Equal([10, 5, 30], world.Lots.OrderBy(l => l.Seq).Select(l => l.Reversed));
        Assert.Equal((15, -45), (world.Account.Available, world.Account.Adjusted));
    }

    [Fact]
    public void Growth_that_is_enough_leaves_the_next_alone()
    {
        var world = new World();
        world.Earn(10, at: world.Now.AddDays(-1));
        world.Earn(10);

        Assert.Equal([(world.Now, 10)], world.TakeGrowthAway(10)!);
        Assert.Equal([10, 0], world.Remaining());
    }
}
