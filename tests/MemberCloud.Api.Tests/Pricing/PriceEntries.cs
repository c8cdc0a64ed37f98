using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Pricing;

/// <summary>Uploads of entries: all or nothing, reports, races, pages, limits.</summary>
public sealed class PriceEntries(Clouds clouds) : ApiTests(clouds)
{
    private static bool IsLong => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    private static string Rows(int count, Func<int, object> row) =>
        System.Text.Json.JsonSerializer.Serialize(new { entries = Enumerable.Range(0, count).Select(row) });

    [SkippableTheory, EveryEngine]
    public async Task With_one_bad_row_nothing_is_saved_and_every_bad_row_is_named(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Products("pot 500");
        var id = await brand.PriceList(null, new { sku = "tea", price = 900 });
        const string Mixed = """
            [
              { "sku": "new", "price": 0 },
              { "sku": "tea", "price": 1, "amount_off": 1 },
              { "sku": "pot", "price": 600 },
              { "sku": "pot", "price": 400 },
              { "sku": "cup", "percent_off_bp": 10001, "limit": { "quantity": 0, "per": "day" } }
            ]
            """;

        var refused = (await brand.Put($"/v1/price-lists/{id}/entries", $$"""{ "entries": {{Mixed}} }""")).MustRefuse(
            400,
            "one_of"
        );
        string[] pointers = ["/entries/1/price", "/entries/3/sku", "/entries/4/percent_off_bp", "/entries/4/limit/quantity"];
        Assert.Equal(pointers, refused.Each("errors", "pointer"));
        Assert.Equal(["one_of", "duplicate", "out_of_range", "out_of_range"], refused.Each("errors", "code"));
        Assert.Equal((5, 3), ((int)refused.Number("rows"), (int)refused.Number("bad_rows")));

        var report = (await brand.Put($"/v1/price-lists/{id}/entries", $$"""{ "entries": {{Mixed}}, "dry_run": true }""")).Must(
            200
        );
        Assert.Equal(pointers, report.Each("errors", "pointer"));
        Assert.Equal(
            (false, 5, 3, 2, 0, 1),
            (
                (bool)report.At("saved")!,
                (int)report.Number("rows"),
                (int)report.Number("bad_rows"),
                (int)report.Number("added"),
                (int)report.Number("changed"),
                (int)report.Number("removed")
            )
        );
        Assert.Equal(["/entries/0", "/entries/0", "/entries/2"], report.Each("notes", "pointer"));
        Assert.Equal(["not_in_catalogue", "free", "no_saving"], report.Each("notes", "code"));

        var list = (await brand.Get($"/v1/price-lists/{id}")).Must(200);
        Assert.Equal((2, 1), ((int)list.Number("version"), (int)list.Number("entries")));
        Assert.Equal(900, (await brand.Get($"/v1/price-lists/{id}/entries")).Number("data.0.price"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_no_upload_is_refused(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList();

        foreach (
            var (body, code) in new[]
            {
                ("{}", "required"),
                ("""{ "entries": null }""", "required"),
                ("""{ "entries": {} }""", "bad_type"),
                ("""{ "entries": [], "mode": "add" }""", "unknown_field"),
                (Rows(10_001, i => new { sku = $"{i}", price = i }), "too_many"),
            }
        )
            (await brand.Put($"/v1/price-lists/{id}/entries", body)).MustRefuse(400, code);
    }

    [SkippableTheory, EveryEngine]
    public async Task Entries_are_read_back_as_they_were_said_page_by_page(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList();
        const string Said = """
            [
              { "sku": "a", "price": 0, "amount_off": null, "percent_off_bp": null, "min_quantity": 1, "limit": null },
              { "sku": "a", "price": null, "amount_off": 20, "percent_off_bp": null, "min_quantity": 3, "limit": { "quantity": 3, "per": "day" } },
              { "sku": "a", "price": null, "amount_off": null, "percent_off_bp": 1000, "min_quantity": 12, "limit": { "quantity": 1000000, "per": "member" } },
              { "sku": "a:1", "price": 7, "amount_off": null, "percent_off_bp": null, "min_quantity": 1, "limit": { "quantity": 1, "per": "month" } },
              { "sku": "b", "price": 1000000000000, "amount_off": null, "percent_off_bp": null, "min_quantity": 1000000, "limit": { "quantity": 2, "per": "week" } }
            ]
            """;
        (await brand.Put($"/v1/price-lists/{id}/entries", $$"""{ "entries": {{Said}} }""")).Must(200);

        var (read, cursor) = (new List<string>(), "");
        do
        {
            var page = (await brand.Get($"/v1/price-lists/{id}/entries?limit=2{cursor}")).Must(200);
            read.AddRange(page.At("data")!.AsArray().Select(e => e!.ToJsonString()));
            cursor = page.At("next_cursor") is { } next ? $"&cursor={next}" : null;
        } while (cursor is not null);

        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(Said)!.AsArray().Select(e => e!.ToJsonString()), read);
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_uploads_at_once_one_stands_whole(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList();

        var answers = await AtOnce(
            6,
            i => brand.Put($"/v1/price-lists/{id}/entries", Rows(50, n => new { sku = $"{n + i}", price = i }))
        );

        Assert.Equal([2, 3, 4, 5, 6, 7], answers.Select(a => (int)a.Must(200).Number("version")).Order());
        for (var version = 2; version <= 7; version++)
        {
            var stood = (await brand.Get($"/v1/price-lists/{id}/entries?version={version}&limit=200")).Must(200);
            Assert.Equal((50, 1), (stood.Each("data", "sku").Count, stood.Each("data", "price").Distinct().Count()));
        }
    }

    [SkippableTheory, EveryEngine]
    public async Task A_key_saves_once_and_its_answer_is_given_again(string engine)
    {
        var brand = await NewBrand(engine);
        var id = await brand.PriceList();
        var (one, two) = (Rows(2, i => new { sku = $"{i}", price = 1 }), Rows(2, i => new { sku = $"{i}", price = 2 }));

        var first = await brand.Put($"/v1/price-lists/{id}/entries", one, key: "k");
        (await brand.Put($"/v1/price-lists/{id}/entries", two)).Must(200);
        var again = await brand.Put($"/v1/price-lists/{id}/entries", one, key: "k");

        Assert.Equal(first.Must(200).Raw, again.Must(200).Raw);
        Assert.Equal(["2", "2"], (await brand.Get($"/v1/price-lists/{id}/entries")).Each("data", "price"));
        (await brand.Put($"/v1/price-lists/{id}/entries", two, key: "k")).MustRefuse(422, "idempotency_key_reused");
    }

    /// <summary>A full list on each engine; with MEMBERCLOUD_LONG a full brand, and the upload that is one entry too many.</summary>
    [SkippableTheory, EveryEngine]
    public async Task A_full_list_is_taken_and_a_small_change_of_it_is_small(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        await brand.Products("5 1000");
        var id = await brand.PriceList();
        var full = Rows(10_000, i => new { sku = $"{i}", price = 5 });

        Assert.Equal(10_000, (await brand.Put($"/v1/price-lists/{id}/entries", full)).Must(200).Number("added"));
        Assert.Equal("5 Members", await brand.Price(ann, "5"));
        var small = (
            await brand.Put($"/v1/price-lists/{id}/entries", Rows(10_000, i => new { sku = $"{i}", price = i == 5 ? 6 : 5 }))
        ).Must(200);
        Assert.Equal((1, 9_999), ((int)small.Number("changed"), (int)small.Number("unchanged")));
        Assert.Equal("6 Members", await brand.Price(ann, "5"));

        if (!IsLong)
            return;
        for (var i = 0; i < 9; i++)
            (await brand.Put($"/v1/price-lists/{await brand.PriceList()}/entries", full)).Must(200);
        var last = await brand.PriceList();
        (await brand.PutEntries(last, new { sku = "a", price = 1 })).MustRefuse(409, "too_many_price_entries");
        Assert.Equal("5 Members", await brand.Price(ann, "5"));
        (await brand.Delete($"/v1/price-lists/{id}")).Must(204);
        (await brand.PutEntries(last, new { sku = "a", price = 1 })).Must(200);
    }
}
