using System.Security.Cryptography;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Points;

/// <summary>What <c>ledger.checkpoint</c> says: one digest over the last seals of all accounts, which pins the whole ledger as it stood.</summary>
/// <param name="AuditLines">How many lines the audit log had then.</param>
/// <param name="AuditSeal">The seal of its last line: a log cut off behind our back no longer has it.</param>
public sealed record CheckpointEvent(int Accounts, string Digest, long AuditLines, string AuditSeal);

/// <summary>
/// Reads every account from its first entry: numbers without gaps, seals, balances after, the account's row with its part of the books, lots, moves and holds; then
/// the audit log. What is wrong is named. By the wall
/// clock: whether stored rows were altered is no question of a sandbox's time.
/// </summary>
public sealed partial class VerifyLedgerJob(
    MemberCloudDb db,
    Transactions transactions,
    TenantScope scope,
    AuditLog audit,
    ILogger<VerifyLedgerJob> log
) : ITenantJob
{
    public static Schedule When { get; } = Schedule.At(3, 30);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Task.FromResult<DateTime?>(progress.LastRun is { } last ? When.NextAfter(last, scope.Tenant.Local) : DateTime.UnixEpoch);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var at = Position.Parse(progress.Cursor);
        // By the members, not by the accounts: an account whose row is gone would not be looked at.
        var members = await db.Set<Member>()
            .Where(m => m.Id.CompareTo(at.After) > 0)
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Take(batch)
            .ToListAsync(ct);
        var more = members.Count == batch;
        var last = more ? members[^1] : Guid.AllBitsSet;
        var (accounts, failures) = await VerifyAsync(at.After, last, ct);
        foreach (var account in accounts)
            at = at with { Digest = SHA256.HashData([.. at.Digest, .. account.Hash]), Accounts = at.Accounts + 1 };
        if (more)
            return new(accounts.Count, 0, true, (at with { After = last }).ToString(), failures);
        await CheckpointAsync(at, ct);
        return new(accounts.Count, 0, false, Failures: [.. failures, .. await audit.VerifyAsync(ct)]);
    }

    /// <summary>One snapshot of the rows of some members: a posting between two reads would look like a fault.</summary>
    private Task<(List<PointsAccount> Accounts, List<string> Failures)> VerifyAsync(
        Guid after,
        Guid last,
        CancellationToken ct
    ) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var accounts = await db.Set<PointsAccount>()
                    .AsNoTracking()
                    .Where(a => a.MemberId.CompareTo(after) > 0 && a.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var entries = await db.Set<PointsEntry>()
                    .AsNoTracking()
                    .Where(e => e.MemberId.CompareTo(after) > 0 && e.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var lots = await db.Set<PointsLot>()
                    .AsNoTracking()
                    .Where(l => l.MemberId.CompareTo(after) > 0 && l.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var moves = await db.Set<PointsMove>()
                    .AsNoTracking()
                    .Where(m => m.MemberId.CompareTo(after) > 0 && m.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var holds = await db.Set<PointsHold>()
                    .AsNoTracking()
                    .Where(h => h.MemberId.CompareTo(after) > 0 && h.MemberId.CompareTo(last) <= 0)
                    .ToListAsync(ct);
                var sorted = accounts.OrderBy(a => new AccountKey(a.MemberId, a.Currency)).ToList();
                return (sorted, Check(sorted, entries, lots, moves, holds));
            },
            ct
        );

    private List<string> Check(
        List<PointsAccount> accounts,
        List<PointsEntry> entries,
        List<PointsLot> lots,
        List<PointsMove> moves,
        List<PointsHold> holds
    )
    {
        var entriesOf = entries.ToLookup(e => new AccountKey(e.MemberId, e.Currency));
        var lotsOf = lots.ToLookup(l => new AccountKey(l.MemberId, l.Currency));
        var movesOf = moves.ToLookup(m => new AccountKey(m.MemberId, m.Currency));
        var holdsOf = holds.ToLookup(h => new AccountKey(h.MemberId, h.Currency));
        var found = accounts.ToDictionary(a => new AccountKey(a.MemberId, a.Currency));
        var orphans = entriesOf
            .Select(g => g.Key)
            .Union(lotsOf.Select(g => g.Key))
            .Union(movesOf.Select(g => g.Key))
            .Union(holdsOf.Select(g => g.Key))
            .Where(k => !found.ContainsKey(k));
        return
        [
            .. orphans.Select(k => $"{Ids.Show(IdPrefix.Member, k.MemberId)} {k.Currency}: the account's row is missing"),
            .. found.SelectMany(a =>
                LedgerChecks.Check(
                    new(a.Value, [.. entriesOf[a.Key]], [.. lotsOf[a.Key]], [.. movesOf[a.Key]], [.. holdsOf[a.Key]]),
                    scope.Tenant.Keys.Ledger
                )
            ),
        ];
    }

    private async Task CheckpointAsync(Position at, CancellationToken ct)
    {
        var digest = Convert.ToHexStringLower(at.Digest);
        var (lines, seal) = await audit.HeadAsync(ct);
        var auditSeal = Convert.ToHexStringLower(seal);
        LogCheckpoint(scope.Tenant.Slug, at.Accounts, digest, lines, auditSeal);
        await transactions.RunAsync(
            async () =>
            {
                db.Add(
                    OutboxEvent.Of(
                        scope.Id,
                        "ledger.checkpoint",
                        scope.Id,
                        new CheckpointEvent(at.Accounts, digest, lines, auditSeal),
                        scope.Now
                    )
                );
                await db.SaveChangesAsync(ct);
            },
            ct
        );
    }

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "Ledger checkpoint of {Brand}: {Accounts} accounts, {Digest}; {Lines} lines of audit log, {Seal}"
    )]
    private partial void LogCheckpoint(string brand, int accounts, string digest, long lines, string seal);

    /// <summary>How far a pass got: the last member, the digest so far.</summary>
    private sealed record Position(Guid After, int Accounts, byte[] Digest)
    {
        public override string ToString() =>
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{After:N}/{Accounts}/{Convert.ToHexString(Digest)}"
            );

        public static Position Parse(string? cursor) =>
            cursor?.Split('/') is [var after, var accounts, var digest]
                ? new(
                    Guid.ParseExact(after, "N"),
                    int.Parse(accounts, System.Globalization.CultureInfo.InvariantCulture),
                    Convert.FromHexString(digest)
                )
                : new(Guid.Empty, 0, []);
    }
}
