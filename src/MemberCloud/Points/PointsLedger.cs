using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>One member's account in one currency. Accounts are locked in this order, everywhere.</summary>
public readonly record struct AccountKey(Guid MemberId, string Currency) : IComparable<AccountKey>
{
    public int CompareTo(AccountKey other) =>
        MemberId.CompareTo(other.MemberId) is var byMember and not 0 ? byMember : string.CompareOrdinal(Currency, other.Currency);
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
public sealed class PointsLedger(IDoor door, TenantScope scope)
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
    private static readonly Lookup<Member> Members = new("id = {0}", [typeof(Guid)]);
    private static readonly Lookup<IdempotentAnswer> Answers = new(
        "credential_id = {0} AND idempotency_key = {1}",
        [typeof(Guid), typeof(string)]
    );

    private static readonly Update<PointsAccount> AccountChange = new(
        [
            nameof(PointsAccount.Seq),
            nameof(PointsAccount.Available),
            nameof(PointsAccount.Pending),
            nameof(PointsAccount.Held),
            nameof(PointsAccount.Debt),
            nameof(PointsAccount.Hash),
            nameof(PointsAccount.ActiveAt),
        ],
        new(nameof(PointsAccount.Seq), account => account.LoadedSeq)
    );
    private static readonly Update<PointsLot> LotChange = new([
        nameof(PointsLot.State),
        nameof(PointsLot.Remaining),
        nameof(PointsLot.Reversed),
        nameof(PointsLot.SettlesAt),
        nameof(PointsLot.AvailableAt),
        nameof(PointsLot.ExpiresAt),
        nameof(PointsLot.DueAt),
    ]);

    /// <summary>
    /// The hot path: one decision on one account, its idempotent answer with it, in two round trips and one commit. <paramref name="decide"/> may run several
    /// times and changes the journal only. The member is not held: an erasure ends by entries what there is to spend or settle, so the account's number guards
    /// against it too.
    /// </summary>
    public Task<IResult> PostAsync<T>(
        AccountKey key,
        LotsWanted wanted,
        IdempotencyTicket ticket,
        Func<PointsJournal, Result<T>> decide,
        int status,
        Func<T, string> show,
        CancellationToken ct
    ) =>
        door.RunAsync<IResult>(
            scope.Id,
            async session =>
            {
                var load = new LoadBatch();
                var opening = Ask(load, [key], wanted, null);
                var answers = load.Add(
                    Answers,
                    [
                        [ticket.CredentialId, ticket.Key],
                    ]
                );
                var members = load.Add(
                    Members,
                    [
                        [key.MemberId],
                    ]
                );
                await session.LoadAsync(load, ct);
                if (answers.Count > 0)
                    return ticket.Replay(answers[0]);
                if (members is not [{ ErasedAt: null }])
                    return (members.Count == 0 ? Problem.NotFound("member") : MemberRules.Erased).ToHttp();
                var journal = (await opening.OpenAsync(session, ct))[key];
                var store = new StoreBatch();
                var result = decide(journal);
                if (result.Problem is { } problem)
                {
                    store.Insert([ticket.Answer(scope.Id, problem.Status, Json.Write(problem.ToHttp().ProblemDetails))]);
                    await session.StoreAsync(store, ct);
                    return problem.ToHttp();
                }
                // No entry, no write: nothing but the entry's number guards what was loaded without a lock.
                if (journal.Entries.Count > 0)
                    Write(store, [journal]);
                var answer = ticket.Answer(scope.Id, status, show(result.Value));
                await session.StoreAsync(store.Insert([answer]), ct);
                return ticket.Replay(answer);
            },
            ct
        );

    /// <summary>Opens accounts inside a transaction, locked in order. Lots named by id come too, closed ones included.</summary>
    public async Task<IReadOnlyDictionary<AccountKey, PointsJournal>> OpenAsync(
        IDoorSession session,
        IReadOnlyCollection<AccountKey> keys,
        LotsWanted wanted,
        CancellationToken ct,
        IReadOnlyCollection<(Guid MemberId, Guid LotId)>? lots = null
    )
    {
        var load = new LoadBatch();
        var opening = Ask(load, keys, wanted, lots);
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
        foreach (var kind in written.SelectMany(j => j.Entries).CountBy(e => e.Kind))
            Telemetry.Posted(Words<EntryKind>.Of(kind.Key), kind.Value);
        store.Insert<OutboxEvent>([
            .. written.Where(j => j.Account.Currency != Currencies.Growth).SelectMany(j => j.Entries).Select(EventOf),
        ]);
    }

    /// <summary>An account as it stands now, with what is due counted as done. Nothing is written; one statement, so that account and lots are of one moment.</summary>
    public async Task<PointsJournal> ReadAsync(MemberCloudDb db, AccountKey key, CancellationToken ct)
    {
        var lots = db.Set<PointsLot>()
            .Where(l => l.MemberId == key.MemberId && l.Currency == key.Currency && l.State != LotState.Closed);
        var accounts = db.Set<PointsAccount>()
            .AsNoTracking()
            .Where(a => a.MemberId == key.MemberId && a.Currency == key.Currency);
        // A left join, not a list inside the row: SQLite has no APPLY.
        var rows = await (
            from account in accounts
            join lot in lots on new { account.MemberId, account.Currency } equals new { lot.MemberId, lot.Currency } into own
            from lot in own.DefaultIfEmpty()
            select new { Account = account, Lot = lot }
        ).ToListAsync(ct);
        var journal = Journal(rows.FirstOrDefault()?.Account ?? Empty(key), rows.Select(r => r.Lot).OfType<PointsLot>());
        journal.PostDue();
        return journal;
    }

    private Opening Ask(
        LoadBatch load,
        IReadOnlyCollection<AccountKey> keys,
        LotsWanted wanted,
        IReadOnlyCollection<(Guid MemberId, Guid LotId)>? named
    )
    {
        var now = scope.Now;
        var sorted = keys.Distinct().Order().ToList();
        List<object[]> plain = [.. sorted.Select(k => new object[] { k.MemberId, k.Currency })];
        List<object[]> timed = [.. sorted.Select(k => new object[] { k.MemberId, k.Currency, now })];
        var accounts = load.Add(Accounts, plain);
        var lots = wanted switch
        {
            LotsWanted.Due => load.Add(DueLots, timed),
            LotsWanted.Spendable => load.Add(SomeSpendable, timed),
            LotsWanted.Open => load.Add(AllOpen, plain),
        };
        var extra = load.Add(ById, [.. (named ?? []).Select(n => new object[] { n.MemberId, n.LotId })]);
        return new(this, sorted, accounts, lots, extra, wanted);
    }

    private sealed record Opening(
        PointsLedger Ledger,
        List<AccountKey> Keys,
        List<PointsAccount> Accounts,
        List<PointsLot> Lots,
        List<PointsLot> Extra,
        LotsWanted Wanted
    )
    {
        public async Task<IReadOnlyDictionary<AccountKey, PointsJournal>> OpenAsync(IDoorSession session, CancellationToken ct)
        {
            var lots = Lots;
            if (
                Wanted == LotsWanted.Spendable
                && Lots.GroupBy(l => new AccountKey(l.MemberId, l.Currency)).Any(g => g.Count() >= LotLimit)
            )
            {
                // A rare wallet with very many lots: which end soonest can only be said with all of them at hand.
                var more = new LoadBatch();
                lots = more.Add(AllOpen, [.. Keys.Select(k => new object[] { k.MemberId, k.Currency })]);
                await session.LoadAsync(more, ct);
            }
            var byAccount = lots.Concat(Extra)
                .DistinctBy(l => (l.MemberId, l.Id))
                .ToLookup(l => new AccountKey(l.MemberId, l.Currency));
            if (Wanted != LotsWanted.Due && Accounts.Exists(a => Torn(a, byAccount)))
                throw new ConflictException("points_lots");
            var found = Accounts.ToDictionary(a => new AccountKey(a.MemberId, a.Currency));
            return Keys.ToDictionary(k => k, k => Ledger.Journal(found.GetValueOrDefault(k) ?? Ledger.Empty(k), byAccount[k]));
        }
    }

    /// <summary>Loaded without a lock, account and lots may be of two moments: then they do not agree.</summary>
    private static bool Torn(PointsAccount account, ILookup<AccountKey, PointsLot> lots) =>
        lots[new(account.MemberId, account.Currency)].Where(l => l.State == LotState.Available).Sum(l => l.Remaining)
        != account.Available;

    private PointsJournal Journal(PointsAccount account, IEnumerable<PointsLot> lots) =>
        new(
            account,
            lots,
            scope.Tenant.Local,
            scope.Now,
            scope.Tenant.Keys.Ledger,
            scope.Tenant.Pause is { } pause ? pause.Spare : null
        );

    private PointsAccount Empty(AccountKey key) =>
        new()
        {
            TenantId = scope.Id,
            MemberId = key.MemberId,
            Currency = key.Currency,
            ActiveAt = DateTime.UnixEpoch,
        };

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
