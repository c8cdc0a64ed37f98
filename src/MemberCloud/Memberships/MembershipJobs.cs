using System.Collections.Concurrent;
using MemberCloud.Billing;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Memberships;

/// <summary>What the timed work on memberships has in common: those that are due, locked some hundred at a time, moved and stored at once.</summary>
public sealed class MembershipSweep(Transactions transactions, IDoor door, TenantScope scope, PlanBook book)
{
    /// <summary>Transactions at once: while one is decided on, another is stored.</summary>
    private const int SideBySide = 3;

    /// <summary>Transactions' worth of memberships that are looked for at once.</summary>
    private const int Ahead = 9;

    public IQueryable<Membership> Memberships => transactions.Db.Set<Membership>().AsNoTracking();

    public async Task<JobOutcome> RunAsync(
        IQueryable<Guid> due,
        int batch,
        Func<IDoorSession, MembershipWork, DateTime, Task> move,
        CancellationToken ct
    )
    {
        var ids = await due.Take(batch * Ahead).ToListAsync(ct);
        if (ids.Count == 0)
            return new(0, 0, false);
        var plans = await book.ReadAsync(ct);
        var (changed, failures) = (0, new ConcurrentBag<string>());
        await Parallel.ForEachAsync(
            ids.Chunk(batch),
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = ct },
            async (some, stop) =>
            {
                var moved = await OneByOne.RunAsync(
                    some,
                    together => MoveAsync(together, plans, move, stop),
                    id => Ids.Show(IdPrefix.Membership, id)
                );
                Interlocked.Add(ref changed, moved.Changed);
                foreach (var failure in moved.Failures)
                    failures.Add(failure);
            }
        );
        return new(ids.Count, changed, ids.Count == batch * Ahead && failures.IsEmpty, Failures: [.. failures]);
    }

    private Task<int> MoveAsync(
        IReadOnlyList<Guid> ids,
        Plans plans,
        Func<IDoorSession, MembershipWork, DateTime, Task> move,
        CancellationToken ct
    ) =>
        door.RunAsync(
            scope.Id,
            ids[0],
            async session =>
            {
                var work = await MembershipWork.OpenAsync(session, scope, plans, ids, MembershipWanted.Due, ct);
                await move(session, work, scope.Now);
                await work.StoreAsync(session, ct);
                return work.Changed;
            },
            ct,
            locked: true
        );
}

/// <summary>Tells members of renewals that come, ahead of time.</summary>
public sealed class NoticeMembershipsJob(MembershipSweep sweep, TenantScope scope) : ITenantJob
{
    public const string Name = "memberships.notice";

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        sweep.Memberships.MinAsync(m => m.NoticeAt, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        return sweep.RunAsync(
            sweep.Memberships.Where(m => m.NoticeAt <= now).OrderBy(m => m.NoticeAt).Select(m => m.Id),
            batch,
            (_, work, at) =>
            {
                foreach (var one in work.All.Where(o => o.Row.NoticeAt <= at))
                    work.Tell(one);
                return Task.CompletedTask;
            },
            ct
        );
    }
}

/// <summary>Extends what is paid ahead, bills what is not, begins charges and their retries. <see cref="CollectPaymentsJob"/> takes those to their gateways.</summary>
public sealed class RenewMembershipsJob(MembershipSweep sweep, TenantScope scope) : ITenantJob
{
    public const string Name = "memberships.renew";

    private static readonly Lookup<PaymentMethod> Methods = new("id = {0}", [typeof(Guid)]);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        sweep.Memberships.MinAsync(m => m.RenewAt, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        return sweep.RunAsync(
            sweep.Memberships.Where(m => m.RenewAt <= now).OrderBy(m => m.RenewAt).Select(m => m.Id),
            batch,
            async (session, work, _) =>
            {
                var load = new LoadBatch();
                var wanted = work.All.Select(o => o.Row.MethodId).OfType<Guid>().Distinct();
                var methods = load.Add(Methods, [.. wanted.Select(id => new object[] { id })]);
                await session.LoadAsync(load, ct);
                var methodOf = methods.ToDictionary(m => m.Id);
                foreach (var one in work.All)
                    work.Renew(one, methodOf);
            },
            ct
        );
    }
}

/// <summary>Ends what has ended; suspends what is out of grace; wakes what was paused for too long.</summary>
public sealed class ExpireMembershipsJob(MembershipSweep sweep, TenantScope scope) : ITenantJob
{
    public const string Name = "memberships.expire";

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        sweep.Memberships.MinAsync(m => m.ExpireAt, ct);

    public Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var now = scope.Now;
        return sweep.RunAsync(
            sweep.Memberships.Where(m => m.ExpireAt <= now).OrderBy(m => m.ExpireAt).Select(m => m.Id),
            batch,
            (_, work, _) =>
            {
                foreach (var one in work.All)
                    work.Advance(one);
                return Task.CompletedTask;
            },
            ct
        );
    }
}

/// <summary>Takes attempts that were begun, or whose end is not known, to their gateways: several at once, each in a scope of its own.</summary>
public sealed class CollectPaymentsJob(Transactions transactions, TenantScope scope, IServiceScopeFactory scopes) : ITenantJob
{
    public const string Name = "payments.collect";

    /// <summary>At gateways at once, for one brand.</summary>
    private const int AtOnce = 8;

    private IQueryable<PaymentAttempt> Due => transactions.Db.Set<PaymentAttempt>().AsNoTracking().Where(a => a.DueAt != null);

    public Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) => Due.MinAsync(a => a.DueAt, ct);

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var (now, wall) = (scope.Now, scope.WallNow);
        var ids = await Due.Where(a => a.DueAt <= now && (a.LeaseUntil == null || a.LeaseUntil < wall))
            .OrderBy(a => a.DueAt)
            .Take(batch)
            .Select(a => a.Id)
            .ToListAsync(ct);
        var (changed, failures) = (0, new ConcurrentBag<string>());
        await Parallel.ForEachAsync(
            ids,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (id, stop) =>
            {
                await using var own = scopes.CreateAsyncScope();
                own.ServiceProvider.GetRequiredService<TenantScope>().Enter(scope.Tenant);
                try
                {
                    await own.ServiceProvider.GetRequiredService<PaymentCollector>().RunAsync([id], stop);
                    Interlocked.Increment(ref changed);
                }
                catch (Exception error) when (error is not OperationCanceledException and not System.Data.Common.DbException)
                {
                    failures.Add($"{id:N}: {error.GetType().Name}");
                }
            }
        );
        return new(ids.Count, changed, ids.Count == batch && failures.IsEmpty, Failures: [.. failures]);
    }
}
