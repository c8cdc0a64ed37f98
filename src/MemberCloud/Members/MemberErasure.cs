using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>Takes away what is personal of a member: fields, tags, identities, the member's key and tokens. What they held is ended above.</summary>
public sealed class MemberErasure(Transactions transactions, MemberKeys keys, TenantScope scope, TenantDirectory directory)
{
    // The whole row: whoever holds the member is waited for, and sees the erasure after.
    private static readonly Lookup<Member> Locked = new("id = {0}", [typeof(Guid)]) { Locks = true };

    public DateTime Now => scope.Now;

    /// <summary>The member's row, locked until the transaction ends.</summary>
    public async Task<Member?> LockAsync(Guid id, CancellationToken ct)
    {
        var load = new LoadBatch();
        var found = load.Add(
            Locked,
            [
                [id],
            ]
        );
        await transactions.Door.LoadAsync(load, ct);
        return found.SingleOrDefault();
    }

    /// <summary>Inside the caller's transaction, the member's row locked. What was there is written nowhere, the trail of changes included.</summary>
    public async Task EraseAsync(Guid id, CancellationToken ct)
    {
        var db = transactions.Db;
        await db.Set<MemberTag>().Where(t => t.MemberId == id).ExecuteDeleteAsync(ct);
        await db.Set<MemberAttributeValue>().Where(v => v.MemberId == id).ExecuteDeleteAsync(ct);
        await db.Set<MemberIdentity>().Where(i => i.MemberId == id).ExecuteDeleteAsync(ct);
        // Another id than the member's own: nobody who knew the old one can tell whose row this was.
        var nobody = Ids.Show("erased", Ids.New());
        var now = scope.Now;
        await db.Set<Member>()
            .Where(m => m.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.ExternalId, nobody)
                        .SetProperty(m => m.Name, (string?)null)
                        .SetProperty(m => m.PhoneSealed, (byte[]?)null)
                        .SetProperty(m => m.PhoneIndex, (byte[]?)null)
                        .SetProperty(m => m.EmailSealed, (byte[]?)null)
                        .SetProperty(m => m.EmailIndex, (byte[]?)null)
                        .SetProperty(m => m.Birthday, (string?)null)
                        .SetProperty(m => m.BirthKey, (int?)null)
                        .SetProperty(m => m.Channel, (string?)null)
                        .SetProperty(m => m.Attributes, "{}")
                        .SetProperty(m => m.ErasedAt, now)
                        .SetProperty(m => m.Version, m => m.Version + 1),
                ct
            );
        await keys.DestroyAsync(id, ct);
        await directory.EndAsync(transactions, scope.Id, CredentialKind.Member, id, ct);
    }
}
