using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>A member's ledger as a file (RFC 4180, UTF-8), read page by page: whatever its length, only one page is in memory.</summary>
public sealed class EntriesCsv(MemberCloudDb db)
{
    public const string MediaType = "text/csv; charset=utf-8";

    private const int PageSize = 1_000;
    private const string Instant = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    /// <summary>The header row. Columns may be added at its end; these stay where they are.</summary>
    public static IReadOnlyList<string> Columns { get; } =
    [
        "number",
        "id",
        "kind",
        "delta_available",
        "delta_pending",
        "delta_held",
        "delta_debt",
        "available_after",
        "pending_after",
        "held_after",
        "debt_after",
        "reference_type",
        "reference_id",
        "reason",
        "rule_id",
        "rule_version",
        "occurred_at",
        "recorded_at",
    ];

    private static readonly CsvConfiguration Layout = new(CultureInfo.InvariantCulture) { NewLine = "\r\n" };

    /// <summary>Writes the entries up to a number, oldest first. No connection to the database is held while a page is sent.</summary>
    public async Task WriteAsync(Stream to, AccountKey key, long last, CancellationToken ct)
    {
        await using var text = new StreamWriter(to, new UTF8Encoding(false), 16 * 1024, leaveOpen: true);
        await using var csv = new CsvWriter(text, Layout, leaveOpen: true);
        foreach (var column in Columns)
            csv.WriteField(column);
        await csv.NextRecordAsync();
        for (var after = 0L; after < last; )
        {
            var page = await PageAsync(key, after, last, ct);
            if (page.Count == 0)
                return;
            foreach (var entry in page)
            {
                Write(csv, entry);
                await csv.NextRecordAsync();
            }
            await csv.FlushAsync();
            await text.FlushAsync(ct);
            after = page[^1].Seq;
        }
    }

    private Task<List<PointsEntry>> PageAsync(AccountKey key, long after, long last, CancellationToken ct) =>
        db.Set<PointsEntry>()
            .AsNoTracking()
            .Where(e => e.MemberId == key.MemberId && e.Currency == key.Currency && e.Seq > after && e.Seq <= last)
            .OrderBy(e => e.Seq)
            .Take(PageSize)
            .ToListAsync(ct);

    private static void Write(CsvWriter csv, PointsEntry e)
    {
        csv.WriteField(e.Seq);
        csv.WriteField(Ids.Show(IdPrefix.Entry, e.Id));
        csv.WriteField(Words<EntryKind>.Of(e.Kind));
        foreach (
            var amount in (ReadOnlySpan<long>)
                [
                    e.DeltaAvailable,
                    e.DeltaPending,
                    e.DeltaHeld,
                    e.DeltaDebt,
                    e.AvailableAfter,
                    e.PendingAfter,
                    e.HeldAfter,
                    e.DebtAfter,
                ]
        )
            csv.WriteField(amount);
        csv.WriteField(Plain(e.ReferenceType));
        csv.WriteField(Plain(e.ReferenceId));
        csv.WriteField(Plain(e.Reason));
        csv.WriteField(e.RuleId is { } rule ? Ids.Show(IdPrefix.Rule, rule) : null);
        csv.WriteField(e.RuleVersion);
        csv.WriteField(e.OccurredAt.ToString(Instant, CultureInfo.InvariantCulture));
        csv.WriteField(e.RecordedAt.ToString(Instant, CultureInfo.InvariantCulture));
    }

    /// <summary>People's own words never become a formula in a spreadsheet: what begins like one begins with an apostrophe. (Numbers are ours.)</summary>
    public static string? Plain(string? text) =>
        text?.TrimStart() is { Length: > 0 } first
        && (first[0] is '=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠' || text[0] is '\t' or '\r' or '\n')
            ? $"'{text}"
            : text;
}
