using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>Lists come in pages; a cursor is good for its own list.</summary>
public sealed class Pages(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Entries_come_page_by_page_newest_first_without_gaps(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        for (var i = 1; i <= 5; i++)
            await brand.Earn(ann, i);

        var seen = new List<string>();
        string? cursor = null;
        var sizes = new List<int>();
        do
        {
            var page = await brand.Entries(ann, query: $"&limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page.Each("data", "delta_available"));
            sizes.Add(page.At("data")!.AsArray().Count);
            cursor = (string?)page.At("next_cursor");
        } while (cursor is not null);

        Assert.Equal(["5", "4", "3", "2", "1"], seen);
        Assert.Equal([2, 2, 1], sizes);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_cursor_of_another_list_is_refused(string engine)
    {
        var brand = await NewBrand(engine);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        foreach (var member in new[] { ann, ann, bob })
            await brand.Earn(member, 1);
        var cursor = (await brand.Entries(ann, query: "&limit=1")).Text("next_cursor");
        var members = (await brand.Get("/v1/members?limit=1")).Must(200).Text("next_cursor");

        (await brand.Get($"/v1/members/{bob}/points/entries?cursor={cursor}")).MustRefuse(400, "cursor_invalid");
        (await brand.Get($"/v1/members/{ann}/points/entries?currency=growth&cursor={cursor}")).MustRefuse(400, "cursor_invalid");
        (await brand.Get($"/v1/members?cursor={cursor}")).MustRefuse(400, "cursor_invalid");
        (await brand.Get($"/v1/members?tag=vip&cursor={members}")).MustRefuse(400, "cursor_invalid");
        (await brand.Get($"/v1/members/{ann}/points/entries?cursor=%2B%2Bnonsense")).MustRefuse(400, "cursor_invalid");
        (await brand.Get($"/v1/members/{ann}/points/entries?limit=0")).MustRefuse(400, "out_of_range");
        (await brand.Get($"/v1/members/{ann}/points/entries?limit=201")).MustRefuse(400, "out_of_range");
        (await brand.Get($"/v1/members/{ann}/points/entries?limit=two")).MustRefuse(400, "bad_request");
    }

    [SkippableTheory, EveryEngine]
    public async Task Members_come_page_by_page_in_the_order_they_were_made(string engine)
    {
        var brand = await NewBrand(engine);
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await brand.Member(name);

        var first = (await brand.Get("/v1/members?limit=3")).Must(200);
        var second = (await brand.Get($"/v1/members?limit=3&cursor={first.Text("next_cursor")}")).Must(200);

        Assert.Equal(["a", "b", "c", "d", "e"], [.. first.Each("data", "external_id"), .. second.Each("data", "external_id")]);
        Assert.Null(second.At("next_cursor"));
    }
}
