using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>
/// One account with a database around it: every act loads copies, posts what is due, changes them, and keeps only what
/// the journal says it changed.
/// </summary>
public sealed class World(string zone = "UTC")
{
    public static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly Reference Shop = new("order", "1");

    public LocalTime Local { get; } = LocalTime.Of(zone);
    public DateTime Now { get; set; } = Utc(2026, 1, 10, 12);
    public PointsAccount Account { get; private set; } = new() { Currency = "points", ActiveAt = DateTime.UnixEpoch };
    public List<PointsLot> Lots { get; } = [];
    public List<PointsEntry> Entries { get; } = [];
    public List<PointsMove> Moves { get; } = [];

    public static DateTime Utc(int year, int month, int day, int hour = 0) => new(year, month, day, hour, 0, 0, DateTimeKind.Utc);

    /// <summary>At once unless it says when it settles; it happened now unless it says when.</summary>
    public PointsLot Earn(
        long amount,
        ExpiryPolicy expiry = default,
        DateTime? at = null,
        DateTime? end = null,
        string order = "1"
    ) => EarnPending(amount, at ?? Now, expiry, at, end, order);

    public PointsLot EarnPending(
        long amount,
        DateTime? settles,
        ExpiryPolicy expiry = default,
        DateTime? at = null,
        DateTime? end = null,
        string order = "1"
    )
    {
        Act(DueOnly, journal => journal.Earn(new(amount, at ?? Now, settles, expiry, new("order", order), FixedEnd: end)));
        return Lots[^1];
    }

    public bool Spend(long amount) =>
        Act(l => l.State == LotState.Available || DueOnly(l), journal => journal.Spend(amount, Shop, null)) is not null;

    public IReadOnlyList<PointsEntry> SettleNow(string order = "1") =>
        Act(_ => true, journal => journal.SettleNow(new("order", order), Now));

    public void Schedule(Guid lot, DateTime at) =>
        Act(l => l.Id == lot || DueOnly(l), journal => Done(() => journal.Schedule(lot, at)));

    public PointsEntry Claw(Guid lot, long amount) =>
        Act(_ => true, journal => journal.Claw(journal.Lot(lot)!, amount, Shop, Now, "refund"), lot);

    public void Erase() => Act(_ => true, journal => Done(journal.Erase));

    public void Pass(TimeSpan time)
    {
        Now += time;
        Post();
    }

    public void PassTo(DateTime to) => Pass(to - Now);

    public void Post() => Act(DueOnly, _ => true);

    public PointsLot Lot(Guid id) => Lots.Single(l => l.Id == id);

    /// <summary>Remaining of all lots in the order they were earned: the picture most tests look at.</summary>
    public long[] Remaining() => [.. Lots.OrderBy(l => l.Seq).Select(l => l.Remaining)];

    /// <summary>Opens the account with all open lots (and a closed one, when it is named), as of now.</summary>
    public PointsJournal Open(Func<PointsLot, bool>? which = null, Guid? named = null) =>
        new(
            Copy(Account),
            Lots.Where(l => l.Id == named || (l.State != LotState.Closed && which?.Invoke(l) != false)).Select(Copy),
            Local,
            Now,
            Key
        );

    private T Act<T>(Func<PointsLot, bool> which, Func<PointsJournal, T> act, Guid? named = null)
    {
        var journal = Open(which, named);
        journal.PostDue();
        var all = Open();
        all.PostDue();
        // What a write sees with the lots it loads is what a read sees with all of them.
        Assert.Equal(
            (all.Account.Available, all.Account.Pending, all.Account.Debt),
            (journal.Account.Available, journal.Account.Pending, journal.Account.Debt)
        );
        var result = act(journal);
        Store(journal);
        return result;
    }

    private void Store(PointsJournal journal)
    {
        Account = Copy(journal.Account);
        Lots.RemoveAll(l => journal.Changed.Any(c => c.Id == l.Id));
        Lots.AddRange(journal.Changed.Concat(journal.Added).Select(Copy));
        Entries.AddRange(journal.Entries);
        Moves.AddRange(journal.Moves);
    }

    private bool DueOnly(PointsLot lot) => lot.DueAt <= Now;

    private static bool Done(Action act)
    {
        act();
        return true;
    }

    private static PointsAccount Copy(PointsAccount a) =>
        new()
        {
            TenantId = a.TenantId,
            MemberId = a.MemberId,
            Currency = a.Currency,
            Seq = a.Seq,
            Available = a.Available,
            Pending = a.Pending,
            Held = a.Held,
            Debt = a.Debt,
            Hash = a.Hash,
            ActiveAt = a.ActiveAt,
        };

    private static PointsLot Copy(PointsLot l) =>
        new()
        {
            TenantId = l.TenantId,
            MemberId = l.MemberId,
            Id = l.Id,
            Currency = l.Currency,
            Seq = l.Seq,
            State = l.State,
            Amount = l.Amount,
            Remaining = l.Remaining,
            Reversed = l.Reversed,
            SourceType = l.SourceType,
            SourceId = l.SourceId,
            EarnedAt = l.EarnedAt,
            SettlesAt = l.SettlesAt,
            AvailableAt = l.AvailableAt,
            ExpiresAt = l.ExpiresAt,
            Expiry = l.Expiry,
            DueAt = l.DueAt,
        };
}
