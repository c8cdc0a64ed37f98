using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tenancy;

/// <summary>The only writer of the audit log. Lines of one tenant are written one after another: the head's row is the lock.</summary>
public sealed class AuditLog(Transactions transactions, MemberKeys keys, TenantScope scope)
{
    private MemberCloudDb Db => transactions.Db;

    /// <summary>Adds a line, in the caller's transaction where one is open.</summary>
    public Task WriteAsync(
        Caller actor,
        string operation,
        string? subject,
        Guid? memberId,
        AuditDetails details,
        CancellationToken ct
    ) =>
        transactions.RunAsync(
            async () =>
            {
                var head = await LockHeadAsync(ct);
                var id = Ids.New();
                var text = Json.Write(details);
                var entry = new AuditEntry
                {
                    TenantId = scope.Id,
                    Seq = head.Seq,
                    Id = id,
                    ActorKind = actor.Kind,
                    ActorId = actor.Id,
                    Operation = operation,
                    Subject = subject,
                    MemberId = memberId,
                    // Of a member who is erased (by this very act, it may be) nothing is kept but that it happened.
                    Details = memberId is { } about
                        ? await keys.SealAsync(scope.Tenant.Keys, about, text, ct) ?? []
                        : scope.Tenant.Keys.SealText(text, id),
                    WrittenAt = scope.WallNow,
                    OccurredAt = scope.Now,
                    Hash = [],
                };
                entry.Hash = entry.Seal(scope.Tenant.Keys.Audit, head.Hash);
                Db.Add(entry);
                await Db.SaveChangesAsync(ct);
                await Db.Set<AuditHead>().ExecuteUpdateAsync(set => set.SetProperty(h => h.Hash, entry.Hash), ct);
            },
            ct
        );

    /// <summary>How many lines there are, and the seal of the last.</summary>
    public async Task<(long Lines, byte[] Seal)> HeadAsync(CancellationToken ct) =>
        await Db.Set<AuditHead>().AsNoTracking().SingleOrDefaultAsync(ct) is { } head ? (head.Seq, head.Hash) : (0, []);

    /// <summary>What a line says; null once the member whose fields it held was erased.</summary>
    public async Task<AuditDetails?> OpenAsync(AuditEntry entry, CancellationToken ct)
    {
        var text = entry.MemberId is { } about
            ? await keys.OpenAsync(scope.Tenant.Keys, about, entry.Details, ct)
            : scope.Tenant.Keys.OpenText(entry.Details, entry.Id);
        return text is null ? null : Json.Read<AuditDetails>(text);
    }

    /// <summary>Takes the next number. The conditional update locks the row until the transaction ends.</summary>
    private async Task<AuditHead> LockHeadAsync(CancellationToken ct)
    {
        if (await Db.Set<AuditHead>().ExecuteUpdateAsync(set => set.SetProperty(h => h.Seq, h => h.Seq + 1), ct) == 1)
            return await Db.Set<AuditHead>().AsNoTracking().SingleAsync(ct);
        var first = new AuditHead
        {
            TenantId = scope.Id,
            Seq = 1,
            Hash = [],
        };
        Db.Add(first);
        await Db.SaveChangesAsync(ct);
        Db.Entry(first).State = EntityState.Detached;
        return first;
    }

    /// <summary>Reads the log from its first line: numbers without gaps, seals, and the head. What is wrong is named.</summary>
    public Task<List<string>> VerifyAsync(CancellationToken ct) =>
        transactions.ReadTogetherAsync(
            async () =>
            {
                var failures = new List<string>();
                var (seq, hash) = (0L, Array.Empty<byte>());
                await foreach (
                    var entry in Db.Set<AuditEntry>().AsNoTracking().OrderBy(e => e.Seq).AsAsyncEnumerable().WithCancellation(ct)
                )
                {
                    if (entry.Seq != seq + 1)
                        failures.Add($"audit log: line {seq + 1} is missing");
                    else if (!entry.Hash.AsSpan().SequenceEqual(entry.Seal(scope.Tenant.Keys.Audit, hash)))
                        failures.Add($"audit log: line {entry.Seq} was altered");
                    (seq, hash) = (entry.Seq, entry.Hash);
                }
                var head = await Db.Set<AuditHead>().AsNoTracking().SingleOrDefaultAsync(ct);
                if ((head?.Seq ?? 0) != seq || !(head?.Hash ?? []).AsSpan().SequenceEqual(hash))
                    failures.Add($"audit log: its last line is not {seq}");
                return failures;
            },
            ct
        );
}
