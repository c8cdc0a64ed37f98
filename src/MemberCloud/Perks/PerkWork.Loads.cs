using MemberCloud.Data;
using MemberCloud.Tenancy;

namespace MemberCloud.Perks;

/// <summary>How a perk of a member comes out of the database: locked to be written, or to look at.</summary>
public sealed partial class PerkWork
{
    private static readonly Type[] OfPerk = [typeof(Guid), typeof(Guid)];
    private static readonly Type[] OfPerkAt = [typeof(Guid), typeof(Guid), typeof(DateTime)];

    // ux_perk_grants_period; these rows are the lock of the perk.
    private static readonly Lookup<PerkGrant> InForce = new(
        "member_id = {0} AND perk_id = {1} AND (ends_at IS NULL OR ends_at > {2})",
        OfPerkAt,
        "id"
    )
    {
        Locks = true,
    };
    private static readonly Lookup<PerkGrant> Seen = new(
        "member_id = {0} AND perk_id = {1} AND (ends_at IS NULL OR ends_at > {2})",
        OfPerkAt,
        "id"
    );
    private static readonly Lookup<PerkGrant> Last = new(
        "member_id = {0} AND perk_id = {1} AND ends_at <= {2}",
        OfPerkAt,
        "ends_at DESC",
        1
    );
    private static readonly Lookup<PerkGrant> ById = new("id = {0}", [typeof(Guid)]) { Locks = true };

    // ix_perk_reservations_open
    private static readonly Lookup<PerkReservation> Open = new(
        "member_id = {0} AND perk_id = {1} AND state = 'reserved'",
        OfPerk,
        "id"
    );

    /// <summary>Opens a perk of a member inside a transaction, what has run out given back.</summary>
    public static async Task<PerkWork> OpenAsync(
        IDoorSession session,
        TenantInfo tenant,
        (Guid Member, Guid Perk) of,
        DateTime now,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        object[] key = [of.Member, of.Perk, now];
        var grants = load.Add(InForce, [key]);
        grants.AddRange(await LoadedAsync(session, load, Last, key, ct));
        // After the grants, whose lock whoever resolves a reservation holds.
        var open = await LoadedAsync(session, new(), Open, [of.Member, of.Perk], ct);
        var older = open.SelectMany(r => GrantParts.Read(r.Parts))
            .Select(p => p.GrantId)
            .Except(grants.Select(g => g.Id))
            .Order();
        load = new();
        var more = load.Add(ById, [.. older.Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        return new(tenant, of, now, [.. grants, .. more], open);
    }

    /// <summary>Adds to a batch what there is of a perk, to look at: nothing is locked, and nothing of it is to be written.</summary>
    public static Func<PerkWork> Look(LoadBatch load, TenantInfo tenant, (Guid Member, Guid Perk) of, DateTime now)
    {
        var grants = load.Add(
            Seen,
            [
                [of.Member, of.Perk, now],
            ]
        );
        var last = load.Add(
            Last,
            [
                [of.Member, of.Perk, now],
            ]
        );
        var open = load.Add(
            Open,
            [
                [of.Member, of.Perk],
            ]
        );
        return () =>
        {
            List<PerkGrant> all = [.. grants, .. last];
            var known = all.Select(g => g.Id).ToHashSet();
            // What others took from is of no concern to grants that are at hand.
            return new(tenant, of, now, all, open.Where(r => GrantParts.Read(r.Parts).All(p => known.Contains(p.GrantId))));
        };
    }

    /// <summary>Gives back what has run out, and nothing else, inside a transaction: how many reservations.</summary>
    public static async Task<int> PostDueAsync(
        IDoorSession session,
        TenantInfo tenant,
        (Guid Member, Guid Perk) of,
        DateTime now,
        CancellationToken ct
    )
    {
        var work = await OpenAsync(session, tenant, of, now, ct);
        var store = new StoreBatch();
        work.Write(store);
        await session.StoreAsync(store, ct);
        return work.resolved.Count;
    }

    private static async Task<List<T>> LoadedAsync<T>(
        IDoorSession session,
        LoadBatch load,
        Lookup<T> lookup,
        object[] key,
        CancellationToken ct
    )
        where T : class, ITenantOwned
    {
        var found = load.Add(lookup, [key]);
        await session.LoadAsync(load, ct);
        return found;
    }
}
