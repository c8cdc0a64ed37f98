using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

public sealed class PointsJournalTests
{
    private static readonly ExpiryPolicy OneMonth = new(ExpiryKind.Months, 1);
    private static readonly ExpiryPolicy InactiveTwoMonths = new(ExpiryKind.Inactive, 2);

    [Fact]
    public void A_spend_takes_the_soonest_end_first_and_no_end_last()
    {
        var world = new World();
        world.Earn(10, ExpiryPolicy.Never);
        world.Earn(20, ExpiryPolicy.Fixed, end: Utc(2026, 5, 1));
        world.Earn(30, ExpiryPolicy.Fixed, end: Utc(2026, 3, 1));

        Assert.True(world.Spend(35));

        Assert.Equal([10, 15, 0], world.Remaining());
        Assert.Equal(new long[] { -30, -5 }, world.Moves.Where(m => m.Seq == world.Account.Seq).Select(m => m.Amount));
    }

    [Fact]
    public void Of_one_end_the_oldest_fact_is_spent_first()
    {
        var world = new World();
        var end = Utc(2026, 5, 1);
        world.Earn(10, ExpiryPolicy.Fixed, end: end);
        world.Earn(10, ExpiryPolicy.Fixed, at: world.Now.AddDays(-1), end: end);
        world.Earn(10, ExpiryPolicy.Fixed, end: end);

        world.Spend(15);

        Assert.Equal([5, 0, 10], world.Remaining());
    }

    [Theory]
    [InlineData(30, true, 0)]
    [InlineData(31, false, 30)]
    public void A_spend_is_all_or_nothing(long amount, bool spent, long left)
    {
        var world = new World();
        world.Earn(30);
        world.EarnPending(100, world.Now.AddDays(1));

        Assert.Equal(spent, world.Spend(amount));
        Assert.Equal(left, world.Account.Available);
        Assert.Equal(spent ? 3 : 2, world.Entries.Count);
    }

    [Fact]
    public void Pending_points_settle_at_their_date_even_when_nobody_looks()
    {
        var world = new World();
        var due = world.Now.AddDays(7);
        world.EarnPending(40, due);
        world.Now = due.AddDays(30);

        Assert.True(world.Spend(40));

        Assert.Equal(due, world.Entries[1].OccurredAt);
        Assert.Equal(world.Now, world.Entries[1].RecordedAt);
        Assert.Equal(EntryKind.Settle, world.Entries[1].Kind);
    }

    [Theory]
    [InlineData(-1, 0)] // one tick before: still pending
    [InlineData(0, 40)] // at the instant: settled
    public void A_settle_date_is_the_first_instant_at_which_points_are_there(int ticks, long available)
    {
        var world = new World();
        var due = world.Now.AddDays(7);
        world.EarnPending(40, due);

        world.PassTo(due.AddTicks(ticks));

        Assert.Equal(available, world.Account.Available);
    }

    [Fact]
    public void On_one_instant_settling_comes_before_expiring()
    {
        // The old lot ends, and the pending one settles, at the same instant; the debt-free account sees both.
        var world = new World();
        var instant = Utc(2026, 2, 1);
        world.Earn(10, ExpiryPolicy.Fixed, end: instant);
        world.EarnPending(20, instant);

        world.PassTo(instant);

        Assert.Equal([EntryKind.Earn, EntryKind.Earn, EntryKind.Settle, EntryKind.Expire], world.Entries.Select(e => e.Kind));
        Assert.Equal([0, 20], world.Remaining());
    }

    [Fact]
    public void A_lot_that_settles_when_it_ends_does_both()
    {
        var world = new World();
        var instant = Utc(2026, 2, 1);
        world.EarnPending(20, instant, ExpiryPolicy.Fixed, end: instant);

        world.PassTo(instant);

        Assert.Equal([EntryKind.Earn, EntryKind.Settle, EntryKind.Expire], world.Entries.Select(e => e.Kind));
        Assert.Equal(0, world.Account.Available);
    }

    [Fact]
    public void What_is_due_is_posted_in_the_order_of_time()
    {
        // settle 02-01 ... end 02-28 (months:1 would be 03-02) ... settle 03-01
        var world = new World();
        world.EarnPending(1, Utc(2026, 3, 1));
        world.EarnPending(2, Utc(2026, 2, 1));
        world.Earn(4, ExpiryPolicy.Fixed, end: Utc(2026, 2, 28));

        world.PassTo(Utc(2026, 6, 1));

        Assert.Equal([Utc(2026, 2, 1), Utc(2026, 2, 28), Utc(2026, 3, 1)], world.Entries.Skip(3).Select(e => e.OccurredAt));
    }

    [Fact]
    public void Points_that_ended_are_not_spent()
    {
        var world = new World();
        world.Earn(50, OneMonth);
        world.Now = Utc(2026, 2, 11);

        Assert.False(world.Spend(1));
        Assert.Equal(EntryKind.Expire, world.Entries[^1].Kind);
        Assert.Equal("lot", world.Entries[^1].ReferenceType);
    }

    [Fact]
    public void A_late_fact_settles_and_ends_at_its_own_times()
    {
        // Told on 05-01 of an order of 01-01 that settles on 01-08 and ends a month later: it never was there to be spent today.
        var world = new World { Now = Utc(2026, 5, 1) };
        world.EarnPending(50, Utc(2026, 1, 8), OneMonth, at: Utc(2026, 1, 1));

        world.Post();

        Assert.Equal([Utc(2026, 1, 1), Utc(2026, 1, 8), Utc(2026, 2, 9)], world.Entries.Select(e => e.OccurredAt));
        Assert.All(world.Entries, e => Assert.Equal(world.Now, e.RecordedAt));
        Assert.Equal(0, world.Account.Available);
    }

    [Fact]
    public void Waiting_points_settle_when_they_are_scheduled_and_only_the_first_date_counts()
    {
        var world = new World();
        var lot = world.EarnPending(40, null);
        world.PassTo(Utc(2027, 1, 1));
        Assert.Equal(40, world.Account.Pending);

        world.Schedule(lot.Id, Utc(2027, 1, 8));
        world.Schedule(lot.Id, Utc(2027, 6, 1));
        world.PassTo(Utc(2027, 1, 8));

        Assert.Equal((40, 0), (world.Account.Available, world.Account.Pending));
        Assert.Equal(2, world.Entries.Count);
    }

    [Fact]
    public void Scheduling_what_is_not_there_changes_nothing()
    {
        var world = new World();
        var settled = world.Earn(40);

        world.Schedule(settled.Id, world.Now.AddDays(1));
        world.Schedule(Guid.Empty, world.Now.AddDays(1));

        Assert.Equal((LotState.Available, 40), (world.Lots[0].State, world.Account.Available));
        Assert.Single(world.Entries);
    }

    [Fact]
    public void Settling_now_takes_all_of_one_source_and_nothing_else()
    {
        var world = new World();
        world.EarnPending(1, null, order: "1");
        world.EarnPending(2, world.Now.AddDays(9), order: "1");
        world.EarnPending(4, null, order: "2");

        Assert.Equal(2, world.SettleNow("1").Count);
        Assert.Empty(world.SettleNow("1"));

        Assert.Equal((3, 4), (world.Account.Available, world.Account.Pending));
    }

    [Fact]
    public void Inactive_points_end_later_when_the_member_spends()
    {
        var world = new World();
        world.Earn(50, InactiveTwoMonths); // 01-10: would be gone at 03-11
        world.PassTo(Utc(2026, 3, 1));
        world.Spend(10); // now at 05-02
        world.PassTo(Utc(2026, 3, 11));
        Assert.Equal(40, world.Account.Available);
        Assert.Equal(Utc(2026, 5, 2), world.Lots[0].DueAt);

        world.PassTo(Utc(2026, 5, 2).AddTicks(-1));
        Assert.Equal(40, world.Account.Available);
        world.PassTo(Utc(2026, 5, 2));

        Assert.Equal(0, world.Account.Available);
        Assert.Equal(Utc(2026, 5, 2), world.Entries[^1].OccurredAt);
    }

    [Fact]
    public void Inactive_points_end_at_their_end_though_it_is_noted_late()
    {
        // 01-10 earned, 02-01 active again: the end is 04-02. The job looks first at 06-01: it ended on 04-02, not on 06-01.
        var world = new World();
        world.Earn(50, InactiveTwoMonths);
        world.PassTo(Utc(2026, 2, 1));
        world.Earn(5);

        world.PassTo(Utc(2026, 6, 1));

        Assert.Equal((EntryKind.Expire, Utc(2026, 4, 2)), (world.Entries[^1].Kind, world.Entries[^1].OccurredAt));
        Assert.Equal(5, world.Account.Available);
    }

    [Fact]
    public void A_fact_from_before_is_no_new_activity()
    {
        var world = new World();
        world.Earn(50, InactiveTwoMonths);
        world.Earn(5, at: Utc(2025, 12, 1));

        world.PassTo(Utc(2026, 3, 11));

        Assert.Equal(5, world.Account.Available);
    }

    [Fact]
    public void The_entry_names_the_rule_and_its_version()
    {
        var journal = new World().Open();
        var rule = new RuleStamp(Guid.Parse("018f3c2e-0000-7000-8000-000000000001"), 3);

        var entry = journal.Earn(new(5, Utc(2026, 1, 1), null, default, new("review", "r1"), "a review", rule));

        Assert.Equal(
            (rule.Id, 3, "a review", "review", "r1"),
            (entry.RuleId, entry.RuleVersion, entry.Reason, entry.ReferenceType, entry.ReferenceId)
        );
        Assert.True(journal.IsNew);
        Assert.Single(journal.Added);
        Assert.Empty(journal.Changed);
    }

    [Fact]
    public void An_account_too_large_to_count_is_refused()
    {
        var world = new World();
        world.Earn(long.MaxValue);

        Assert.Throws<OverflowException>(() => world.Open().Earn(new(1, world.Now, world.Now, default, new("order", "2"))));
    }

    [Fact]
    public void Lots_that_hold_less_than_the_account_says_are_noticed()
    {
        var world = new World();
        world.Earn(10);
        world.Earn(10);
        var partly = world.Open(lot => lot.Seq == 1);

        Assert.Throws<MemberCloud.Data.ConflictException>(() => partly.Spend(15, new("order", "2"), null));
    }
}
