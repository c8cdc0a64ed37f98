using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Points;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>Balance, lots and entries as of a past instant are what was read at that instant.</summary>
public sealed class AsOfReads(Clouds clouds) : ApiTests(clouds)
{
    private const string Start = "2026-03-10T05:00:00Z";
    private static readonly Reference Till = new("till", "1");

    // 10 Mar   paid, not completed (100 wait); 40 given until 20 Mar
    // 12 Mar   30 of the 40 spent
    // 14 Mar   completed: the 100 settle on 21 Mar; 5 held until 25 Mar
    // 20 Mar   5 of the gift end            21 Mar  100 settle
    // 22 Mar   nothing, no job runs         23 Mar  5 held come back after their end
    private static async Task<(Brand Brand, string Ann, Dictionary<string, string[]> Seen)> StoryAsync(Brand brand)
    {
        var me = new Dictionary<string, string[]>();
        await brand.PointPerUnit(settleDays: 7, new { policy = "months", months = 2 }, "order.paid");
        var ann = await brand.Member("ann");
        async Task Look(string at) => me[at] = [(await brand.Points(ann)).Raw, (await brand.Entries(ann)).Raw];

        await brand.Report(brand.Order("ann", Start, no: "A-1", completed: null));
        (await brand.Earn(ann, 40, expiresAt: "2026-03-20T00:00:00Z")).Must(201);
        await Look(Start);
        await brand.MoveTo("2026-03-12T05:00:00Z");
        (await brand.Spend(ann, 30)).Must(201);
        await Look("2026-03-12T05:00:00Z");
        await brand.MoveTo("2026-03-14T05:00:00Z");
        await Look("2026-03-14T04:59:59Z");
        (await brand.Post("/v1/orders/A-1/complete", new { at = "2026-03-14T05:00:00Z" })).Must(200);
        await brand.OnAccount(ann, j => j.Hold(5, Till, j.Account.ActiveAt.AddDays(13))!.Id);
        await Look("2026-03-14T05:00:00Z");
        foreach (var later in new[] { "2026-03-19T00:00:00Z", "2026-03-20T00:00:00Z", "2026-03-21T05:00:00Z" })
        {
            await brand.MoveTo(later);
            await Look(later);
        }
        foreach (var unposted in new[] { "2026-03-22T00:00:00Z", "2026-03-27T00:00:00Z", "2026-05-10T00:00:00Z" })
        {
            await brand.StandAt(unposted);
            await Look(unposted);
        }
        await brand.StandAt("2026-06-01T00:00:00Z");
        (await brand.Earn(ann, 1)).Must(201);
        await brand.MoveTo("2026-07-01T00:00:00Z");
        return (brand, ann, me);
    }

    [SkippableTheory, EveryEngine]
    public async Task An_account_reads_as_of_any_instant_as_it_read_then(string engine)
    {
        var (brand, ann, seen) = await StoryAsync(await NewBrand(engine, Start));

        foreach (var (at, pictures) in seen)
        {
            Assert.Equal(pictures[0], (await brand.Get($"/v1/members/{ann}/points?as_of={at}")).Must(200).Raw);
            Assert.Equal(pictures[1], (await brand.Entries(ann, query: $"&as_of={at}")).Raw);
        }
        var then = (await brand.Get($"/v1/members/{ann}/points?as_of=2026-03-14T05:00:00Z")).Must(200);
        Assert.Equal((5, 100, 5), (then.Number("available"), then.Number("pending"), then.Number("held")));
        Assert.Equal("2026-03-21T05:00:00Z", then.Text("lots.1.available_at"));
        Assert.Null((await brand.Get($"/v1/members/{ann}/points?as_of=2026-03-14T04:59:59Z")).At("lots.1.available_at"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_member_asks_it_of_their_own_account(string engine)
    {
        var (brand, ann, seen) = await StoryAsync(await NewBrand(engine, Start));
        var token = (await brand.Post($"/v1/members/{ann}/tokens", new { ttl_seconds = 900 })).Must(201).Text("token");
        var me = new Caller(brand.Cloud.Host.Client(token));

        foreach (var (at, pictures) in seen)
        {
            Assert.Equal(pictures[0], (await me.Get($"/v1/me/points?as_of={at}")).Must(200).Raw);
            Assert.Equal(pictures[1], (await me.Get($"/v1/me/points/entries?as_of={at}")).Must(200).Raw);
        }
        (await me.Get("/v1/me/points?as_of=2027-01-01T00:00:00Z")).MustRefuse(400, "in_future");
    }

    [SkippableTheory, EveryEngine]
    public async Task Before_anything_there_was_nothing_and_another_offset_is_the_same_instant(string engine)
    {
        var brand = await NewBrand(engine, Start);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 40)).Must(201);
        await brand.Move("P1D");

        foreach (var at in new[] { "2026-03-10T04:59:59.999999Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z" })
        {
            var then = (await brand.Get($"/v1/members/{ann}/points?as_of={at}")).Must(200);
            Assert.Equal((0, 0), (then.Number("available"), then.At("lots")!.AsArray().Count));
            Assert.Empty((await brand.Entries(ann, query: $"&as_of={at}")).At("data")!.AsArray());
        }
        foreach (var at in new[] { Start, "2026-03-10T13:00:00%2B08:00" })
            Assert.Equal(40, (await brand.Get($"/v1/members/{ann}/points?as_of={at}")).Must(200).Number("available"));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_instant_that_has_not_come_or_is_none_is_refused(string engine)
    {
        var brand = await NewBrand(engine, Start);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 40)).Must(201);

        foreach (var path in new[] { "points", "points/entries", "points/entries.csv" })
        {
            (await brand.Get($"/v1/members/{ann}/{path}?as_of=2026-03-10T05:05:01Z")).MustRefuse(400, "in_future");
            (await brand.Get($"/v1/members/{ann}/{path}?as_of=2026-03-10T05:00:00")).MustRefuse(400, "bad_format");
            (await brand.Get($"/v1/members/{ann}/{path}?as_of=yesterday")).MustRefuse(400, "bad_request");
        }
        // Clocks differ by a moment: that is now.
        Assert.Equal(
            (await brand.Points(ann)).Raw,
            (await brand.Get($"/v1/members/{ann}/points?as_of=2026-03-10T05:05:00Z")).Must(200).Raw
        );
    }
}
