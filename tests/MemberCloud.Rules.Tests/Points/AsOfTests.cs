using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>What is read today as of an instant is what was read at that instant, whatever happened since.</summary>
public sealed class AsOfTests
{
    [Fact]
    public void Any_history_reads_as_of_any_instant_as_it_read_then() =>
        Cases.ForAll(HistoryTests.Histories, ReadsAsItReadThen, 2_000, Cases.WithoutOne);

    // The last state of an instant counts: several things may happen at one instant.
    private static void ReadsAsItReadThen(HistoryTests.Step[] steps)
    {
        var world = HistoryTests.NewWorld(steps);
        var seen = new SortedDictionary<DateTime, string>();
        foreach (var step in steps)
        {
            // Between two acts, when nothing was written and what fell due was only read as done.
            var (now, ahead) = (world.Now, world.Now.AddHours(step.Pick % 200));
            // What was seen at this instant may change at this instant, and a step may end at a later one.
            seen.Remove(now);
            HistoryTests.Do(world, step);
            seen[world.Now] = Picture(Read(world));
            if (world.Now == now && ahead > now)
            {
                world.Now = ahead;
                seen[ahead] = Picture(Read(world));
            }
        }
        foreach (var (at, picture) in seen)
            Assert.Equal(picture, Picture(ReadAsOf(world, at)));
    }

    [Fact]
    public void Before_the_first_entry_there_was_nothing()
    {
        var world = new World();
        world.Earn(100);

        var then = ReadAsOf(world, world.Now.AddTicks(-10));

        Assert.Equal((0, 0, 0, 0), (then.Account.Available, then.Account.Pending, then.Account.Held, then.Account.Debt));
        Assert.Empty(then.Open(LotState.Available));
    }

    // completed on the 20th, settling on the 17th already: until the 20th nobody knew
    [Fact]
    public void A_date_that_was_not_known_then_is_not_told()
    {
        var world = new World();
        var lot = world.EarnPending(100, null);
        var then = world.Now;
        world.Pass(TimeSpan.FromDays(10));
        world.Schedule(lot.Id, world.Now.AddDays(-3));
        world.Post();

        Assert.Equal(100, ReadAsOf(world, world.Now).Account.Available);
        Assert.Null(ReadAsOf(world, then.AddDays(9)).Lot(lot.Id)!.SettlesAt);
        Assert.Equal(100, ReadAsOf(world, then.AddDays(9)).Account.Pending);
    }

    [Fact]
    public void A_date_that_was_overtaken_is_told_as_it_was()
    {
        var world = new World();
        var due = world.Now.AddDays(30);
        var lot = world.EarnPending(100, due);
        var then = world.Now;
        world.Pass(TimeSpan.FromDays(5));
        world.SettleNow();

        Assert.Equal(
            (LotState.Pending, due),
            (ReadAsOf(world, then).Lot(lot.Id)!.State, ReadAsOf(world, then).Lot(lot.Id)!.SettlesAt)
        );
        Assert.Equal(world.Now, ReadAsOf(world, world.Now).Lot(lot.Id)!.AvailableAt);
    }

    [Fact]
    public void Rows_from_before_the_number_was_kept_go_by_the_instant()
    {
        var world = new World();
        var lot = world.Earn(100);
        lot.OpenedSeq = null;

        Assert.Equal(LotState.Available, PastRules.Lot(lot, 100, 1, lot.AvailableAt!.Value).State);
        Assert.Equal(LotState.Pending, PastRules.Lot(lot, 100, 1, lot.AvailableAt!.Value.AddTicks(-10)).State);
        Assert.Equal(LotState.Closed, PastRules.Lot(lot, 0, 1, lot.AvailableAt!.Value).State);
    }

    private static PointsJournal Read(World world)
    {
        var journal = world.Open();
        journal.PostDue();
        return journal;
    }

    /// <summary>The same steps as PointsHistory's, over lists.</summary>
    private static PointsJournal ReadAsOf(World world, DateTime at)
    {
        var later = world.Entries.Where(e => e.RecordedAt > at).Select(e => (long?)e.Seq).Min();
        var last = later - 1 ?? world.Entries.Count;
        var lines = world.Entries.Where(e => e.Seq <= last).ToList();
        var active = lines
            .Where(e => e.Kind is EntryKind.Earn or EntryKind.Spend or EntryKind.Capture)
            .Select(e => e.OccurredAt)
            .Append(DateTime.UnixEpoch)
            .Max();
        var account =
            last == 0
                ? new PointsAccount { Currency = "points", ActiveAt = DateTime.UnixEpoch }
                : PastRules.Account(lines[^1], active);
        var holds = world.Holds.Where(h => h.Seq <= last && !(h.ResolvedSeq <= last)).Select(PastRules.Hold).ToList();
        var left = world
            .Moves.Where(m => m.Seq <= last)
            .GroupBy(m => m.LotId)
            .ToDictionary(g => g.Key, g => g.Sum(m => m.Amount));
        var lots = world.Lots.Where(l => left.ContainsKey(l.Id)).Select(l => PastRules.Lot(l, left[l.Id], last, at));
        var journal = new PointsJournal(account, lots, holds, world.Local, at, World.Key);
        journal.PostDue();
        return journal;
    }

    /// <summary>What a caller sees; lots that tie in every order are put in one.</summary>
    private static string Picture(PointsJournal journal)
    {
        var shape = PointsShape.Of(journal);
        return Json.Write(shape with { Lots = [.. shape.Lots.OrderBy(Json.Write, StringComparer.Ordinal)] });
    }
}
