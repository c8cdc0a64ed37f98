using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Perks;

/// <summary>The brand's perks, and the only writer of them. None is ever removed: plans and tiers name them.</summary>
public sealed class PerkService(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory,
    TemplateBook templates
)
{
    public const int MaxPerks = 200;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>All perks, oldest first.</summary>
    public Task<IReadOnlyList<Perk>> AllAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<Perk>>(
            scope.Tenant,
            async () => await Db.Set<Perk>().AsNoTracking().OrderBy(p => p.Id).ToListAsync(ct)
        );

    /// <summary>Null when the brand has every perk named (ids as shown outside).</summary>
    public async Task<Problem?> CheckAsync(IReadOnlyList<string>? named, CancellationToken ct)
    {
        if (named is not { Count: > 0 })
            return null;
        var known = (await AllAsync(ct)).Select(p => Ids.Show(IdPrefix.Perk, p.Id)).ToHashSet();
        return named.FirstOrDefault(p => !known.Contains(p)) is { } unknown ? Unknown(unknown) : null;
    }

    internal static Problem Unknown(string named) => Problem.Contradiction("perk_unknown", $"The brand has no perk {named}.");

    public Task<Result<Perk>> AddAsync(PerkBody body, CancellationToken ct) =>
        transactions.DecideAsync<Perk>(
            async () =>
            {
                if (await CheckTemplatesAsync(body, ct) is { } problem)
                    return problem;
                // First the brand's row: of two at once the second counts what the first has stored.
                await directory.StampAsync(transactions, ct);
                if (await Db.Set<Perk>().CountAsync(ct) >= MaxPerks)
                    return Problem.Conflict("too_many_perks", $"A brand has at most {MaxPerks} perks.");
                var perk = new Perk
                {
                    TenantId = scope.Id,
                    Id = Ids.New(),
                    Body = Json.Write(body),
                    CreatedAt = scope.Now,
                };
                Db.Add(perk);
                await Db.SaveChangesAsync(ct);
                return perk;
            },
            ct
        );

    public Task<Result<Perk>> ChangeAsync(
        Guid id,
        Func<PerkBody, PerkBody> change,
        Func<long, Problem?> stale,
        CancellationToken ct
    ) =>
        transactions.DecideAsync<Perk>(
            async () =>
            {
                if (await Db.Set<Perk>().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } perk)
                    return Problem.NotFound("perk");
                if (stale(perk.Version) is { } old)
                    return old;
                var body = change(Json.Read<PerkBody>(perk.Body));
                if ((Validation.Check(body) ?? await CheckTemplatesAsync(body, ct)) is { } problem)
                    return problem;
                await directory.StampAsync(transactions, ct);
                perk.Body = Json.Write(body);
                await Db.SaveChangesAsync(ct);
                return perk;
            },
            ct
        );

    private async Task<Problem?> CheckTemplatesAsync(PerkBody body, CancellationToken ct)
    {
        foreach (var coupons in body.Config?.Coupons ?? [])
            if (await templates.FindAsync(coupons.TemplateId, ct) is null)
                return Problem.Contradiction("template_unknown", $"The brand has no coupon template {coupons.TemplateId}.");
        return null;
    }
}
