using System.Text;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;

namespace MemberCloud.Host.Demo;

/// <summary>Somebody who works for a demo brand.</summary>
public sealed record DemoStaff(StaffRole Role, string Email, string Password);

/// <summary>
/// How a demo brand is entered. Its key and passwords come out of the master key, which is random: every node and every start finds the same ones, and none is
/// stored as it reads. A password that somebody changed is theirs.
/// </summary>
public sealed record DemoAccess(DemoBrand Brand, string Key, IReadOnlyList<DemoStaff> Staff)
{
    public const string KeyName = "demo";

    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private static readonly StaffRole[] Roles = [StaffRole.Owner, StaffRole.Manager, StaffRole.Marketer, StaffRole.Viewer];

    public static DemoAccess Of(DemoBrand brand, Secrets secrets) =>
        new(
            brand,
            KeyRules.Make(KeyRules.Sandbox, secrets.DemoSecret($"{brand.Slug} key")),
            [
                .. Roles
                    .Select(role => (Role: role, Email: $"{Words<StaffRole>.Of(role)}@{brand.Slug}.example"))
                    .Select(s => new DemoStaff(s.Role, s.Email, Password(secrets.DemoSecret(s.Email)))),
            ]
        );

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
            Name = KeyName,
            Hash = KeyRules.HashOf(access.Key),
            Hint = access.Key[..(KeyRules.Sandbox.Length + 4)],
            Scopes = string.Join(' ', Scopes.All),
            CreatedAt = tenant.WallNow,
        };
        await TenantDirectory.AddCredentialAsync(transactions, credential, ct);
        foreach (var (role, email, password) in access.Staff)
        {
            var made = await services
                .GetRequiredService<StaffService>()
                .AddWithPasswordAsync(new(role.ToString(), email, role), password, ct);
            if (made.Problem is { } problem)
                throw new InvalidOperationException(problem.Detail);
        }
    }

    /// <summary>What a person needs to know, with a member's token where one was issued.</summary>
    public void Write(StringBuilder text, string? memberToken)
    {
        text.AppendLine($"{Brand.Name}: brand {Brand.Slug}");
        foreach (var (_, email, password) in Staff)
            text.AppendLine($"  staff         {email, -26}  password {password}");
        text.AppendLine($"  brand key     {Key}");
        if (memberToken is not null)
            text.AppendLine(
                $"  member token  {memberToken}  (of {Brand.Showcase}, for {DemoBuilder.TokenLife.TotalHours:0} hours)"
            );
    }

    /// <summary>16 characters of five random bits each, in groups that can be read out.</summary>
    private static string Password(byte[] random) =>
        string.Join('-', random.Take(16).Select(b => Alphabet[b & 31]).Chunk(4).Select(group => new string(group)));
}
