using System.Text;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Host.Demo;

/// <summary>How a demo brand is entered. Keys and passwords come out of the master key, so every node and every start knows them and none is stored.</summary>
public sealed record DemoAccess(DemoBrand Brand, string Key)
{
    public static DemoAccess Of(DemoBrand brand, Secrets secrets) =>
        new(brand, KeyRules.Make(KeyRules.Sandbox, secrets.DemoSecret($"{brand.Slug} key")));

    /// <summary>Makes what opens the brand. Inside the builder's transaction.</summary>
    public static async Task OpenAsync(IServiceProvider services, DemoBrand brand, CancellationToken ct)
    {
        var tenant = services.GetRequiredService<TenantScope>();
        var directory = services.GetRequiredService<TenantDirectory>();
        var transactions = services.GetRequiredService<Transactions>();
        var access = Of(brand, services.GetRequiredService<Secrets>());
        // Nobody was ever shown the key that every brand is made with.
        foreach (var key in await directory.CredentialsAsync(tenant.Id, ct))
            await directory.RevokeAsync(transactions, tenant.Id, key.Id, ct);
        var credential = new Credential
        {
            Id = Ids.New(),
            TenantId = tenant.Id,
            Name = "demo",
            Hash = KeyRules.HashOf(access.Key),
            Hint = access.Key[..(KeyRules.Sandbox.Length + 4)],
            Scopes = string.Join(' ', Scopes.All),
            CreatedAt = tenant.WallNow,
        };
        await TenantDirectory.AddCredentialAsync(transactions, credential, ct);
    }

    public void Write(StringBuilder text)
    {
        text.AppendLine($"{Brand.Name}, brand {Brand.Slug}: its clock stands at {Brand.End:yyyy-MM-dd}.");
        text.AppendLine($"  brand key     {Key}");
    }
}
