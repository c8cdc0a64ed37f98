using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MemberCloud.Points;

/// <summary>A kind of points that a brand defined beside the two everyone has.</summary>
public sealed class PointsCurrency : ITenantOwned
{
    public Guid TenantId { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<PointsCurrency>
    {
        public void Configure(EntityTypeBuilder<PointsCurrency> builder)
        {
            builder.ToTable("points_currencies");
            builder.HasKey(c => new { c.TenantId, c.Code });
            builder.Property(c => c.Code).HasMaxLength(Currencies.CodeLength);
            builder.Property(c => c.Name).HasMaxLength(100);
        }
    }
}

/// <summary>The kinds of points of a brand: <c>points</c> (spendable), <c>growth</c> (decides the tier, never spent), and its own.</summary>
public sealed class Currencies(Transactions transactions, TenantScope scope, TenantCache cache, TenantDirectory directory)
{
    public const int CodeLength = 20;
    public const int MaxOwn = 20;
    public const string Points = "points";
    public const string Growth = "growth";

    /// <summary>What a rule that gives coupons earns: no kind of points, so none has its name.</summary>
    public const string Coupons = "coupons";

    /// <summary>Whether the brand has it.</summary>
    public async Task<bool> ExistsAsync(string code, CancellationToken ct) =>
        code is Points or Growth || (await OwnAsync(ct)).Any(c => c.Code == code);

    public Task<IReadOnlyList<PointsCurrency>> OwnAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<PointsCurrency>>(
            scope.Tenant,
            async () => await transactions.Db.Set<PointsCurrency>().AsNoTracking().OrderBy(c => c.Code).ToListAsync(ct)
        );

    public Task<Result<PointsCurrency>> AddAsync(NewCurrency asked, CancellationToken ct) =>
        transactions.DecideAsync<PointsCurrency>(
            async () =>
            {
                var db = transactions.Db;
                if (
                    asked.Code is Points or Growth or Coupons
                    || await db.Set<PointsCurrency>().AnyAsync(c => c.Code == asked.Code, ct)
                )
                    return Problem.Conflict("currency_exists", $"There is a currency {asked.Code} already.");
                if (await db.Set<PointsCurrency>().CountAsync(ct) >= MaxOwn)
                    return Problem.Conflict("too_many_currencies", $"A brand defines at most {MaxOwn} currencies of its own.");
                var currency = new PointsCurrency
                {
                    TenantId = scope.Id,
                    Code = asked.Code,
                    Name = asked.Name,
                    CreatedAt = scope.Now,
                };
                db.Add(currency);
                await db.SaveChangesAsync(ct);
                await directory.StampAsync(transactions, ct);
                return currency;
            },
            ct
        );
}
