using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Data;

/// <summary>
/// The key of one member, under which personal fields outside the member's row are sealed (stored answers, proofs of consent, the audit log). Made when it is first
/// needed; destroyed when the member is erased, and the row stays so that none is made again.
/// </summary>
public sealed class MemberKey : ITenantOwned
{
    public Guid TenantId { get; init; }
    public Guid MemberId { get; init; }

    /// <summary>Wrapped under the tenant's key; null once destroyed.</summary>
    public byte[]? Wrapped { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<MemberKey>
    {
        public void Configure(EntityTypeBuilder<MemberKey> builder)
        {
            builder.ToTable("member_keys");
            builder.HasKey(k => new { k.TenantId, k.MemberId });
            builder.Property(k => k.Wrapped).HasMaxLength(100);
        }
    }
}

/// <summary>An answer that holds personal fields of one member: it is kept for its Idempotency-Key under that member's key, and so erased with the member.</summary>
public interface IPersonal
{
    /// <summary>The member's id, <c>mem_...</c></summary>
    string Whose { get; }
}

/// <summary>Seals what is personal so that erasing a member makes it unreadable wherever it lies, in copies of the database too that are made later.</summary>
public sealed class MemberKeys(MemberCloudDb db)
{
    /// <summary>Inside the caller's transaction, since the first call for a member makes the key. Null when the member was erased: nothing is to be kept then.</summary>
    public async Task<byte[]?> SealAsync(TenantKeys keys, Guid member, string text, CancellationToken ct)
    {
        var key = await FindAsync(member, ct);
        if (key is null)
        {
            key = KeyOf(member, keys.NewMemberKey(member));
            db.Add(key);
            await db.SaveChangesAsync(ct);
        }
        return key.Wrapped is { } wrapped ? keys.SealText(text, member, wrapped) : null;
    }

    /// <summary>Null when the member was erased.</summary>
    public async Task<string?> OpenAsync(TenantKeys keys, Guid member, byte[] sealedText, CancellationToken ct) =>
        await FindAsync(member, ct) is { Wrapped: { } wrapped } ? keys.OpenText(sealedText, member, wrapped) : null;

    /// <summary>Many texts of one member, with one look at the key; nulls when the member was erased.</summary>
    public async Task<Func<byte[], string?>> OpenerAsync(TenantKeys keys, Guid member, CancellationToken ct)
    {
        var wrapped = (await FindAsync(member, ct))?.Wrapped;
        return sealedText => wrapped is null ? null : keys.OpenText(sealedText, member, wrapped);
    }

    /// <summary>For ever. Inside the caller's transaction.</summary>
    public async Task DestroyAsync(Guid member, CancellationToken ct)
    {
        var destroyed = await db.Set<MemberKey>()
            .Where(k => k.MemberId == member)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.Wrapped, (byte[]?)null), ct);
        if (destroyed > 0)
            return;
        db.Add(KeyOf(member, null));
        await db.SaveChangesAsync(ct);
    }

    private Task<MemberKey?> FindAsync(Guid member, CancellationToken ct) =>
        db.Set<MemberKey>().AsNoTracking().FirstOrDefaultAsync(k => k.MemberId == member, ct);

    private MemberKey KeyOf(Guid member, byte[]? wrapped) =>
        new()
        {
            TenantId = db.Tenant.Id,
            MemberId = member,
            Wrapped = wrapped,
        };
}
