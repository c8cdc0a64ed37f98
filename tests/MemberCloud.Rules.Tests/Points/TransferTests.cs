using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Points that go from one member to another.</summary>
public sealed class TransferTests
{
    private static readonly DateTime March = Utc(2026, 3, 1);

    [Fact]
    public void What_ends_soonest_goes_first_and_keeps_its_end()
    {
        var (giver, receiver) = (new World(), new World());
        giver.Earn(10);
        giver.Earn(20, ExpiryPolicy.Fixed, end: March);

        var parts = giver.TransferOut(25)!;
        var entry = receiver.TransferIn(parts);

        Assert.Equal([5, 0], giver.Remaining());
        Assert.Equal([(March, 20), (null, 5)], parts.Select(p => (p.Lot.ExpiresAt, p.Amount)));
        Assert.Equal([20, 5], receiver.Remaining());
        Assert.Equal([(March, 20), (null, 5)], receiver.Lots.Select(l => (l.ExpiresAt, l.Amount)));
        Assert.Equal((25, 0), (entry.DeltaAvailable, entry.DeltaDebt));
        Assert.Equal((0, 0), (giver.Account.Redeemed, receiver.Account.Issued));
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void It_is_all_or_nothing(long amount, bool given)
    {
        var world = new World();
        world.Earn(30);

        Assert.Equal(given, world.TransferOut(amount) is not null);
        Assert.Equal(given ? 0 : 30, world.Account.Available);
    }

    [Fact]
    public void Who_owes_gives_nothing_away()
    {
        var world = new World();
        world.Owe(10);

        Assert.Null(world.TransferOut(0));
    }

    // what an order earned is given away once it was available since then
    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void What_may_be_refunded_yet_stays(int ticks, bool given)
    {
        var world = new World();
        world.Earn(10, refundable: true);

        Assert.Equal(given ? 10 : 0, world.Open().Transferable(world.Now.AddTicks(ticks)));
        Assert.Equal(given, world.TransferOut(10, world.Now.AddTicks(ticks)) is not null);
    }

    [Fact]
    public void What_no_order_earned_goes_at_any_time()
    {
        var world = new World();
        world.Earn(10);

        Assert.NotNull(world.TransferOut(10, world.Now.AddDays(-1)));
    }

    [Fact]
    public void An_end_that_moved_with_the_givers_activity_stands_still()
    {
        var (giver, receiver) = (new World(), new World());
        giver.Earn(10, new(ExpiryKind.Inactive, 2));
        giver.Earn(10, new(ExpiryKind.Months, 1));

        var parts = giver.TransferOut(20)!;
        receiver.TransferIn(parts);

        Assert.Equal([ExpiryKind.Months, ExpiryKind.Fixed], parts.Select(p => ExpiryPolicy.Parse(p.Lot.Expiry).Kind));
        Assert.Equal([Utc(2026, 2, 11), Utc(2026, 3, 11)], parts.Select(p => p.Lot.ExpiresAt!.Value));
        receiver.PassTo(Utc(2026, 3, 10));
        receiver.Spend(1);
        receiver.PassTo(Utc(2026, 3, 11));
        Assert.Equal(0, receiver.Account.Available);
    }

    [Theory]
    //  owed  kept of the first, of the second
    [InlineData(0, 30, 20)]
    [InlineData(10, 20, 20)]
    [InlineData(30, 0, 20)]
    [InlineData(40, 0, 10)]
    [InlineData(50, 0, 0)]
    [InlineData(60, 0, 0)]
    public void Debt_is_paid_by_what_ends_soonest(long owed, long first, long second)
    {
        var (giver, receiver) = (new World(), new World());
        giver.Earn(20);
        giver.Earn(30, ExpiryPolicy.Fixed, end: March);
        if (owed > 0)
            receiver.Owe(owed);
        var before = receiver.Lots.Count;

        var entry = receiver.TransferIn(giver.TransferOut(50)!);

        Assert.Equal(new[] { first, second }.Where(n => n > 0), receiver.Lots.Skip(before).Select(l => l.Remaining));
        Assert.Equal((first + second, Math.Max(0, owed - 50)), (receiver.Account.Available, receiver.Account.Debt));
        Assert.Equal(-Math.Min(owed, 50), entry.DeltaDebt);
    }
}
