using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>A batch, and what became of its codes.</summary>
public sealed record ActivationState(ActivationBatch Batch, int Redeemed, int Voided);

/// <summary>Gift and activation codes: made, read, taken back. <see cref="ActivationService"/> redeems them.</summary>
public sealed class ActivationBatches(Transactions transactions, TenantScope scope, PlanBook book)
{
    public const int Most = 10_000;

    private const int PageSize = 1_000;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>By what a code is found.</summary>
    public static Guid HashOf(TenantKeys keys, string normalised) =>
        new(keys.BlindIndex("activation code", normalised).AsSpan(0, 16), bigEndian: true);

    /// <summary>Makes a batch with all its codes.</summary>
    public async Task<Result<ActivationState>> MakeAsync(ActivationRequest asked, CancellationToken ct)
    {
        var plans = await book.ReadAsync(ct);
        if (!Ids.TryRead(IdPrefix.Plan, asked.PlanId, out var id) || plans.Find(id) is not { } plan)
            return Problem.Contradiction("plan_unknown", $"The brand has no plan {asked.PlanId}.");
        if (!plans.Of(plan.Id, plan.PlanVersion).Active)
            return Problem.Conflict("plan_not_sold", "This plan is not sold.");
        var batch = new ActivationBatch
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            PlanId = plan.Id,
            PlanVersion = plan.PlanVersion,
            Terms = asked.Terms,
            Count = asked.Count,
            CreatedAt = scope.Now,
        };
        return await transactions.RunAsync(
            async () =>
            {
                Db.Trail.Reason = asked.Reason;
                Db.Add(batch);
                await Db.SaveChangesAsync(ct);
                var codes = Enumerable.Range(1, batch.Count).Select(no => CodeOf(batch, no)).ToList();
                await transactions.Door.StoreAsync(new StoreBatch().Insert(codes), ct);
                return new ActivationState(batch, 0, 0);
            },
            ct
        );
    }

    /// <summary>Batches, newest first.</summary>
    public async Task<IReadOnlyList<ActivationState>> ListAsync(Guid? before, int take, CancellationToken ct)
    {
        var rows = Db.Set<ActivationBatch>().AsNoTracking();
        if (before is { } last)
            rows = rows.Where(b => b.Id.CompareTo(last) < 0);
        return await StatesAsync(await rows.OrderByDescending(b => b.Id).Take(take).ToListAsync(ct), ct);
    }

    /// <summary>Null when there is none.</summary>
    public async Task<ActivationState?> FindAsync(string shown, CancellationToken ct) =>
        Ids.TryRead(IdPrefix.ActivationBatch, shown, out var id)
            ? (
                await StatesAsync(await Db.Set<ActivationBatch>().AsNoTracking().Where(b => b.Id == id).ToListAsync(ct), ct)
            ).SingleOrDefault()
            : null;

    /// <summary>Takes a batch back: codes that nobody redeemed are void. Of this and a redeemer of the same code one comes first, and the other sees it.</summary>
    public Task<Result<ActivationState>> RefundAsync(string shown, string reason, CancellationToken ct) =>
        transactions.DecideAsync<ActivationState>(
            async () =>
            {
                if (
                    !Ids.TryRead(IdPrefix.ActivationBatch, shown, out var id)
                    || await Db.Set<ActivationBatch>().FirstOrDefaultAsync(b => b.Id == id, ct) is not { } batch
                )
                    return Problem.NotFound("batch of codes");
                if (batch.RefundedAt is not null)
                    return Problem.Conflict("already_refunded", "The batch was refunded before.");
                Db.Trail.Reason = reason;
                batch.RefundedAt = scope.Now;
                await Db.SaveChangesAsync(ct);
                await Db.Set<ActivationCode>()
                    .Where(c => c.BatchId == id && c.RedeemedAt == null)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(c => c.VoidedAt, scope.Now).SetProperty(c => c.Version, c => c.Version + 1),
                        ct
                    );
                return (await StatesAsync([batch], ct)).Single();
            },
            ct
        );

    /// <summary>Writes all codes of a batch, as a file.</summary>
    public Task WriteAsync(Stream to, ActivationBatch batch, CancellationToken ct) =>
        CodesCsv.WriteAsync(
            to,
            no => PoolCodes.Of(scope.Tenant.Keys, batch.Id, no),
            after => PageAsync(batch.Id, after, ct),
            batch.Count,
            ct
        );

    private async Task<List<(long No, string State)>> PageAsync(Guid batch, long after, CancellationToken ct)
    {
        var rows = await Db.Set<ActivationCode>()
            .AsNoTracking()
            .Where(c => c.BatchId == batch && c.No > after)
            .OrderBy(c => c.No)
            .Take(PageSize)
            .ToListAsync(ct);
        return rows.ConvertAll(c => (c.No, CodesCsv.StateOf(c.RedeemedAt is not null, c.VoidedAt is not null)));
    }

    private async Task<IReadOnlyList<ActivationState>> StatesAsync(List<ActivationBatch> batches, CancellationToken ct)
    {
        var ids = batches.ConvertAll(b => b.Id);
        var counts = await Db.Set<ActivationCode>()
            .Where(c => ids.Contains(c.BatchId) && (c.RedeemedAt != null || c.VoidedAt != null))
            .GroupBy(c => new { c.BatchId, IsVoid = c.VoidedAt != null })
            .Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(ct);
        int Of(Guid batch, bool isVoid) => counts.Find(c => c.Key.BatchId == batch && c.Key.IsVoid == isVoid)?.Count ?? 0;
        return batches.ConvertAll(b => new ActivationState(b, Of(b.Id, false), Of(b.Id, true)));
    }

    private ActivationCode CodeOf(ActivationBatch batch, long no) =>
        new()
        {
            TenantId = scope.Id,
            CodeHash = HashOf(scope.Tenant.Keys, PoolCodes.Of(scope.Tenant.Keys, batch.Id, no)),
            BatchId = batch.Id,
            No = no,
        };
}
