using System.Security.Cryptography;
using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Tenancy;

/// <summary>A key as it is shown exactly once.</summary>
public sealed record NewKey(Credential Credential, string Secret);

/// <summary>Brands and their keys.</summary>
public sealed class TenantService(TenantDirectory directory, TimeProvider wall)
{
    /// <summary>Keys a brand may hold at once: one per system and stage, and one more of each while it is exchanged.</summary>
    public const int MaxKeys = 50;

    public static readonly TimeSpan InvitationLife = TimeSpan.FromDays(7);

    private DateTime Now => Instants.Cut(wall.GetUtcNow().UtcDateTime);

    public async Task<Result<(TenantInfo Tenant, NewKey Key, NewKey Owner)>> CreateAsync(NewTenant asked, CancellationToken ct)
    {
        var id = Ids.New();
        var key = MakeKey(id, asked.Mode!.Value, "first key", Scopes.All);
        var owner = Token(id, CredentialKind.Invitation, null, Words<StaffRole>.Of(StaffRole.Owner), InvitationLife);
        Tenant Make(byte[] dataKey) =>
            new()
            {
                Id = id,
                Slug = asked.Slug,
                Name = asked.Name,
                TimeZone = asked.TimeZone,
                Currency = asked.Currency,
                Country = asked.Country ?? LocalTime.CountryOf(asked.TimeZone),
                Rounding = asked.Rounding ?? Rounding.HalfAwayFromZero,
                Locale = asked.Locale,
                Mode = asked.Mode!.Value,
                Settings = Json.Write(new BrandSettings()),
                TestClock = asked.TestClock,
                RateQuota = asked.RateQuota,
                DataKey = dataKey,
                CreatedAt = asked.TestClock ?? Now,
            };
        return (await directory.AddAsync(Make, id, [key.Credential, owner.Credential], ct)).Then(tenant => (tenant, key, owner));
    }

    public Task<Result<TenantInfo>> SetStatusAsync(Guid id, TenantStatus status, CancellationToken ct) =>
        directory.ChangeAsync(
            id,
            tenant =>
            {
                if (tenant.Status == TenantStatus.Closed && status != TenantStatus.Closed)
                    return Problem.Conflict("tenant_closed", "A closed brand stays closed.");
                var now = tenant.TestClock ?? Now;
                if (tenant.Status == TenantStatus.Active && status == TenantStatus.Suspended)
                    tenant.SuspendedAt = Spares(tenant, now) ? tenant.SuspendedAt : now;
                if (tenant.Status == TenantStatus.Suspended && status == TenantStatus.Active)
                    tenant.ResumedAt = now;
                tenant.Status = status;
                return null;
            },
            ct
        );

    /// <summary>Suspended again while what the last suspension spared is still spared: the two are one.</summary>
    private static bool Spares(Tenant tenant, DateTime now) =>
        tenant is { SuspendedAt: not null, ResumedAt: { } resumed }
        && now < ExpiryPause.EndOf(resumed, LocalTime.Of(tenant.TimeZone));

    public async Task<Result<NewKey>> AddKeyAsync(
        Transactions transactions,
        TenantInfo tenant,
        Caller creator,
        NewBrandKey asked,
        CancellationToken ct
    )
    {
        var scopes = asked.Scopes.Distinct(StringComparer.Ordinal).ToArray();
        if (scopes.FirstOrDefault(s => !Scopes.All.Contains(s)) is { } unknown)
            return Problem.Field(
                "/scopes",
                "unknown_value",
                $"There is no scope {unknown}; there are {string.Join(", ", Scopes.All)}."
            );
        if (scopes.Any(s => !creator.Scopes.Contains(s)))
            return new Problem("scope_beyond_own", "A key can only give scopes that it has itself.", 403);
        if ((await directory.CredentialsAsync(tenant.Id, ct)).Count(c => c.RevokedAt is null) >= MaxKeys)
            return Problem.Conflict("too_many_keys", $"A brand holds at most {MaxKeys} keys: revoke one first.");
        var key = MakeKey(tenant.Id, tenant.Mode, asked.Name, scopes, creator.ActorId);
        await TenantDirectory.AddCredentialAsync(transactions, key.Credential, ct);
        return key;
    }

    /// <summary>Issues a token of a person of the brand, in the caller's transaction where one is open.</summary>
    /// <param name="role">Of staff and their invitations; empty for members.</param>
    public async Task<NewKey> IssueAsync(
        Transactions transactions,
        CredentialKind kind,
        Guid subject,
        string role,
        TimeSpan life,
        CancellationToken ct
    )
    {
        var token = Token(transactions.Db.Tenant.Id, kind, subject, role, life);
        await TenantDirectory.AddCredentialAsync(transactions, token.Credential, ct);
        return token;
    }

    private NewKey MakeKey(Guid tenantId, TenantMode mode, string name, IEnumerable<string> scopes, Guid? root = null) =>
        Make(KeyRules.PrefixOf(mode), tenantId, CredentialKind.Key, null, name, string.Join(' ', scopes), null, root);

    private NewKey Token(Guid tenantId, CredentialKind kind, Guid? subject, string role, TimeSpan life)
    {
        var prefix = kind switch
        {
            CredentialKind.Staff => KeyRules.Staff,
            CredentialKind.Member => KeyRules.Member,
            CredentialKind.Invitation => KeyRules.Invitation,
            CredentialKind.Key => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return Make(prefix, tenantId, kind, subject, Words<CredentialKind>.Of(kind), role, Now + life);
    }

    private NewKey Make(
        string prefix,
        Guid tenantId,
        CredentialKind kind,
        Guid? subject,
        string name,
        string scopes,
        DateTime? expiresAt,
        Guid? root = null
    )
    {
        var secret = KeyRules.Make(prefix, RandomNumberGenerator.GetBytes(32));
        var credential = new Credential
        {
            Id = Ids.New(),
            TenantId = tenantId,
            Kind = kind,
            SubjectId = subject,
            RootId = root,
            Name = name,
            Hash = KeyRules.HashOf(secret),
            Hint = secret[..(prefix.Length + 4)],
            Scopes = scopes,
            ExpiresAt = expiresAt,
            CreatedAt = Now,
        };
        return new(credential, secret);
    }
}
