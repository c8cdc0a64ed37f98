using System.Security.Cryptography;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Members;

/// <summary>Short-lived tokens with which a member's page acts for the member.</summary>
public sealed class MemberTokens(Transactions transactions, TenantScope scope)
{
    /// <summary>A page that is opened again and again asks for many: the oldest go.</summary>
    public const int MaxPerMember = 20;

    private const int DefaultSeconds = 900;

    public Task<Result<MemberTokenShape>> MakeAsync(Guid memberId, NewMemberToken asked, CancellationToken ct) =>
        transactions.DecideAsync<MemberTokenShape>(
            async () =>
            {
                var held = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                memberId = held.Value.Id;
                var token = KeyRules.Make(KeyRules.Member, RandomNumberGenerator.GetBytes(32));
                var expires = scope.WallNow.AddSeconds(asked.TtlSeconds ?? DefaultSeconds);
                var credential = new Credential
                {
                    Id = Ids.New(),
                    TenantId = scope.Id,
                    Kind = CredentialKind.Member,
                    SubjectId = memberId,
                    Name = "member",
                    Hash = KeyRules.HashOf(token),
                    Hint = token[..(KeyRules.Member.Length + 4)],
                    Scopes = "",
                    ExpiresAt = expires,
                    CreatedAt = scope.WallNow,
                };
                await TenantDirectory.KeepNewestAsync(transactions.Db, CredentialKind.Member, memberId, MaxPerMember - 1, ct);
                await TenantDirectory.AddCredentialAsync(transactions, credential, ct);
                return new MemberTokenShape(token, expires, Ids.Show(IdPrefix.Member, memberId));
            },
            ct
        );
}
