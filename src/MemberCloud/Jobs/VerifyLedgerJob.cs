using System.Globalization;
using System.Security.Cryptography;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Jobs;

/// <summary>
/// Reads what members have, a page of members at a time: points from the first entry on, coupons with what counts them. Then the templates' counters, a page at a
/// time, and last the audit log. What is wrong is named. By the wall clock: whether stored rows were altered is no question of a sandbox's time.
/// </summary>
public sealed class VerifyLedgerJob(
    Transactions transactions,
    TenantScope scope,
    PointsProof points,
    CouponProof coupons,
    LedgerCheckpoint checkpoint
) : ITenantJob
{
    public static Schedule When { get; } = Schedule.At(3, 30);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        Task.FromResult<DateTime?>(progress.LastRun is { } last ? When.NextAfter(last, scope.Tenant.Local) : DateTime.UnixEpoch);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var at = Position.Parse(progress.Cursor);
        return at.Part == Position.Members ? MembersAsync(at, batch, ct) : TemplatesAsync(at, batch, ct);
    }

    private async Task<JobOutcome> MembersAsync(Position at, int batch, CancellationToken ct)
    {
        // By the members, not by the accounts: an account whose row is gone would not be looked at.
        var members = await transactions
            .Db.Set<Member>()
            .Where(m => m.Id.CompareTo(at.After) > 0)
            .OrderBy(m => m.Id)
            .Select(m => m.Id)
            .Take(batch)
            .ToListAsync(ct);
        var more = members.Count == batch;
        var last = more ? members[^1] : Guid.AllBitsSet;
        var (accounts, faults) = await points.VerifyAsync(at.After, last, ct);
        faults.AddRange(await coupons.OfMembersAsync(at.After, last, ct));
        foreach (var account in accounts)
            at = at with { Digest = SHA256.HashData([.. at.Digest, .. account.Hash]), Accounts = at.Accounts + 1 };
        at = more ? at with { After = last } : at with { Part = Position.Templates, After = Guid.Empty };
        return new(accounts.Count, 0, true, at.ToString(), faults);
    }

    private async Task<JobOutcome> TemplatesAsync(Position at, int batch, CancellationToken ct)
    {
        var (last, looked, faults) = await coupons.OfTemplatesAsync(at.After, batch, ct);
        if (last is { } place)
            return new(looked, 0, true, (at with { After = place }).ToString(), faults);
        return new(looked, 0, false, Failures: [.. faults, .. await checkpoint.WriteAsync(at.Accounts, at.Digest, ct)]);
    }

    /// <summary>How far a pass got: what it reads, the last of them, the digest so far.</summary>
    private sealed record Position(string Part, Guid After, int Accounts, byte[] Digest)
    {
        public const string Members = "members";
        public const string Templates = "templates";

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Part}/{After:N}/{Accounts}/{Convert.ToHexString(Digest)}");

        public static Position Parse(string? cursor) =>
            cursor?.Split('/') is [var part, var after, var accounts, var digest]
                ? new(
                    part,
                    Guid.ParseExact(after, "N"),
                    int.Parse(accounts, CultureInfo.InvariantCulture),
                    Convert.FromHexString(digest)
                )
                : new(Members, Guid.Empty, 0, []);
    }
}
