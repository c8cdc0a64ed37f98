using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Points;
using MemberCloud.Tenancy;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Whatever happens to an account, in whatever order: its books add up after every step.</summary>
public sealed class HistoryTests
{
    private static readonly string[] Zones = ["UTC", "America/New_York", "Asia/Shanghai", "America/Sao_Paulo"];

    private static readonly ExpiryPolicy[] Policies =
    [
        ExpiryPolicy.Never,
        new(ExpiryKind.Months, 1),
        new(ExpiryKind.Months, 3),
        new(ExpiryKind.YearEnd),
        new(ExpiryKind.Inactive, 1),
        new(ExpiryKind.Inactive, 2),
        ExpiryPolicy.Fixed,
    ];

    public enum Kind
    {
        EarnAtOnce,
        EarnPending,
        EarnWaiting,
        EarnLate,
        Spend,
        Hold,
        Capture,
        Release,
        Restore,
        TransferOut,
        TransferIn,
        SettleNow,
        Schedule,
        Claw,
        Erase,
        Pass,
    }

    /// <summary>One step: what, how much, and two choices whose meaning depends on what.</summary>
    public sealed record Step(Kind Kind, int Amount, int Days, int Pick);

    private static readonly Gen<Step> Steps =
        from kind in Gen.Elements(Enum.GetValues<Kind>())
        from amount in Gen.Choose(1, 120)
        from days in Gen.Choose(0, 45)
        from pick in Gen.Choose(0, 1_000)
        select new Step(kind, amount, days, pick);

    internal static readonly Gen<Step[]> Histories = Gen.Choose(1, 30).SelectMany(length => Steps.ArrayOf(length));

    [Fact]
    public void Books_add_up_after_every_step_of_any_history() => Cases.ForAll(Histories, Replay, 20_000, Cases.WithoutOne);

    private static void Replay(Step[] steps)
    {
        var world = NewWorld(steps);
        var proved = 0;
        byte[] hash = [];
        foreach (var step in steps)
        {
            Do(world, step);
            BooksAddUp(world);
            LotsHoldWhatTheAccountSays(world);
            for (; proved < world.Entries.Count; proved++)
                hash = Continues(world, proved, hash);
            Assert.Equal(world.Account.Hash, hash);
        }
    }

    internal static World NewWorld(Step[] steps) => new(Zones[steps.FirstOrDefault()?.Pick % Zones.Length ?? 0]);

    internal static void Do(World world, Step step)
    {
        var ahead = world.Now.AddDays(step.Days);
        var before = world.Now.AddDays(-step.Days);
        var policy = Policies[step.Pick % Policies.Length];
        var order = (step.Pick % 5).ToString();
        var lot = world.Lots.Count == 0 ? null : world.Lots[step.Pick % world.Lots.Count];
        switch (step.Kind)
        {
            case Kind.EarnAtOnce:
                world.Earn(step.Amount, policy, end: ahead, order: order);
                break;
            case Kind.EarnPending:
                world.EarnPending(step.Amount, ahead, policy, end: ahead.AddDays(step.Pick % 20), order: order);
                break;
            case Kind.EarnWaiting:
                world.EarnPending(step.Amount, null, policy, end: ahead, order: order);
                break;
            case Kind.EarnLate:
                world.EarnPending(step.Amount, before.AddDays(step.Pick % 20), policy, before, ahead.AddDays(-7), order);
                break;
            case Kind.Spend:
                SpendsWhatIsThere(world, step.Amount);
                break;
            case Kind.Hold or Kind.Capture or Kind.Release or Kind.Restore or Kind.TransferOut or Kind.TransferIn:
                Move(world, step, policy);
                break;
            case Kind.SettleNow:
                world.SettleNow(order);
                break;
            case Kind.Schedule when lot is not null:
                world.Schedule(lot.Id, ahead.AddDays(-7));
                break;
            case Kind.Claw when lot is not null && lot.Reversed < lot.Amount:
                world.Claw(lot.Id, Math.Min(step.Amount, lot.Amount - lot.Reversed), (ClawbackPolicy)(step.Pick % 3));
                break;
            case Kind.Erase when step.Pick % 4 == 0:
                world.Erase();
                var left = world.Account;
                Assert.Equal((0, 0, 0, 0), (left.Available, left.Pending, left.Held, left.Debt));
                Assert.All(world.Lots, l => Assert.Equal(LotState.Closed, l.State));
                break;
            default:
                world.Pass(TimeSpan.FromDays(step.Days) + TimeSpan.FromHours(step.Pick % 24));
                break;
        }
    }

    private static void Move(World world, Step step, ExpiryPolicy policy)
    {
        var hold = world.Holds.Count == 0 ? null : world.Holds[step.Pick % world.Holds.Count];
        switch (step.Kind)
        {
            case Kind.Hold:
                world.Hold(step.Amount, TimeSpan.FromDays(1 + step.Days));
                break;
            case Kind.Capture when hold is not null:
                HasOneOutcome(world, hold, () => world.Capture(hold.Id, Math.Min(step.Amount, hold.Amount)));
                break;
            case Kind.Release when hold is not null:
                HasOneOutcome(world, hold, () => world.Release(hold.Id));
                break;
            case Kind.Restore when world.SpendEntry(step.Amount) is { } spent:
                world.Pass(TimeSpan.FromDays(step.Days));
                var (taken, first) = (world.TakenBy(spent), step.Amount / 2);
                if (first > 0)
                    world.Restore(taken, 0, first, step.Pick % 2 == 0 ? null : 7);
                world.Restore(taken, first, step.Amount - first, step.Pick % 2 == 0 ? null : 7);
                break;
            case Kind.TransferOut:
                world.TransferOut(step.Amount);
                break;
            case Kind.TransferIn:
                var giver = new World { Now = world.Now };
                giver.Earn(step.Amount, policy, end: world.Now.AddDays(1 + step.Days));
                if (giver.TransferOut(step.Amount) is { } parts)
                    world.TransferIn(parts);
                break;
        }
    }

    private static void HasOneOutcome(World world, PointsHold hold, Action act)
    {
        world.Post();
        var before = world.Holds.Single(h => h.Id == hold.Id);
        var (open, entries) = (before.State == HoldState.Held, world.Entries.Count);
        act();
        var after = world.Holds.Single(h => h.Id == hold.Id);
        Assert.NotEqual(HoldState.Held, after.State);
        if (!open)
            Assert.Equal((before.State, before.Captured, entries), (after.State, after.Captured, world.Entries.Count));
    }

    private static void SpendsWhatIsThere(World world, long amount)
    {
        world.Post();
        var enough = world.Account.Debt == 0 && world.Account.Available >= amount;
        Assert.Equal(enough, world.Spend(amount));
    }

    private static void BooksAddUp(World world)
    {
        var a = world.Account;
        Assert.Equal(
            world.Entries.Sum(e => e.DeltaAvailable + e.DeltaPending + e.DeltaHeld - e.DeltaDebt),
            a.Available + a.Pending + a.Held - a.Debt
        );
        Assert.Equal(world.Entries.Sum(e => e.DeltaAvailable), a.Available);
        Assert.Equal(world.Entries.Sum(e => e.DeltaDebt), a.Debt);
        Assert.True(a is { Available: >= 0, Pending: >= 0, Held: >= 0, Debt: >= 0 }, "Nothing is below zero.");
        Assert.Equal(world.Holds.Where(h => h.State == HoldState.Held).Sum(h => h.Amount), a.Held);
        var given = world.Entries.Where(e => e.Kind is EntryKind.TransferIn or EntryKind.TransferOut);
        Assert.Equal(
            a.Issued + a.Adjusted + given.Sum(e => e.DeltaAvailable - e.DeltaDebt),
            a.Available + a.Pending + a.Held - a.Debt + a.Redeemed + a.Expired
        );
        Assert.True(a.Debt == 0 || a.Available == 0, "Debt never stands beside points to spend.");
    }

    private static void LotsHoldWhatTheAccountSays(World world)
    {
        Assert.Equal(world.Account.Available, world.Lots.Where(l => l.State == LotState.Available).Sum(l => l.Remaining));
        Assert.Equal(world.Account.Pending, world.Lots.Where(l => l.State == LotState.Pending).Sum(l => l.Remaining));
        var moved = world.Moves.GroupBy(m => m.LotId).ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        foreach (var lot in world.Lots)
        {
            Assert.Equal(moved[lot.Id], lot.Remaining);
            Assert.True(
                lot.Remaining >= 0 && lot.Remaining <= lot.Amount && lot.Reversed <= lot.Amount,
                "A lot holds from nothing to what was earned."
            );
            Assert.Equal(lot.Remaining == 0, lot.State == LotState.Closed);
        }
    }

    /// <summary>The entry follows the one before it: number, balances and seal. Its lots moved by what it says.</summary>
    private static byte[] Continues(World world, int index, byte[] previous)
    {
        var entry = world.Entries[index];
        var before = index == 0 ? null : world.Entries[index - 1];
        Assert.Equal(index + 1, entry.Seq);
        Assert.Equal((before?.AvailableAfter ?? 0) + entry.DeltaAvailable, entry.AvailableAfter);
        Assert.Equal((before?.PendingAfter ?? 0) + entry.DeltaPending, entry.PendingAfter);
        Assert.Equal((before?.DebtAfter ?? 0) + entry.DeltaDebt, entry.DebtAfter);
        var moves = world.Moves.Where(m => m.Seq == entry.Seq).ToList();
        Assert.Equal(entry.DeltaAvailable + entry.DeltaPending, moves.Sum(m => m.Amount));
        Assert.Distinct(moves.Select(m => m.LotId));
        Assert.Equal(entry.Hash, entry.Seal(World.Key, previous));
        return entry.Hash;
    }
}
