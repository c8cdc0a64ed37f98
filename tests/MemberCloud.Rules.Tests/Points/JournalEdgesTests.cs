using MemberCloud.Points;
using static MemberCloud.Rules.Tests.Points.World;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>What a journal is asked beside its acts, and lots as they may come from a database that somebody else wrote.</summary>
public sealed class JournalEdgesTests
{
    private static readonly DateTime Noon = Utc(2026, 1, 10, 12);

    [Fact]
    public void Of_an_entry_it_is_known_what_it_took_from_where()
    {
        var world = new World();
        var (first, second) = (world.Earn(10), world.Earn(10));
        var journal = world.Open();
        journal.Spend(4, new("order", "1"), null);

        var entry = journal.Spend(8, new("order", "2"), null)!;

        Assert.Equal([new LotPart(first.Id, 6), new LotPart(second.Id, 2)], journal.TakenBy(entry).Each);
    }

    [Theory]
    [InlineData("order", "1", 1)]
    [InlineData("order", "3", 0)]
    [InlineData("event", "1", 0)]
    public void Only_what_the_source_earned_settles_at_its_word(string type, string id, int settled)
    {
        var world = new World();
        world.EarnPending(10, null, order: "1");
        world.EarnPending(10, null, order: "2");

        Assert.Equal(settled, world.Open().SettleNow(new(type, id), world.Now).Count);
    }

    [Fact]
    public void A_brands_suspension_spares_ends()
    {
        var journal = Journal([Lot(end: Noon)], end => end?.AddDays(3));

        journal.PostDue();

        Assert.Empty(journal.Entries);
        Assert.Equal(Noon.AddDays(3), journal.EndOf(journal.Lot(journal.Open(LotState.Available).Single().Id)!));
    }

    [Fact]
    public void A_lot_whose_end_was_never_noted_ends_all_the_same()
    {
        var journal = Journal([Lot(end: Noon, noted: null)]);

        journal.PostDue();

        Assert.Equal(EntryKind.Expire, Assert.Single(journal.Entries).Kind);
    }

    [Fact]
    public void What_may_be_refunded_and_was_never_available_is_not_given_away()
    {
        var journal = Journal([Lot(end: null)]);

        Assert.Equal(0, journal.Transferable(DateTime.MaxValue));
    }

    [Fact]
    public void There_are_no_other_policies_and_states()
    {
        Assert.ThrowsAny<InvalidOperationException>(() =>
            new ExpiryPolicy((ExpiryKind)99).EndOf(Noon, Noon, null, MemberCloud.Shared.LocalTime.Utc)
        );
        Assert.ThrowsAny<InvalidOperationException>(() => Journal([Lot(end: null, state: (LotState)99)]).PostDue());
    }

    private static PointsJournal Journal(IEnumerable<PointsLot> lots, Func<DateTime?, DateTime?>? spare = null) =>
        new(
            new()
            {
                Currency = "points",
                ActiveAt = DateTime.UnixEpoch,
                Seq = 1,
                Available = 10,
            },
            lots,
            [],
            MemberCloud.Shared.LocalTime.Utc,
            Noon,
            Key,
            spare
        );

    private static PointsLot Lot(DateTime? end, LotState state = LotState.Available) => Lot(end, end, state);

    private static PointsLot Lot(DateTime? end, DateTime? noted, LotState state = LotState.Available) =>
        new()
        {
            Id = MemberCloud.Shared.Ids.New(),
            Currency = "points",
            Seq = 1,
            State = state,
            Amount = 10,
            Remaining = 10,
            SourceType = "order",
            SourceId = "1",
            Refundable = true,
            EarnedAt = Noon.AddDays(-9),
            ExpiresAt = end,
            Expiry = ExpiryPolicy.Fixed.ToString(),
            DueAt = noted,
        };
}
