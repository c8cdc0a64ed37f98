using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Files as people have them: bad rows, other columns and dates, and files that are not there.</summary>
public sealed class ImportFileTests(Clouds clouds) : ApiTests(clouds)
{
    private const string Header = "customer_id,date,items,amount";

    private static readonly (string Row, string Reason)[] Rows =
    [
        ("ann,1997-01-02,1,10.00", ""),
        (",1997-01-02,1,10.00", "customer"),
        ("bob,1997-13-02,1,10.00", "date '1997-13-02'"),
        ("bob,02.01.1997,1,10.00", "date '02.01.1997'"),
        ("bob,1997-01-02,1,ten", "amount 'ten'"),
        ("bob,1997-01-02,1,-1.00", "amount '-1.00'"),
        ("bob,1997-01-02,1,1.005", "amount '1.005'"),
        ("bob,1997-01-02,1,99999999999.99", "amount '99999999999.99'"),
        ("bob,1997-01-02", "amount ''"),
        ("bob,1900-01-01,1,1.00", "date '1900-01-01'"),
        ("bob,2999-01-01,1,1.00", "date '2999-01-01'"),
        ($"{new string('x', 300)},1997-01-02,1,1.00", "customer"),
        ("\"says \"\"hi\"\", twice\",1997-01-03,1,5.00", ""),
        ("ann,1996-12-31,1,3.00", ""),
        ("zero,1997-01-05,1,0.00", ""),
    ];

    [SkippableTheory, EveryEngine]
    public async Task Each_bad_row_is_named_with_its_reason_and_the_rest_goes_on(string engine)
    {
        var brand = await CdnowBrand.OpenAsync(await On(engine));
        var file = FileOf([Header, .. Rows.Select(r => r.Row)]);

        var import = (await brand.ImportAsync(file)).Must(2);

        var named = import.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var wanted = Rows.Select((r, i) => $"row {i + 1}: {r.Reason}").Where((_, i) => Rows[i].Reason.Length > 0).ToList();
        Assert.Equal(wanted.Count, named.Length);
        Assert.All(wanted.Zip(named), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.Equal(
            "orders 4, members 3, money 1800, issued 18, pending 0, available 0, expired 18, tiers 3/0/0/0",
            CdnowBrand.Reported(import.Out).ToString()
        );
        Assert.Equal("1996-12-31T17:00:00Z", (await brand.Brand.Get("/v1/orders/14")).Must(200).Text("occurred_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_rows_that_were_mended_come_in_with_the_next_run(string engine)
    {
        var brand = await CdnowBrand.OpenAsync(await On(engine));
        await brand.ImportAsync(FileOf(Header, "ann,1997-01-02,1,10.00", "bob,1997-01-32,1,20.00", "cat,1997-01-03,1,30.00"));

        var mended = (
            await brand.ImportAsync(FileOf(Header, "ann,1997-01-02,1,10.00", "bob,1997-01-31,1,20.00", "cat,1997-01-03,1,30.00"))
        ).Must(0);

        Assert.Contains("rows 3, new 1, known 2, bad 0", mended.Out);
        Assert.Equal(6000, CdnowBrand.Reported(mended.Out).Money);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_row_that_changed_since_it_came_in_is_named_and_what_came_in_stays(string engine)
    {
        var brand = await CdnowBrand.OpenAsync(await On(engine));
        (await brand.ImportAsync(FileOf(Header, "ann,1997-01-02,1,10.00", "bob,1997-01-03,1,20.00"))).Must(0);
        var rows = await brand.RowsAsync();

        var again = (await brand.ImportAsync(FileOf(Header, "ann,1997-01-02,1,10.00", "bob,1997-01-03,1,99.00"))).Must(2);

        Assert.Equal("row 2: order_differs", again.Error.Trim());
        Assert.Equal(rows, await brand.RowsAsync());
    }

    [SkippableTheory, EveryEngine]
    public async Task Columns_delimiter_dates_time_of_day_and_zone_are_options(string engine)
    {
        var brand = await CdnowBrand.OpenAsync(await On(engine));
        var file = FileOf("paid;note;when;who", "12.34;\"a; b\";02.03.1997;ann", "1.00;;01.03.1997;bob");
        string[] options =
        [
            "--customer",
            "who",
            "--date",
            "when",
            "--amount",
            "paid",
            "--delimiter",
            ";",
            "--date-format",
            "dd.MM.yyyy",
            "--at",
            "23:30",
            "--zone",
            "Asia/Tokyo",
        ];

        var import = (await brand.ImportAsync(file, options)).Must(0);

        Assert.Equal(
            "orders 2, members 2, money 1334, issued 13, pending 13, available 0, expired 0, tiers 2/0/0/0",
            CdnowBrand.Reported(import.Out).ToString()
        );
        Assert.Equal("1997-03-02T14:30:00Z", (await brand.Brand.Get("/v1/orders/1")).Must(200).Text("occurred_at"));
        Assert.Equal("1997-03-01T14:30:00Z", (await brand.Brand.Get("/v1/orders/2")).Must(200).Text("occurred_at"));
        Assert.Equal("1997-03-02T14:30:00Z", (await brand.Brand.Get("/v1/test-clock")).Must(200).Text("now"));
    }

    public static IEnumerable<object[]> Refusals { get; } =
    [
        ["a missing column", Header, new[] { "--amount", "price" }, "price"],
        ["an empty file", "", Array.Empty<string>(), "header"],
        ["an unknown brand", Header, new[] { "--brand", "nobody" }, "nobody"],
        ["an unknown zone", Header, new[] { "--zone", "Mars/Olympus" }, "Mars/Olympus"],
        ["an end that is no time", Header, new[] { "--until", "soon" }, "--until"],
        ["a time of day that is none", Header, new[] { "--at", "25:00" }, "--at"],
    ];

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_cannot_be_imported_at_all_is_refused_and_nothing_changes(
        string what,
        string header,
        string[] options,
        string named
    )
    {
        var cloud = await On(DatabaseOptions.Sqlite);
        var brand = await CdnowBrand.OpenAsync(cloud);
        var file = header.Length == 0 ? FileOf() : FileOf(header, "ann,1997-01-02,1,10.00");
        string[] target = options.Contains("--brand") ? [] : ["--brand", brand.Brand.Slug];

        await using var import = HostProcess.Start(cloud, "import", ["import", file, .. target, .. options]);
        var ended = (await import.EndAsync()).Must(1);

        Assert.True(ended.Error.Contains(named, StringComparison.Ordinal), $"{what}: {ended.Error}");
        Assert.DoesNotContain("   at ", ended.Error);
        await NothingCameIn(brand);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused_and_nothing_changes()
    {
        var brand = await CdnowBrand.OpenAsync(await On(DatabaseOptions.Sqlite));

        var ended = (await brand.ImportAsync("/nowhere/purchases.csv")).Must(1);

        Assert.Contains("/nowhere/purchases.csv", ended.Error);
        await NothingCameIn(brand);
    }

    [Fact]
    public async Task A_live_brand_takes_no_import()
    {
        var cloud = await On(DatabaseOptions.Sqlite);
        var brand = new CdnowBrand(cloud, await cloud.NewBrand(clock: null, Cdnow.Zone, "USD"));

        var ended = (await brand.ImportAsync(FileOf(Header, "ann,1997-01-02,1,10.00"))).Must(1);

        Assert.Contains(brand.Brand.Slug, ended.Error);
        Assert.Equal(0, await brand.OrdersAsync());
    }

    private static async Task NothingCameIn(CdnowBrand brand)
    {
        Assert.Equal(0, await brand.OrdersAsync());
        Assert.Equal(Cdnow.Start, (await brand.Brand.Get("/v1/test-clock")).Must(200).Text("now"));
    }

    private static string FileOf(params string[] lines)
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("membercloud-csv-").FullName, "purchases.csv");
        File.WriteAllLines(file, lines);
        return file;
    }
}
