using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Tenancy;

/// <summary>The credential directory: keys, and the tokens of people.</summary>
public sealed partial class TenantDirectory
{
    /// <summary>Adds a key, in the caller's transaction where one is open.</summary>
    public static Task AddCredentialAsync(Transactions transactions, Credential credential, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                transactions.Db.Add(credential);
                await transactions.Db.SaveChangesAsync(ct);
            },
            ct
        );

    public Task<List<Credential>> CredentialsAsync(Guid tenantId, CancellationToken ct) =>
        QueryAsync(
            db =>
                db.Set<Credential>()
                    .AsNoTracking()
                    .Where(c => c.TenantId == tenantId && c.Kind == CredentialKind.Key)
                    .OrderBy(c => c.Id)
                    .ToListAsync(ct),
            ct
        );

    public async Task<bool> RevokeAsync(Transactions transactions, Guid tenantId, Guid credentialId, CancellationToken ct)
    {
        var now = WallNow;
        var revoked = await transactions.RunAsync(
            () =>
                transactions
                    .Db.Set<Credential>()
                    .Where(c =>
                        c.TenantId == tenantId && c.Id == credentialId && c.Kind == CredentialKind.Key && c.RevokedAt == null
                    )
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), ct),
            ct
        );
        transactions.Afterwards(Ended);
        return revoked == 1;
    }

    /// <summary>The credential of a secret, ended ones too: for one that is used up, not called with.</summary>
    public Task<Credential?> FindCredentialAsync(string secret, CredentialKind kind, CancellationToken ct)
    {
        if (!KeyRules.IsWellFormed(secret))
            return Task.FromResult<Credential?>(null);
        var hash = KeyRules.HashOf(secret);
        return QueryAsync(
            db => db.Set<Credential>().AsNoTracking().FirstOrDefaultAsync(c => c.Hash == hash && c.Kind == kind, ct),
            ct
        );
    }

    /// <summary>Ends somebody's tokens of one kind, but for one. They stop on this node at once, on every node within seconds.</summary>
    public async Task<int> EndAsync(
        Transactions transactions,
        Guid tenantId,
        CredentialKind kind,
        Guid subject,
        CancellationToken ct,
        Guid? except = null
    )
    {
        var now = WallNow;
        var ended = await transactions.RunAsync(
            () =>
                transactions
                    .Db.Set<Credential>()
                    .Where(c => c.TenantId == tenantId && c.Kind == kind && c.SubjectId == subject)
                    .Where(c => c.RevokedAt == null && c.Id != except)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), ct),
            ct
        );
        transactions.Afterwards(Ended);
        return ended;
    }

    /// <summary>Ends somebody's tokens of one kind but for the newest, inside the caller's transaction.</summary>
    public static async Task KeepNewestAsync(MemberCloudDb db, CredentialKind kind, Guid subject, int count, CancellationToken ct)
    {
        var tenant = db.Tenant.Id;
        var tokens = db.Set<Credential>().Where(c => c.TenantId == tenant && c.Kind == kind && c.SubjectId == subject);
        var old = await tokens.OrderByDescending(c => c.Id).Skip(count).Select(c => c.Id).ToListAsync(ct);
        if (old.Count > 0)
            await tokens.Where(c => old.Contains(c.Id)).ExecuteDeleteAsync(ct);
    }

    /// <summary>Uses up a credential. False when somebody did before: of two at once one wins.</summary>
    public async Task<bool> UseUpAsync(Transactions transactions, Guid credentialId, CancellationToken ct)
    {
        var now = WallNow;
        var used = await transactions.RunAsync(
            () =>
                transactions
                    .Db.Set<Credential>()
                    .Where(c => c.Id == credentialId && c.RevokedAt == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(c => c.RevokedAt, now), ct),
            ct
        );
        transactions.Afterwards(Ended);
        return used == 1;
    }

    /// <summary>Forgets a tenant's tokens that ended a while ago.</summary>
    public async Task<int> PruneAsync(Transactions transactions, Guid tenantId, int batch, CancellationToken ct)
    {
        var before = WallNow - Idempotency.Kept;
        return await transactions.RunAsync(
            () =>
                transactions
                    .Db.Set<Credential>()
                    .Where(c => c.TenantId == tenantId && c.Kind != CredentialKind.Key && c.ExpiresAt < before)
                    .OrderBy(c => c.ExpiresAt)
                    .Take(batch)
                    .ExecuteDeleteAsync(ct),
            ct
        );
    }
}
