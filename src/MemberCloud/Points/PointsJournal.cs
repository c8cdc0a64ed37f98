using MemberCloud.Shared;

namespace MemberCloud.Points;

/// <summary>
/// One account in memory: loaded, changed by decisions, stored. All arithmetic of the ledger is here, and nothing else: no clock, no database.
/// After every step: sum of entries = available + pending + held - debt, and open lots hold exactly what is available and pending.
/// </summary>
public sealed partial class PointsJournal(
    PointsAccount account,
    IEnumerable<PointsLot> openLots,
    IEnumerable<PointsHold> openHolds,
    LocalTime local,
    DateTime now,
    byte[] sealKey,
    Func<DateTime?, DateTime?>? spare = null
)
{
    private readonly List<PointsLot> lots = [.. openLots];
    private readonly HashSet<PointsLot> changed = [];
    private readonly HashSet<PointsLot> added = [];
    private readonly List<PointsHold> holds = [.. openHolds];

    public PointsAccount Account { get; } = Loaded(account);

    /// <summary>The account has no row yet.</summary>
    public bool IsNew { get; } = account.Seq == 0;

    public List<PointsEntry> Entries { get; } = [];

    public List<PointsMove> Moves { get; } = [];

    public IReadOnlyCollection<PointsLot> Added => added;

    public IEnumerable<PointsLot> Changed => changed.Where(l => !added.Contains(l));

    /// <summary>Lots with something left, soonest end first (no end last), then oldest: the order in which they are spent.</summary>
    public IEnumerable<PointsLot> Open(LotState state) =>
        lots.Where(l => l.State == state).OrderBy(l => EndOf(l) ?? DateTime.MaxValue).ThenBy(l => l.EarnedAt).ThenBy(l => l.Seq);

    public PointsLot? Lot(Guid id) => lots.Find(l => l.Id == id);

    /// <summary>Posts what fell due by now, in order of time; on one instant settling comes first, then holds that ran out, then expiring.</summary>
    public void PostDue()
    {
        while (NextDue() is { } post)
            post();
    }

    private Action? NextDue()
    {
        var lot = lots.Where(l => DueOf(l) <= now).MinBy(l => (DueOf(l), l.State, l.Seq));
        var hold = holds.Where(h => h.State == HoldState.Held && h.ExpiresAt <= now).MinBy(h => (h.ExpiresAt, h.Seq));
        if (lot is null)
            return hold is null ? null : () => TimeOut(hold);
        var due = DueOf(lot)!.Value;
        if (hold is not null && (hold.ExpiresAt, LotState.Available).CompareTo((due, lot.State)) <= 0)
            return () => TimeOut(hold);
        return lot.State == LotState.Pending ? () => Settle(lot, due) : () => Expire(lot, due);
    }

    public PointsEntry Earn(NewPoints earning, EntryKind kind = EntryKind.Earn)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(earning.Amount);
        var atOnce = earning.SettlesAt <= earning.OccurredAt;
        var paid = atOnce ? Math.Min(Account.Debt, earning.Amount) : 0;
        var entry = Append(
            kind,
            new(Available: atOnce ? earning.Amount - paid : 0, Pending: atOnce ? 0 : earning.Amount, Debt: -paid),
            earning.Source,
            earning.OccurredAt,
            earning.Reason,
            earning.Rule
        );
        var lot = new PointsLot
        {
            TenantId = Account.TenantId,
            MemberId = Account.MemberId,
            Id = Ids.New(),
            Currency = Account.Currency,
            Seq = entry.Seq,
            State = LotState.Pending,
            Amount = earning.Amount,
            Remaining = earning.Amount,
            SourceType = earning.Source.Type,
            SourceId = earning.Source.Id,
            Refundable = earning.Refundable,
            EarnedAt = earning.OccurredAt,
            SettlesAt = earning.SettlesAt,
            ExpiresAt = earning.FixedEnd,
            Expiry = earning.Expiry.ToString(),
            DueAt = earning.SettlesAt,
        };
        lots.Add(lot);
        added.Add(lot);
        Move(entry, lot, earning.Amount);
        if (kind == EntryKind.Earn)
            Touch(earning.OccurredAt);
        if (atOnce)
            Open(lot, earning.OccurredAt, entry, paid);
        return entry;
    }

    /// <summary>All or nothing, soonest end first. Null when there is too little, or debt.</summary>
    public PointsEntry? Spend(long amount, Reference reference, string? reason)
    {
        if (Account.Debt > 0 || Account.Available < amount)
            return null;
        var entry = Append(EntryKind.Spend, new(Available: -amount), reference, now, reason);
        Take(Open(LotState.Available), amount, entry);
        Touch(now);
        return entry;
    }

    /// <summary>Out of which lots an entry of this journal took.</summary>
    public LotParts TakenBy(PointsEntry entry) =>
        new(Moves.Where(m => m.Seq == entry.Seq).Select(m => new LotPart(m.LotId, -m.Amount)));

    /// <summary>Says when a source's waiting points settle (the order was completed). No amount moves, so no entry is written.</summary>
    public void Schedule(Guid lotId, DateTime settlesAt)
    {
        if (Lot(lotId) is not { State: LotState.Pending, SettlesAt: null } lot)
            return;
        lot.SettlesAt = lot.DueAt = settlesAt;
        lot.ScheduledAt = now;
        changed.Add(lot);
    }

    /// <summary>Settles a source's pending points, whatever their date was. Returns the entries, none when nothing was pending.</summary>
    public IReadOnlyList<PointsEntry> SettleNow(Reference source, DateTime at) =>
        [
            .. Open(LotState.Pending)
                .Where(l => l.SourceType == source.Type && l.SourceId == source.Id)
                .ToList()
                .Select(l => Settle(l, at)),
        ];

    /// <summary>When points of a lot end; for those that end with inactivity that moves with every earning and spending, and a brand's suspension spares them.</summary>
    public DateTime? EndOf(PointsLot lot)
    {
        var end =
            lot.AvailableAt is { } available && ExpiryPolicy.Parse(lot.Expiry) is { Kind: ExpiryKind.Inactive } policy
                ? policy.EndOf(available, Account.ActiveAt, null, local)
                : lot.ExpiresAt;
        return spare is null ? end : spare(end);
    }

    private DateTime? DueOf(PointsLot lot) =>
        lot.State switch
        {
            LotState.Pending => lot.SettlesAt,
            LotState.Available => EndOf(lot) is { } end && lot.DueAt is { } noted && noted <= now && noted < end
                ? Postpone(lot, end)
                : EndOf(lot),
            LotState.Closed => null,
        };

    /// <summary>The member was active since the end was noted: note the later one, so that the jobs look again then.</summary>
    private DateTime Postpone(PointsLot lot, DateTime end)
    {
        lot.DueAt = end;
        changed.Add(lot);
        return end;
    }

    private PointsEntry Settle(PointsLot lot, DateTime at)
    {
        var paid = Math.Min(Account.Debt, lot.Remaining);
        var entry = Append(
            EntryKind.Settle,
            new(Available: lot.Remaining - paid, Pending: -lot.Remaining, Debt: -paid),
            new(lot.SourceType, lot.SourceId),
            at
        );
        Open(lot, at, entry, paid);
        return entry;
    }

    /// <summary>The lot can be spent from here on, but for what pays debt.</summary>
    private void Open(PointsLot lot, DateTime at, PointsEntry entry, long paid)
    {
        lot.State = LotState.Available;
        (lot.AvailableAt, lot.OpenedSeq) = (at, entry.Seq);
        lot.ExpiresAt = lot.DueAt = ExpiryPolicy.Parse(lot.Expiry).EndOf(at, Account.ActiveAt, lot.ExpiresAt, local);
        changed.Add(lot);
        Take([lot], paid, entry);
    }

    private void Expire(PointsLot lot, DateTime at, string? reason = null)
    {
        var pending = lot.State == LotState.Pending ? lot.Remaining : 0;
        var delta = new Deltas(Available: pending - lot.Remaining, Pending: -pending);
        var entry = Append(EntryKind.Expire, delta, new("lot", Ids.Show(IdPrefix.Lot, lot.Id)), at, reason);
        Take([lot], lot.Remaining, entry);
    }

    private static PointsAccount Loaded(PointsAccount account)
    {
        account.LoadedSeq = account.Seq;
        return account;
    }

    private void Touch(DateTime at)
    {
        if (at > Account.ActiveAt)
            Account.ActiveAt = at;
    }
}
