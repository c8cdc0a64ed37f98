using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Insights;

/// <summary>What the points that members hold are worth, of one moment.</summary>
public sealed class LiabilityReport(Transactions transactions, PointsSums sums, Currencies currencies, TenantScope scope)
{
    /// <summary>Ages in whole calendar months; what is older than the last is one group.</summary>
    private static readonly int[] Ages = [3, 6, 12, 24];

    /// <summary>Months of expiry that are told apart; what ends later is told as ending in the month after them.</summary>
    private const int MonthsAhead = 60;

    /// <summary>Months of earning that are looked at, and of those that have matured, how many: the latest.</summary>
    private const int MonthsBack = 60;
    private const int MonthsTaken = 12;

    private DateOnly ThisMonth => scope.Tenant.Local.DateOf(scope.Now) is var today ? new(today.Year, today.Month, 1) : default;

    /// <summary>One line for each kind of points that can be spent.</summary>
    /// <param name="pointValue">Price of one point in ten-thousandths of a minor unit.</param>
    /// <param name="redemptionBp">How much will be redeemed; estimated when it is not given.</param>
    public async Task<LiabilityShape> ReadAsync(long pointValue, int? redemptionBp, CancellationToken ct)
    {
        string[] kinds = [Currencies.Points, .. (await currencies.OwnAsync(ct)).Select(c => c.Code)];
        return await transactions.ReadTogetherAsync(
            async () =>
            {
                var lots = (await OpenLotsAsync(ct)).ToLookup(l => l.Key.Currency);
                var accounts = await AccountsAsync(ct);
                var cohorts = redemptionBp is null ? await CohortsAsync(ct) : null;
                RedemptionRate RateOf(string kind) =>
                    redemptionBp is { } given ? new(given, RedemptionBasis.Given) : LiabilityRules.Estimate(cohorts![kind]);
                return new LiabilityShape(
                    scope.Now,
                    scope.Tenant.Currency,
                    pointValue,
                    [.. kinds.Select(k => Line([.. lots[k]], accounts.GetValueOrDefault(k, new(k, 0, 0)), RateOf(k), pointValue))]
                );
            },
            ct
        );
    }

    private LiabilityLine Line(List<LotSum> lots, AccountSum account, RedemptionRate rate, long pointValue)
    {
        long Sum(Func<LotKey, bool> which) => lots.Where(l => which(l.Key)).Sum(l => l.Points);
        var (pending, available) = (Sum(l => !l.Spendable), Sum(l => l.Spendable));
        var outstanding = pending + available + account.Held;
        var expected = LiabilityRules.Expected(outstanding, rate);
        return new(
            account.Currency,
            outstanding,
            pending,
            available,
            account.Held,
            account.Debt,
            // The bounds run from the oldest to the youngest.
            [
                .. Enumerable
                    .Range(0, Ages.Length + 1)
                    .Select(i => new AgeLine(
                        i == 0 ? 0 : Ages[i - 1],
                        i == Ages.Length ? null : Ages[i],
                        Sum(l => l.Age == Ages.Length - i)
                    )),
            ],
            [
                .. lots.Where(l => l.Key.End == LotKey.Known)
                    .GroupBy(l => l.Key.Month)
                    .OrderBy(g => g.Key)
                    .Select(g => new ExpiryLine(Month(g.Key), g.Sum(l => l.Points))),
            ],
            Sum(l => l.End == LotKey.Never),
            Sum(l => l.End == LotKey.NotKnown),
            rate.BasisPoints,
            rate.Basis,
            expected,
            outstanding - expected,
            LiabilityRules.Worth(outstanding, rate, pointValue, scope.Tenant.Rounding)
        );
    }

    private string Month(int ahead) => ThisMonth.AddMonths(ahead).ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private Task<List<LotSum>> OpenLotsAsync(CancellationToken ct)
    {
        var local = scope.Tenant.Local;
        List<DateTime> ages = [.. Ages.Reverse().Select(months => local.PlusMonths(scope.Now, -months))];
        List<DateTime> months = [.. Enumerable.Range(1, MonthsAhead).Select(i => local.StartOf(ThisMonth.AddMonths(i)))];
        return sums.OpenLotsAsync(scope.Now, ages, months, ct);
    }

    private async Task<Dictionary<string, AccountSum>> AccountsAsync(CancellationToken ct) =>
        (await sums.AccountsAsync(ct)).ToDictionary(a => a.Currency);

    /// <summary>What became of the latest months whose points are all but gone, by kind of points.</summary>
    private async Task<ILookup<string, Cohort>> CohortsAsync(CancellationToken ct)
    {
        var local = scope.Tenant.Local;
        List<DateTime> starts =
        [
            .. Enumerable.Range(1 - MonthsBack, MonthsBack + 1).Select(i => local.StartOf(ThisMonth.AddMonths(i))),
        ];
        var earned = await sums.EarnedAsync(starts, ct);
        // Index i is the month that ends at starts[i]; 0 is all that lies before the first.
        var mature = earned
            .Where(m => m.Month > 0 && LiabilityRules.IsMature(m.Earned, m.Open))
            .GroupBy(m => m.Currency)
            .SelectMany(g => g.OrderByDescending(m => m.Month).Take(MonthsTaken))
            .Select(m => (m.Currency, m.Month))
            .ToHashSet();
        if (mature.Count == 0)
            return Array.Empty<Cohort>().ToLookup(_ => "");
        var (first, last) = (mature.Min(m => m.Month), mature.Max(m => m.Month));
        var gone = await sums.GoneAsync(starts, starts[first - 1], starts[last], ct);
        return gone.Where(c => mature.Contains((c.Currency, c.Month))).ToLookup(c => c.Currency, c => c.Cohort);
    }
}
