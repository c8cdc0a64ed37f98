using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

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
    public List<PointsHold> Holds { get; } = [];

    public static DateTime Utc(int year, int month, int day, int hour = 0) => new(year, month, day, hour, 0, 0, DateTimeKind.Utc);

    /// <summary>At once unless it says when it settles; it happened now unless it says when.</summary>
    public PointsLot Earn(
        long amount,
        ExpiryPolicy expiry = default,
        DateTime? at = null,
        DateTime? end = null,
        string order = "1",
        bool refundable = false
    ) => EarnPending(amount, at ?? Now, expiry, at, end, order, refundable);

    public PointsLot EarnPending(
        long amount,
        DateTime? settles,
        ExpiryPolicy expiry = default,
        DateTime? at = null,
        DateTime? end = null,
        string order = "1",
        bool refundable = false
    )
    {
        var fixedEnd = expiry.Kind == ExpiryKind.Fixed ? end : null;
        var earned = new NewPoints(
            amount,
            at ?? Now,
            settles,
            expiry,
            new("order", order),
            FixedEnd: fixedEnd,
            Refundable: refundable
        );
        Act(DueOnly, journal => journal.Earn(earned));
        return Lots[^1];
    }

    public bool Spend(long amount) => SpendEntry(amount) is not null;

    public PointsEntry? SpendEntry(long amount) => Act(Spendable, journal => journal.Spend(amount, Shop, null));

    public IReadOnlyList<PointsEntry> SettleNow(string order = "1") =>
        Act(_ => true, journal => journal.SettleNow(new("order", order), Now));

    public void Schedule(Guid lot, DateTime at) =>
        Act(l => l.Id == lot || DueOnly(l), journal => Done(() => journal.Schedule(lot, at)));

    public PointsEntry? Claw(Guid lot, long amount, ClawbackPolicy policy = ClawbackPolicy.AllowNegative) =>
        Act(_ => true, journal => journal.Claw(journal.Lot(lot)!, amount, Shop, Now, "refund", policy), lot);

    public PointsHold? Hold(long amount, TimeSpan time) =>
        Act(Spendable, journal => journal.Hold(amount, Shop, Now + time)) is { } hold ? Holds.Single(h => h.Id == hold.Id) : null;

    /// <summary>Null = the hold has its outcome already.</summary>
    public PointsEntry? Capture(Guid hold, long amount) =>
        Act(DueOnly, journal => journal.FindHold(hold) is { State: HoldState.Held } h ? journal.Capture(h, amount, Shop) : null);

    public void Release(Guid hold) =>
        Act(
            DueOnly,
            journal =>
                Done(() =>
                {
                    if (journal.FindHold(hold) is { State: HoldState.Held } h)
                        journal.Release(h);
                })
        );

    /// <summary>Gives back a part of what an entry took: <paramref name="before"/> of it went back already.</summary>
    public PointsEntry Restore(LotParts taken, long before, long amount, int? graceDays = 7) =>
        Act(
            _ => true,
            journal => journal.Restore(taken.LastFirst(taken.Amount - before - amount, amount), Shop, Now, "refund", graceDays),
            [.. taken.Lots]
        );

    /// <summary>Out of which lots an entry took.</summary>
    public LotParts TakenBy(PointsEntry entry) =>
        new(Moves.Where(m => m.Seq == entry.Seq).Select(m => new LotPart(m.LotId, -m.Amount)));

    public IReadOnlyList<GivenPart>? TransferOut(long amount, DateTime? settledBy = null) =>
        Act(Spendable, journal => journal.TransferOut(amount, settledBy ?? Now, Shop))?.Parts;

    public PointsEntry TransferIn(IReadOnlyList<GivenPart> parts) => Act(DueOnly, journal => journal.TransferIn(parts, Shop));

    public PointsEntry? TakeAway(long amount) => Act(Spendable, journal => journal.TakeAway(amount, Shop, "by hand"));

    public IReadOnlyList<(DateTime EarnedAt, long Amount)>? TakeGrowthAway(long amount) =>
        Act(Spendable, journal => journal.TakeGrowthAway(amount, Shop, "by hand"));

    /// <summary>Gives lots to a member who is the same person.</summary>
    public GivenLots GiveLots(long most, params Guid[] which) =>
        Act(_ => true, journal => journal.GiveLots(which.ToHashSet(), most, Shop), which);

    public PointsEntry TakeLots(GivenLots given) =>
        Act(_ => true, journal => journal.TakeLots(given, Shop), [.. given.Lots.Select(l => l.Id)]);

    /// <summary>Owes points: an order that was refunded had earned them, and they were spent.</summary>
    public void Owe(long amount)
    {
        var lot = Earn(amount);
        Spend(amount);
        Claw(lot.Id, amount);
    }

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

    /// <summary>Opens the account with all open lots and holds (and closed lots that are named or held from), as of now.</summary>
    public PointsJournal Open(Func<PointsLot, bool>? which = null, params Guid[] named)
    {
        var holds = Holds.Where(h => h.State == HoldState.Held).ToList();
        var extra = holds.SelectMany(h => LotParts.Parse(h.Taken).Lots).Concat(named).ToHashSet();
        return new(
            Copy(Account),
            Lots.Where(l => extra.Contains(l.Id) || (l.State != LotState.Closed && which?.Invoke(l) != false)).Select(Copy),
            holds.Select(Copy),
            Local,
            Now,
            Key
        );
    }

    private T Act<T>(Func<PointsLot, bool> which, Func<PointsJournal, T> act, params Guid[] named)
    {
        var journal = Open(which, named);
        journal.PostDue();
        var all = Open();
        all.PostDue();
        // What a write sees with the lots it loads is what a read sees with all of them.
        Assert.Equal(
            (all.Account.Available, all.Account.Pending, all.Account.Held, all.Account.Debt),
            (journal.Account.Available, journal.Account.Pending, journal.Account.Held, journal.Account.Debt)
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
        Holds.RemoveAll(h => journal.ChangedHolds.Any(c => c.Id == h.Id));
        Holds.AddRange(journal.ChangedHolds.Concat(journal.AddedHolds).Select(Copy));
    }

    private bool Spendable(PointsLot lot) => lot.State == LotState.Available || DueOnly(lot);

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
            Issued = a.Issued,
            Redeemed = a.Redeemed,
            Expired = a.Expired,
            Adjusted = a.Adjusted,
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
            Refundable = l.Refundable,
            EarnedAt = l.EarnedAt,
            SettlesAt = l.SettlesAt,
            ScheduledAt = l.ScheduledAt,
            AvailableAt = l.AvailableAt,
            OpenedSeq = l.OpenedSeq,
            ExpiresAt = l.ExpiresAt,
            Expiry = l.Expiry,
            DueAt = l.DueAt,
        };

    private static PointsHold Copy(PointsHold h) =>
        new()
        {
            TenantId = h.TenantId,
            Id = h.Id,
            MemberId = h.MemberId,
            Currency = h.Currency,
            Seq = h.Seq,
            State = h.State,
            Amount = h.Amount,
            Captured = h.Captured,
            Taken = h.Taken,
            ReferenceType = h.ReferenceType,
            ReferenceId = h.ReferenceId,
            CreatedAt = h.CreatedAt,
            ExpiresAt = h.ExpiresAt,
            ResolvedAt = h.ResolvedAt,
            ResolvedSeq = h.ResolvedSeq,
        };
}
