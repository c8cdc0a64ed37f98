using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Caller = MemberCloud.Api.Tests.Cloud.Caller;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Somebody who calls, and whom the table lets call what.</summary>
public sealed record Person(string Name, string? Secret, Func<Permission, bool> May);

/// <summary>People and systems of a brand, of every kind there is. Their tokens are put where signing in puts them.</summary>
public sealed class Crew(Brand brand, string? memberId)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private readonly Dictionary<string, Caller> callers = [];

    public Person Key => new("a key of every scope", brand.Secret, p => p.Scope is not null || p.Anyone);

    public Person Operator => new("the operator", TestHost.OperatorKey, p => p.Operator || p.Anyone);

    public static Person Nobody => new("nobody", null, p => p.Anyone);

    public Task<Person> StaffAsync(StaffRole role) =>
        AddAsync($"{role}", CredentialKind.Staff, null, Words<StaffRole>.Of(role), p => p.Roles.Contains(role) || p.Anyone);

    public Task<Person> MemberAsync() => AddAsync("a member", CredentialKind.Member, MemberGuid, "", p => p.Member || p.Anyone);

    /// <summary>A key of some scopes, none too.</summary>
    public Task<Person> KeyAsync(params string[] scopes) =>
        AddAsync(
            $"a key of [{string.Join(' ', scopes)}]",
            CredentialKind.Key,
            null,
            string.Join(' ', scopes),
            p => (p.Scope is { } scope && scopes.Contains(scope)) || p.Anyone
        );

    public Task<Person> ExpiredAsync(CredentialKind kind) =>
        AddAsync(
            $"an expired {kind}",
            kind,
            kind == CredentialKind.Member ? MemberGuid : null,
            ScopesOf(kind),
            p => p.Anyone,
            -Life
        );

    public Task<Person> RevokedAsync(CredentialKind kind) =>
        AddAsync(
            $"a revoked {kind}",
            kind,
            kind == CredentialKind.Member ? MemberGuid : null,
            ScopesOf(kind),
            p => p.Anyone,
            revoked: true
        );

    public Task<Person> InvitedAsync() =>
        AddAsync("an invitation", CredentialKind.Invitation, null, Words<StaffRole>.Of(StaffRole.Owner), p => p.Anyone);

    /// <summary>The HTTP side of a person.</summary>
    public Caller Of(Person person)
    {
        if (!callers.TryGetValue(person.Name, out var caller))
            callers.Add(person.Name, caller = new(brand.Cloud.Host.Client(person.Secret)));
        return caller;
    }

    private Guid MemberGuid => Ids.TryRead(IdPrefix.Member, memberId, out var id) ? id : Ids.New();

    private static string ScopesOf(CredentialKind kind) =>
        kind switch
        {
            CredentialKind.Key => string.Join(' ', Scopes.All),
            CredentialKind.Staff or CredentialKind.Invitation => Words<StaffRole>.Of(StaffRole.Owner),
            CredentialKind.Member => "",
        };

    private static string PrefixOf(CredentialKind kind) =>
        kind switch
        {
            CredentialKind.Key => KeyRules.Sandbox,
            CredentialKind.Staff => KeyRules.Staff,
            CredentialKind.Member => KeyRules.Member,
            CredentialKind.Invitation => KeyRules.Invitation,
        };

    private async Task<Person> AddAsync(
        string name,
        CredentialKind kind,
        Guid? subject,
        string scopes,
        Func<Permission, bool> may,
        TimeSpan? life = null,
        bool revoked = false
    )
    {
        var secret = KeyRules.Make(PrefixOf(kind), System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        if (kind == CredentialKind.Staff)
            subject = await HireAsync(Words<StaffRole>.Parse(scopes));
        var now = Instants.Cut(TimeProvider.System.GetUtcNow().UtcDateTime);
        var credential = new Credential
        {
            Id = Ids.New(),
            TenantId = brand.TenantId,
            Kind = kind,
            SubjectId = subject,
            Name = "walks",
            Hash = KeyRules.HashOf(secret),
            Hint = secret[..12],
            Scopes = scopes,
            ExpiresAt = now + (life ?? Life),
            CreatedAt = now,
            RevokedAt = revoked ? now : null,
        };
        await StoreAsync(_ => credential);
        callers.Remove(name);
        return new(name, secret, may);
    }

    /// <summary>Somebody of the brand's staff, who has no password.</summary>
    private async Task<Guid> HireAsync(StaffRole role)
    {
        var staff = await StoreAsync(scope =>
        {
            var hired = StaffService.New(scope, "Walker", $"{Ids.New():N}@example.com", role, null);
            hired.State = StaffState.Active;
            return hired;
        });
        return staff.Id;
    }

    private Task<T> StoreAsync<T>(Func<TenantScope, T> make)
        where T : class =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
            {
                var transactions = services.GetRequiredService<Transactions>();
                var row = make(services.GetRequiredService<TenantScope>());
                return transactions.RunAsync(
                    async () =>
                    {
                        transactions.Db.Add(row);
                        await transactions.Db.SaveChangesAsync();
                        return row;
                    },
                    CancellationToken.None
                );
            }
        );
}
