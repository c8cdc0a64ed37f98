using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Points;

/// <summary>One member's account in one currency. Accounts are locked in this order, everywhere.</summary>
public readonly record struct AccountKey(Guid MemberId, string Currency) : IComparable<AccountKey>, IComparable
{
    public int CompareTo(AccountKey other) =>
        MemberId.CompareTo(other.MemberId) is var byMember and not 0 ? byMember : string.CompareOrdinal(Currency, other.Currency);

    int IComparable.CompareTo(object? other) => other is AccountKey key ? CompareTo(key) : 1;
}

/// <summary>Which lots a decision needs beside those that are due.</summary>
public enum LotsWanted
{
    Due,
    Spendable,
    Open,
}

/// <summary>
/// The only writer of points. An account's row is written first and from the number it was loaded with, its entries carry the numbers that follow: of two
/// writers one finds its numbers taken, and everything it meant to write is undone and decided anew.
/// </summary>
public sealed partial class PointsLedger(IDoor door, TenantScope scope)
{
    private const int LotLimit = 500;

    private static readonly Type[] AccountTypes = [typeof(Guid), typeof(string)];
    private static readonly Type[] DueTypes = [typeof(Guid), typeof(string), typeof(DateTime)];

    private static readonly Lookup<PointsAccount> Accounts = new("member_id = {0} AND currency = {1}", AccountTypes)
    {
        Locks = true,
    };
    private static readonly Lookup<PointsLot> DueLots = new(
        "member_id = {0} AND currency = {1} AND state <> 'closed' AND due_at <= {2}",
        DueTypes
    );
    private static readonly Lookup<PointsLot> SomeSpendable = new(
        "member_id = {0} AND currency = {1} AND state <> 'closed' AND (state = 'available' OR due_at <= {2})",
        DueTypes,
        Limit: LotLimit
    );
    private static readonly Lookup<PointsLot> AllOpen = new(
        "member_id = {0} AND currency = {1} AND state <> 'closed'",
        AccountTypes
    );
    private static readonly Lookup<PointsLot> ById = new("member_id = {0} AND id = {1}", [typeof(Guid), typeof(Guid)]);

    private static readonly Lookup<PointsHold> OpenHolds = new(
        "member_id = {0} AND currency = {1} AND state = 'held'",
        AccountTypes
    );

    public static readonly Lookup<PointsHold> HoldById = new("id = {0}", [typeof(Guid)]);

    private static readonly Update<PointsAccount> AccountChange = new(
        [
            nameof(PointsAccount.Seq),
            nameof(PointsAccount.Available),
            nameof(PointsAccount.Pending),
            nameof(PointsAccount.Held),
            nameof(PointsAccount.Debt),
            nameof(PointsAccount.Issued),
            nameof(PointsAccount.Redeemed),
            nameof(PointsAccount.Expired),
            nameof(PointsAccount.Adjusted),
            nameof(PointsAccount.Hash),
            nameof(PointsAccount.ActiveAt),
        ],
        new(
            nameof(PointsAccount.Seq),
            account => account.LoadedSeq,
            account => new AccountKey(account.MemberId, account.Currency)
        )
    );
    private static readonly Update<PointsLot> LotChange = new([
        nameof(PointsLot.State),
        nameof(PointsLot.Remaining),
        nameof(PointsLot.Reversed),
        nameof(PointsLot.SettlesAt),
        nameof(PointsLot.ScheduledAt),
        nameof(PointsLot.AvailableAt),
        nameof(PointsLot.OpenedSeq),
        nameof(PointsLot.ExpiresAt),
        nameof(PointsLot.DueAt),
    ]);

    private static readonly Update<PointsHold> HoldChange = new([
        nameof(PointsHold.State),
        nameof(PointsHold.Captured),
        nameof(PointsHold.ResolvedAt),
        nameof(PointsHold.ResolvedSeq),
    ]);

    /// <summary>Opens accounts inside a transaction, locked in order. Lots and holds named by id come too, closed and resolved ones included.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="keys">Which accounts.</param>
    /// <param name="wanted">Lots beside those that are due.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="lots">Lots by id.</param>
    /// <param name="holds">Holds by id.</param>
    /// <param name="also">Adds what else is wanted in the same trip; it is locked after the accounts.</param>
    public async Task<IReadOnlyDictionary<AccountKey, PointsJournal>> OpenAsync(
        IDoorSession session,
        IReadOnlyCollection<AccountKey> keys,
        LotsWanted wanted,
        CancellationToken ct,
        IReadOnlyCollection<(Guid MemberId, Guid LotId)>? lots = null,
        IReadOnlyCollection<Guid>? holds = null,
        Action<LoadBatch>? also = null
    )
    {
        var load = new LoadBatch();
        var opening = Ask(load, keys, wanted, lots, holds);
        also?.Invoke(load);
        await session.LoadAsync(load, ct);
        return await opening.OpenAsync(session, ct);
    }

    /// <summary>Adds what journals changed to a batch, accounts first.</summary>
    public static void Write(StoreBatch store, IReadOnlyCollection<PointsJournal> journals)
    {
        var written = journals
            .Where(j => j.Entries.Count > 0)
            .OrderBy(j => new AccountKey(j.Account.MemberId, j.Account.Currency))
            .ToList();
        store.Update<PointsAccount>(AccountChange, [.. written.Where(j => !j.IsNew).Select(j => j.Account)]);
        store.Insert<PointsAccount>([.. written.Where(j => j.IsNew).Select(j => j.Account)]);
        store.Insert<PointsEntry>([.. written.SelectMany(j => j.Entries)]);
        store.Insert<PointsLot>([.. journals.SelectMany(j => j.Added)]);
        store.Update<PointsLot>(LotChange, [.. journals.SelectMany(j => j.Changed)]);
        store.Insert<PointsMove>([.. written.SelectMany(j => j.Moves)]);
        store.Insert<PointsHold>([.. written.SelectMany(j => j.AddedHolds)]);
        store.Update<PointsHold>(HoldChange, [.. written.SelectMany(j => j.ChangedHolds)]);
        foreach (var kind in written.SelectMany(j => j.Entries).CountBy(e => e.Kind))
            Telemetry.Posted(Words<EntryKind>.Of(kind.Key), kind.Value);
        store.Insert<OutboxEvent>([
            .. written.Where(j => j.Account.Currency != Currencies.Growth).SelectMany(j => j.Entries).Select(EventOf),
        ]);
    }

    private static OutboxEvent EventOf(PointsEntry entry) =>
        OutboxEvent.Of(
            entry.TenantId,
            $"points.{Words<EntryKind>.Of(entry.Kind)}",
            entry.MemberId,
            // Ids and amounts only: a reason is people's own words.
            PointsEntryShape.Of(entry) with
            {
                Reason = null,
            },
            entry.OccurredAt
        );
}
