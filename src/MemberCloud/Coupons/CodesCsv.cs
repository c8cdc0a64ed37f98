using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Coupons;

/// <summary>A pool's codes as a file (RFC 4180, UTF-8), made anew page by page: whatever its length, only one page is in memory.</summary>
public sealed class CodesCsv(MemberCloudDb db, TenantScope scope)
{
    private const int PageSize = 1_000;

    /// <summary>The header row. Columns may be added at its end; these stay where they are.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["code", "state"];

    private static readonly CsvConfiguration Layout = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    /// <summary>Writes all codes of a pool in the order they were made. No connection to the database is held while a page is sent.</summary>
    public Task WriteAsync(Stream to, CouponBatch batch, CancellationToken ct) =>
        WriteAsync(
            to,
            no => PoolCodes.Of(scope.Tenant.Keys, batch.Id, no),
            after => PageAsync(batch.Id, after, ct),
            batch.Looked,
            ct
        );

    /// <summary>Writes codes by their numbers, page by page.</summary>
    /// <param name="to">Where to.</param>
    /// <param name="codeOf">The code of a number.</param>
    /// <param name="pageAfter">The next numbers after one, each with the state of its code.</param>
    /// <param name="last">The last number.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task WriteAsync(
        Stream to,
        Func<long, string> codeOf,
        Func<long, Task<List<(long No, string State)>>> pageAfter,
        long last,
        CancellationToken ct
    )
    {
        await using var text = new StreamWriter(to, new UTF8Encoding(false), 16 * 1024, leaveOpen: true);
        await using var csv = new CsvWriter(text, Layout, leaveOpen: true);
        foreach (var column in Columns)
            csv.WriteField(column);
        await csv.NextRecordAsync();
        for (var after = 0L; after < last; )
        {
            var page = await pageAfter(after);
            if (page.Count == 0)
                return;
            foreach (var (no, state) in page)
            {
                csv.WriteField(EntriesCsv.Plain(codeOf(no)));
                csv.WriteField(state);
                await csv.NextRecordAsync();
            }
            await csv.FlushAsync();
            await text.FlushAsync(ct);
            after = page[^1].No;
        }
    }

    private async Task<List<(long No, string State)>> PageAsync(Guid batch, long after, CancellationToken ct)
    {
        var rows = await db.Set<CouponCode>()
            .AsNoTracking()
            .Where(c => c.BatchId == batch && c.No > after)
            .OrderBy(c => c.No)
            .Take(PageSize)
            .Select(c => new
            {
                c.No,
                IsRedeemed = c.RedeemedAt != null,
                IsVoid = c.VoidedAt != null,
            })
            .ToListAsync(ct);
        return rows.ConvertAll(c => (c.No, StateOf(c.IsRedeemed, c.IsVoid)));
    }

    /// <summary>What the file says of a code.</summary>
    public static string StateOf(bool isRedeemed, bool isVoid) =>
        isRedeemed ? "redeemed"
        : isVoid ? "void"
        : "unused";
}
