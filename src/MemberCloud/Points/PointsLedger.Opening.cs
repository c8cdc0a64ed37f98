using MemberCloud.Data;

namespace MemberCloud.Points;

/// <summary>How accounts are loaded: what a decision on them may need, in as few round trips as that takes.</summary>
public sealed partial class PointsLedger
{
    private Opening Ask(
        LoadBatch load,
        IReadOnlyCollection<AccountKey> keys,
        LotsWanted wanted,
        IReadOnlyCollection<(Guid MemberId, Guid LotId)>? named,
        IReadOnlyCollection<Guid>? holds
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
        var namedHolds = load.Add(HoldById, [.. (holds ?? []).Select(h => new object[] { h })]);
        // Who names a hold has one: the open ones come in the same trip.
        var openHolds = holds is { Count: > 0 } ? load.Add(OpenHolds, plain) : null;
        return new(this, sorted, accounts, lots, extra, namedHolds, openHolds, wanted, now);
    }

    /// <summary>Adds to a batch what spending from, or giving back to, accounts takes; their journals are opened once it is loaded.</summary>
    public Func<IDoorReads, CancellationToken, Task<IReadOnlyDictionary<AccountKey, PointsJournal>>> Ask(
        LoadBatch load,
        IReadOnlyCollection<AccountKey> keys,
        LotsWanted wanted = LotsWanted.Spendable
    ) => Ask(load, keys, wanted, null, null).OpenAsync;

    private sealed record Opening(
        PointsLedger Ledger,
        List<AccountKey> Keys,
        List<PointsAccount> Accounts,
        List<PointsLot> Lots,
        List<PointsLot> Extra,
        List<PointsHold> NamedHolds,
        List<PointsHold>? Held,
        LotsWanted Wanted,
        DateTime Now
    )
    {
        public async Task<IReadOnlyDictionary<AccountKey, PointsJournal>> OpenAsync(IDoorReads session, CancellationToken ct)
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
            var (holds, held) = await HoldsAsync(session, ct);
            var byAccount = lots.Concat(Extra)
                .Concat(held)
                .DistinctBy(l => (l.MemberId, l.Id))
                .ToLookup(l => new AccountKey(l.MemberId, l.Currency));
            if (Wanted != LotsWanted.Due && Accounts.Exists(a => Torn(a, byAccount)))
                throw new ConflictException("points_lots");
            var found = Accounts.ToDictionary(a => new AccountKey(a.MemberId, a.Currency));
            return Keys.ToDictionary(
                k => k,
                k => Ledger.Journal(found.GetValueOrDefault(k) ?? Ledger.Empty(k), byAccount[k], holds[k])
            );
        }

        /// <summary>
        /// Where something is held: the open holds, and the lots, closed ones too, that they would go back to. Who wants only what is due wants only the lots of holds whose time
        /// ran out.
        /// </summary>
        private async Task<(ILookup<AccountKey, PointsHold>, List<PointsLot>)> HoldsAsync(
            IDoorReads session,
            CancellationToken ct
        )
        {
            var load = new LoadBatch();
            var holds =
                Held
                ?? load.Add(OpenHolds, [.. Accounts.Where(a => a.Held > 0).Select(a => new object[] { a.MemberId, a.Currency })]);
            await session.LoadAsync(load, ct);
            var byAccount = holds.UnionBy(NamedHolds, h => h.Id).ToLookup(h => new AccountKey(h.MemberId, h.Currency));
            if (Accounts.Exists(a => byAccount[new(a.MemberId, a.Currency)].Where(IsOpen).Sum(h => h.Amount) != a.Held))
                throw new ConflictException("points_holds");
            var more = new LoadBatch();
            var lots = more.Add(
                ById,
                [
                    .. holds
                        .Where(h => Wanted != LotsWanted.Due || h.ExpiresAt <= Now)
                        .SelectMany(h => LotParts.Parse(h.Taken).Lots.Select(l => new object[] { h.MemberId, l }))
                        .DistinctBy(k => k[1]),
                ]
            );
            await session.LoadAsync(more, ct);
            return (byAccount, lots);
        }

        private static bool IsOpen(PointsHold hold) => hold.State == HoldState.Held;
    }

    /// <summary>Loaded without a lock, account and lots may be of two moments: then they do not agree.</summary>
    private static bool Torn(PointsAccount account, ILookup<AccountKey, PointsLot> lots) =>
        lots[new(account.MemberId, account.Currency)].Where(l => l.State == LotState.Available).Sum(l => l.Remaining)
        != account.Available;

    internal PointsJournal Journal(PointsAccount account, IEnumerable<PointsLot> lots, IEnumerable<PointsHold> holds) =>
        new(
            account,
            lots,
            holds,
            scope.Tenant.Local,
            scope.Now,
            scope.Tenant.Keys.Ledger,
            scope.Tenant.Pause is { } pause ? pause.Spare : null
        );

    internal PointsAccount Empty(AccountKey key) =>
        new()
        {
            TenantId = scope.Id,
            MemberId = key.MemberId,
            Currency = key.Currency,
            ActiveAt = DateTime.UnixEpoch,
        };
}
