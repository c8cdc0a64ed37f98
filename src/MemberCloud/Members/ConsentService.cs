using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>The only writer of consents.</summary>
public sealed class ConsentService(Transactions transactions, MemberKeys keys, TenantScope scope)
{
    /// <summary>What a member says of all purposes in a life.</summary>
    public const int MaxPerMember = 1_000;

    private MemberCloudDb Db => transactions.Db;

    public Task<Result<Consent>> AddAsync(Guid memberId, NewConsent asked, CancellationToken ct) =>
        transactions.DecideAsync<Consent>(
            async () =>
            {
                var held = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                memberId = held.Value.Id;
                if (await Db.Set<Consent>().CountAsync(c => c.MemberId == memberId, ct) >= MaxPerMember)
                    return Problem.Conflict("too_many_consents", $"At most {MaxPerMember} consents are kept of a member.");
                var consent = new Consent
                {
                    TenantId = scope.Id,
                    MemberId = memberId,
                    Id = Ids.New(),
                    Purpose = asked.Purpose,
                    TextVersion = asked.TextVersion,
                    Granted = asked.Granted!.Value,
                    At = asked.At ?? scope.Now,
                    Channel = asked.Channel,
                    ProofSealed = asked.Proof is null ? null : await keys.SealAsync(scope.Tenant.Keys, memberId, asked.Proof, ct),
                    RecordedAt = scope.Now,
                };
                Db.Add(consent);
                await Db.SaveChangesAsync(ct);
                return consent;
            },
            ct
        );

    /// <summary>A member's consents, newest first, as they are shown; proofs of an erased member are gone.</summary>
    public async Task<IReadOnlyList<ConsentShape>> ListAsync(Guid memberId, Guid? before, int take, CancellationToken ct)
    {
        var rows = Db.Set<Consent>().AsNoTracking().Where(c => c.MemberId == memberId);
        if (before is { } last)
            rows = rows.Where(c => c.Id.CompareTo(last) < 0);
        return await ShowAsync(memberId, await rows.OrderByDescending(c => c.Id).Take(take).ToListAsync(ct), ct);
    }

    /// <summary>What counts now: of each purpose the latest by its own time.</summary>
    public async Task<IReadOnlyList<ConsentShape>> CurrentAsync(Guid memberId, CancellationToken ct)
    {
        var rows = await Db.Set<Consent>().AsNoTracking().Where(c => c.MemberId == memberId).ToListAsync(ct);
        var latest = rows.GroupBy(c => c.Purpose, StringComparer.Ordinal).Select(g => g.MaxBy(c => (c.At, c.Id))!);
        return await ShowAsync(memberId, latest.OrderBy(c => c.Purpose, StringComparer.Ordinal), ct);
    }

    private async Task<IReadOnlyList<ConsentShape>> ShowAsync(Guid memberId, IEnumerable<Consent> consents, CancellationToken ct)
    {
        var open = await keys.OpenerAsync(scope.Tenant.Keys, memberId, ct);
        return [.. consents.Select(c => ConsentShape.Of(c, c.ProofSealed is { } proof ? open(proof) : null))];
    }
}
