using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Members;

/// <summary>Two members turned out to be one person: everything of the one was moved to the other.</summary>
public sealed class MemberMerge : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid Id { get; init; }
    public Guid FromId { get; init; }
    public Guid IntoId { get; init; }
    public DateTime MergedAt { get; init; }
    public DateTime? UnmergedAt { get; set; }

    /// <summary>JSON: what was brought, by currency.</summary>
    public required string Brought { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MemberMerge>
    {
        public void Configure(EntityTypeBuilder<MemberMerge> builder)
        {
            builder.ToTable("member_merges");
            builder.HasKey(m => new { m.TenantId, m.Id });
            builder.HasIndex(m => new { m.TenantId, m.IntoId }).HasDatabaseName("ix_member_merges_into");
            builder.HasIndex(m => new { m.TenantId, m.FromId }).HasDatabaseName("ix_member_merges_from");
        }
    }
}

/// <summary>Which member stands for which: always one step, however often members were merged.</summary>
public sealed class MemberMerges(Transactions transactions, MemberErasure erasure, TenantScope scope)
{
    public const int UnmergeDays = 30;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Both members and whom they stand for, their rows locked in one order: whoever writes about one is waited for, and looks again after.</summary>
    public async Task<(Member? First, Member? Second)> LockAsync(Guid first, Guid second, CancellationToken ct)
    {
        var found = new Dictionary<Guid, Member?>();
        var others = await Db.Set<Member>()
            .Where(m => m.MergedInto == first || m.MergedInto == second)
            .Select(m => m.Id)
            .ToListAsync(ct);
        foreach (var id in others.Append(first).Append(second).Distinct().Order())
            found[id] = await erasure.LockAsync(id, ct);
        return (found[first], found[second]);
    }

    /// <summary>From here on <paramref name="from"/>, and whoever was merged into it, is <paramref name="into"/>.</summary>
    public async Task<MemberMerge> MergeAsync(Guid from, Guid into, string brought, CancellationToken ct)
    {
        await PointAsync(Db.Set<Member>().Where(m => m.Id == from || m.MergedInto == from), into, ct);
        var merge = new MemberMerge
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            FromId = from,
            IntoId = into,
            MergedAt = scope.Now,
            Brought = brought,
        };
        Db.Add(merge);
        await Db.SaveChangesAsync(ct);
        return merge;
    }

    /// <summary>The member is itself again, and stands for those who had been merged into it.</summary>
    public async Task UnmergeAsync(MemberMerge merge, CancellationToken ct)
    {
        var own = Db.Set<MemberMerge>().Where(m => m.IntoId == merge.FromId && m.UnmergedAt == null).Select(m => m.FromId);
        await PointAsync(Db.Set<Member>().Where(m => m.Id == merge.FromId), null, ct);
        await PointAsync(Db.Set<Member>().Where(m => own.Contains(m.Id)), merge.FromId, ct);
        var now = scope.Now;
        await Db.Set<MemberMerge>()
            .Where(m => m.Id == merge.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.UnmergedAt, now), ct);
    }

    /// <summary>The latest merge that can be undone: of this member into another, or of <paramref name="from"/> into this one.</summary>
    public Task<MemberMerge?> FindAsync(Guid id, Guid? from, CancellationToken ct) =>
        Db.Set<MemberMerge>()
            .AsNoTracking()
            .Where(m =>
                m.UnmergedAt == null && (from == null ? m.FromId == id || m.IntoId == id : m.FromId == from && m.IntoId == id)
            )
            .OrderByDescending(m => m.MergedAt)
            .ThenByDescending(m => m.Id)
            .FirstOrDefaultAsync(ct);

    /// <summary>A member and all who were merged into it.</summary>
    public async Task<IReadOnlyList<Guid>> AllOfAsync(Guid id, CancellationToken ct)
    {
        var into = await Db.Set<Member>().Where(m => m.Id == id).Select(m => m.MergedInto).FirstOrDefaultAsync(ct) ?? id;
        return [into, .. await Db.Set<Member>().Where(m => m.MergedInto == into).Select(m => m.Id).ToListAsync(ct)];
    }

    private static Task PointAsync(IQueryable<Member> members, Guid? into, CancellationToken ct) =>
        members.ExecuteUpdateAsync(
            set => set.SetProperty(m => m.MergedInto, into).SetProperty(m => m.Version, m => m.Version + 1),
            ct
        );
}
