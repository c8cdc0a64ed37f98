using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tenancy;

/// <summary>The due list and the clocks of sandboxes.</summary>
public sealed partial class TenantDirectory
{
    private TimeSpan Lease => options.Lease;

    /// <summary>Makes the rows that a new tenant or a new job lacks.</summary>
    public Task EnsureDueAsync(IReadOnlyCollection<string> jobs, CancellationToken ct) =>
        WriteAsync(
            async db =>
            {
                var now = WallNow;
                foreach (var job in jobs)
                {
                    var missing = await db.Set<Tenant>()
                        .Where(t =>
                            t.Status != TenantStatus.Closed && !db.Set<JobDue>().Any(d => d.TenantId == t.Id && d.Job == job)
                        )
                        .Select(t => t.Id)
                        .OrderBy(id => id)
                        .Take(1000)
                        .ToListAsync(ct);
                    db.AddRange(
                        missing.Select(id => new JobDue
                        {
                            TenantId = id,
                            Job = job,
                            NextDue = now,
                            ServedAt = now,
                        })
                    );
                }
                return await db.SaveChangesAsync(ct);
            },
            ct
        );

    /// <summary>Takes one tenant that is due for a job, who waited longest first. Null when none is left.</summary>
    public Task<JobDue?> ClaimAsync(string job, CancellationToken ct) =>
        WriteAsync(
            async db =>
            {
                var now = WallNow;
                var lease = Instants.Cut(now + Lease);
                var due = db.Set<JobDue>()
                    .Where(d => d.Job == job && d.NextDue <= now && (d.LeaseUntil == null || d.LeaseUntil < now));
                foreach (var candidate in await due.OrderBy(d => d.ServedAt).Take(8).AsNoTracking().ToListAsync(ct))
                {
                    // The WHERE is the lock: of several workers one changes the row, the others look at the next candidate.
                    var taken = await due.Where(d => d.TenantId == candidate.TenantId)
                        .ExecuteUpdateAsync(set => set.SetProperty(d => d.LeaseUntil, lease), ct);
                    if (taken == 1)
                    {
                        candidate.LeaseUntil = lease;
                        return candidate;
                    }
                }
                return null;
            },
            ct
        );

    /// <summary>Gives a tenant back after its turn, with its progress where it made any. Nothing happens when the lease ran out and somebody else has it.</summary>
    public Task ReleaseAsync(JobDue claimed, DateTime nextDue, JobProgress? progress, CancellationToken ct)
    {
        var (moved, lastRun, cursor) = (progress is not null, progress?.LastRun, progress?.Cursor);
        var now = WallNow;
        var (lease, was) = (claimed.LeaseUntil, claimed.NextDue);
        return WriteAsync(
            db =>
                db.Set<JobDue>()
                    .Where(d => d.TenantId == claimed.TenantId && d.Job == claimed.Job && d.LeaseUntil == lease)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(d => d.LeaseUntil, (DateTime?)null)
                                // Woken meanwhile: it may have looked before there was something to do.
                                .SetProperty(d => d.NextDue, d => d.NextDue == was ? nextDue : d.NextDue)
                                .SetProperty(d => d.ServedAt, now)
                                .SetProperty(d => d.LastRun, d => moved ? lastRun : d.LastRun)
                                .SetProperty(d => d.Cursor, d => moved ? cursor : d.Cursor)
                                .SetProperty(d => d.Failures, claimed.Failures),
                        ct
                    ),
            ct
        );
    }

    /// <summary>A job has something to do on the tenant at once: it is looked at on the next tick, once the caller's transaction is stored.</summary>
    public Task WakeAsync(MemberCloudDb db, string job, CancellationToken ct)
    {
        var (id, now) = (db.Tenant.Id, WallNow);
        return db.Set<JobDue>()
            .Where(d => d.TenantId == id && d.Job == job && (d.NextDue > now || d.LeaseUntil != null))
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.NextDue, now), ct);
    }

    public Task<List<JobDue>> DueOfAsync(Guid tenantId, CancellationToken ct) =>
        QueryAsync(db => db.Set<JobDue>().AsNoTracking().Where(d => d.TenantId == tenantId).ToListAsync(ct), ct);

    /// <summary>Notes how far a job got on a tenant whose clock is being moved; the mover's lease keeps others away.</summary>
    public Task NoteAsync(Guid tenantId, string job, JobProgress progress, CancellationToken ct) =>
        WriteAsync(
            db =>
                db.Set<JobDue>()
                    .Where(d => d.TenantId == tenantId && d.Job == job)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(d => d.LastRun, progress.LastRun).SetProperty(d => d.Cursor, progress.Cursor),
                        ct
                    ),
            ct
        );

    /// <summary>Begins (or carries on) a move of a sandbox's clock. Refused while another is under way, or backwards.</summary>
    public Task<Result<TenantInfo>> BeginMoveAsync(Guid id, Func<DateTime, DateTime> target, CancellationToken ct) =>
        ChangeAsync(
            id,
            tenant =>
            {
                if (tenant.Mode != TenantMode.Sandbox)
                    return Problem.Conflict("not_a_sandbox", "Only a sandbox's clock can be moved.");
                if (tenant.ClockTarget is not null && tenant.ClockLease > WallNow)
                    return Problem.Conflict("clock_moving", "The clock is being moved already.") with { RetryAfter = 5 };
                var now = tenant.TestClock ?? WallNow;
                var to = Instants.Cut(target(now));
                if (to < now)
                    return Problem.Conflict("clock_backwards", "A clock goes forward only.");
                (tenant.TestClock, tenant.ClockTarget, tenant.ClockLease) = (now, to, WallNow + Lease);
                return null;
            },
            ct
        );

    /// <summary>Sets a clock on the way to its target. The lease is the mover's token: a new one is returned, null when it is no longer this mover's.</summary>
    public async Task<DateTime?> SetClockAsync(Guid id, DateTime now, DateTime mine, CancellationToken ct)
    {
        var lease = WallNow + Lease;
        var set = await WriteAsync(
            db =>
                Moving(db, id, mine)
                    .Where(t => t.TestClock <= now)
                    .ExecuteUpdateAsync(s => s.SetProperty(t => t.TestClock, now).SetProperty(t => t.ClockLease, lease), ct),
            ct
        );
        return set == 1 ? lease : null;
    }

    public Task EndMoveAsync(Guid id, DateTime mine, CancellationToken ct) =>
        WriteAsync(
            db =>
                Moving(db, id, mine)
                    .ExecuteUpdateAsync(
                        s => s.SetProperty(t => t.ClockTarget, (DateTime?)null).SetProperty(t => t.ClockLease, (DateTime?)null),
                        ct
                    ),
            ct
        );

    private static IQueryable<Tenant> Moving(MemberCloudDb db, Guid id, DateTime mine) =>
        db.Set<Tenant>().Where(t => t.Id == id && t.ClockTarget != null && t.ClockLease == mine);

    /// <summary>Sandboxes whose mover died on the way.</summary>
    public Task<List<Guid>> StrandedMovesAsync(CancellationToken ct)
    {
        var now = WallNow;
        return QueryAsync(
            db =>
                db.Set<Tenant>()
                    .Where(t => t.ClockTarget != null && t.ClockLease < now)
                    .Select(t => t.Id)
                    .OrderBy(id => id)
                    .Take(100)
                    .ToListAsync(ct),
            ct
        );
    }
}
