using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>
/// The brand's books of one kind of points. Always: issued + adjusted = pending + available + held - debt + redeemed + expired. (Transfers leave one member's account and
/// enter another's.)
/// </summary>
/// <param name="Currency">The kind of points.</param>
/// <param name="Issued">Earned, less what was taken back.</param>
/// <param name="Pending">Earned, not settled.</param>
/// <param name="Available">Can be spent.</param>
/// <param name="Held">Kept by holds.</param>
/// <param name="Debt">Taken back beyond what was there.</param>
/// <param name="Redeemed">Spent and captured, less what was restored.</param>
/// <param name="Expired">Ended unspent, those of erased members among them.</param>
/// <param name="Adjusted">Put right by hand, and debt given up: up (+) or down (-).</param>
public sealed record BooksShape(
    string Currency,
    long Issued,
    long Pending,
    long Available,
    long Held,
    long Debt,
    long Redeemed,
    long Expired,
    long Adjusted
);

/// <summary>
/// The brand's books, summed over its members' accounts: each carries its own part, so that no row is everybody's. One statement, and so one moment; it reads the brand's accounts
/// by their primary key, which is what the sum of a million costs less than keeping an index of changing amounts would cost every spend.
/// </summary>
public sealed class PointsBooks(MemberCloudDb db, Currencies currencies)
{
    /// <summary>One line for each kind of points the brand has, as posted.</summary>
    public async Task<IReadOnlyList<BooksShape>> ReadAsync(CancellationToken ct)
    {
        var sums = await db.Set<PointsAccount>()
            .AsNoTracking()
            .GroupBy(a => a.Currency)
            .Select(g => new BooksShape(
                g.Key,
                g.Sum(a => a.Issued),
                g.Sum(a => a.Pending),
                g.Sum(a => a.Available),
                g.Sum(a => a.Held),
                g.Sum(a => a.Debt),
                g.Sum(a => a.Redeemed),
                g.Sum(a => a.Expired),
                g.Sum(a => a.Adjusted)
            ))
            .ToDictionaryAsync(b => b.Currency, ct);
        string[] kinds = [Currencies.Points, Currencies.Growth, .. (await currencies.OwnAsync(ct)).Select(c => c.Code)];
        return [.. kinds.Select(kind => sums.GetValueOrDefault(kind) ?? new(kind, 0, 0, 0, 0, 0, 0, 0, 0))];
    }
}
