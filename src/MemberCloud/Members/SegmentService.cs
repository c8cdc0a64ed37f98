using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>The brand's segments, and the only writer of them.</summary>
public sealed class SegmentService(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory,
    Segments segments
)
{
    public const int MaxSegments = 200;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>All segments, oldest first.</summary>
    public Task<IReadOnlyList<Segment>> AllAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<Segment>>(
            scope.Tenant,
            async () => await Db.Set<Segment>().AsNoTracking().OrderBy(s => s.Id).ToListAsync(ct)
        );

    /// <summary>By its id as shown outside; an unknown, malformed or foreign one is null.</summary>
    public async Task<Segment?> FindAsync(string shown, CancellationToken ct) =>
        Ids.TryRead(IdPrefix.Segment, shown, out var id) ? (await AllAsync(ct)).FirstOrDefault(s => s.Id == id) : null;

    public Task<Result<Segment>> AddAsync(SegmentRequest asked, CancellationToken ct) =>
        transactions.DecideAsync<Segment>(
            async () =>
            {
                if (await segments.CheckAsync(asked.Filter, ct) is { } problem)
                    return problem;
                // First the brand's row: of two at once the second counts what the first has stored.
                await directory.StampAsync(transactions, ct);
                if (await Db.Set<Segment>().CountAsync(ct) >= MaxSegments)
                    return Problem.Conflict("too_many_segments", $"A brand has at most {MaxSegments} segments.");
                var segment = new Segment
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    Name = asked.Name,
                    Filter = Json.Write(asked.Filter),
                    CreatedAt = scope.Now,
                };
                Db.Add(segment);
                return await SaveAsync(segment, ct);
            },
            ct
        );

    public Task<Result<Segment>> ChangeAsync(Guid id, SegmentChange asked, Func<long, Problem?> stale, CancellationToken ct) =>
        transactions.DecideAsync<Segment>(
            async () =>
            {
                if (await Db.Set<Segment>().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } segment)
                    return Problem.NotFound("segment");
                if (stale(segment.Version) is { } old)
                    return old;
                if (asked.Filter is not null && await segments.CheckAsync(asked.Filter, ct) is { } problem)
                    return problem;
                await directory.StampAsync(transactions, ct);
                segment.Name = asked.Name ?? segment.Name;
                segment.Filter = asked.Filter is null ? segment.Filter : Json.Write(asked.Filter);
                return await SaveAsync(segment, ct);
            },
            ct
        );

    public Task<Result<Segment>> RemoveAsync(Guid id, CancellationToken ct) =>
        transactions.DecideAsync<Segment>(
            async () =>
            {
                if (await Db.Set<Segment>().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } segment)
                    return Problem.NotFound("segment");
                await directory.StampAsync(transactions, ct);
                Db.Remove(segment);
                await Db.SaveChangesAsync(ct);
                return segment;
            },
            ct
        );

    private async Task<Result<Segment>> SaveAsync(Segment segment, CancellationToken ct)
    {
        if (await Db.Set<Segment>().AnyAsync(s => s.Name == segment.Name && s.Id != segment.Id, ct))
            return Problem.Conflict("segment_exists", $"There is a segment {segment.Name} already.");
        await Db.SaveChangesAsync(ct);
        return segment;
    }
}
