using System.Globalization;
using CsvHelper;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Points;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>A member's ledger as CSV.</summary>
public sealed class EntriesFile(Clouds clouds) : ApiTests(clouds)
{
    private static List<Dictionary<string, string>> Read(Answer answer)
    {
        using var csv = new CsvReader(new StringReader(answer.Raw), CultureInfo.InvariantCulture);
        Assert.True(csv.Read() && csv.ReadHeader());
        Assert.Equal(EntriesCsv.Columns, csv.HeaderRecord!);
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read())
            rows.Add(EntriesCsv.Columns.ToDictionary(c => c, c => csv.GetField(c)!));
        return rows;
    }

    [SkippableTheory, EveryEngine]
    public async Task The_file_says_what_the_list_says_oldest_first(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.PointPerUnit(settleDays: 7);
        var ann = await brand.Member("ann");
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z"));
        await brand.Move("P1D");
        (await brand.Earn(ann, 7)).Must(201);
        (await brand.Spend(ann, 3, "茶, \"two\"\nlines")).Must(400); // no control characters in texts
        (await brand.Spend(ann, 3, "茶, \"two\"")).Must(201);

        var answer = (await brand.Get($"/v1/members/{ann}/points/entries.csv")).Must(200);

        Assert.Equal("text/csv", answer.MediaType);
        Assert.Equal($"attachment; filename={ann}-points.csv", answer.Header("Content-Disposition").Split("; filename*")[0]);
        var rows = Read(answer);
        var list = (await brand.Entries(ann)).At("data")!.AsArray().Reverse().ToList();
        Assert.Equal(3, rows.Count);
        foreach (var (row, entry) in rows.Zip(list))
        {
            foreach (
                var same in new[]
                {
                    "id",
                    "kind",
                    "delta_available",
                    "delta_pending",
                    "available_after",
                    "occurred_at",
                    "recorded_at",
                }
            )
                Assert.Equal(entry![same]!.ToString(), row[same]);
            Assert.Equal(entry!["reference"]!["id"]!.ToString(), row["reference_id"]);
        }
        Assert.Equal(["1", "2", "3"], rows.Select(r => r["number"]));
        Assert.Equal("100", rows[2]["pending_after"]);
        Assert.StartsWith("rule_", rows[0]["rule_id"], StringComparison.Ordinal);
        Assert.Equal("-3", rows[2]["delta_available"]);
        Assert.Single(Read((await brand.Get($"/v1/members/{ann}/points/entries.csv?as_of=2026-01-10T12:00:00Z")).Must(200)));
        Assert.Empty(Read((await brand.Get($"/v1/members/{ann}/points/entries.csv?currency=growth")).Must(200)));
        (await brand.Get($"/v1/members/{ann}/points/entries.csv?currency=nuts")).MustRefuse(422, "currency_unknown");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_long_ledger_comes_whole(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        await brand.OnAccount(
            ann,
            journal =>
            {
                for (var i = 1; i <= 2_500; i++)
                    journal.Earn(
                        new(
                            i,
                            new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
                            DateTime.UnixEpoch,
                            ExpiryPolicy.Never,
                            new("gift", $"{i}")
                        )
                    );
                return journal.Account.Seq;
            }
        );

        var rows = Read((await brand.Get($"/v1/members/{ann}/points/entries.csv")).Must(200));

        Assert.Equal(Enumerable.Range(1, 2_500).Select(i => $"{i}"), rows.Select(r => r["number"]));
        Assert.Equal($"{2_500 * 2_501 / 2}", rows[^1]["available_after"]);
    }

    [SkippableTheory]
    [EveryEngineAnd(nameof(Formulas))]
    public async Task What_a_spreadsheet_would_run_begins_with_an_apostrophe(string engine, string text, string written)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 7, reference: text)).Must(201);

        Assert.Equal(written, Read((await brand.Get($"/v1/members/{ann}/points/entries.csv")).Must(200))[0]["reference_id"]);
    }

    public static IEnumerable<object[]> Formulas =>
        [
            ["=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")"],
            ["+1", "'+1"],
            ["-1", "'-1"],
            ["@SUM(A1)", "'@SUM(A1)"],
            ["＝1+1", "'＝1+1"],
            ["A-1", "A-1"],
            ["'quoted", "'quoted"],
        ];

    [SkippableTheory, EveryEngine]
    public async Task Nobody_gets_the_file_of_another_brands_member(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var ann = await theirs.Member("ann");

        (await mine.Get($"/v1/members/{ann}/points/entries.csv")).MustRefuse(404, "not_found");
        Assert.Equal(403, (await (await mine.WithScopes("members:read")).Get($"/v1/members/{ann}/points/entries.csv")).Status);
    }
}
