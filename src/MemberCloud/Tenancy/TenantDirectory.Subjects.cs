using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tenancy;

/// <summary>Tokens of people: a member of staff, or a member.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>Removes all of a person's tokens, inside the caller's transaction. On another node one may live for <see cref="Freshness"/> after its commit.</summary>
    public async Task RemoveTokensAsync(MemberCloudDb db, CredentialKind kind, Guid subjectId, CancellationToken ct)
    {
        await KeepNewestAsync(db, kind, subjectId, 0, ct);
        cache.Clear();
    }

    /// <summary>Removes a person's tokens but for the newest, inside the caller's transaction.</summary>
    public static async Task KeepNewestAsync(
        MemberCloudDb db,
        CredentialKind kind,
        Guid subjectId,
        int count,
        CancellationToken ct
    )
    {
        var tenant = db.Tenant.Id;
        var tokens = db.Set<Credential>().Where(c => c.TenantId == tenant && c.Kind == kind && c.SubjectId == subjectId);
        var old = await tokens.OrderByDescending(c => c.Id).Skip(count).Select(c => c.Id).Take(1000).ToListAsync(ct);
        if (old.Count > 0)
            await tokens.Where(c => old.Contains(c.Id)).ExecuteDeleteAsync(ct);
    }
}
