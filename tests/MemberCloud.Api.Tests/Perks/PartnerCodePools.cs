using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Perks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Perks;

/// <summary>Codes of a partner: added, handed out once each.</summary>
public sealed class PartnerCodePools(Clouds clouds) : ApiTests(clouds)
{
    private static Task<Answer> Add(Brand brand, string perk, params string[] codes) =>
        brand.Post($"/v1/perks/{perk}/codes", new { codes });

    private async Task<(Brand Brand, string Perk, string Ann)> HolderAsync(string engine, int quantity = 50)
    {
        var brand = await NewBrand(engine);
        var perk = await brand.Perk(quantity, kind: "partner_code");
        return (brand, perk, await brand.Holder("ann", perk));
    }

    [SkippableTheory, EveryEngine]
    public async Task Codes_are_handed_out_in_order_and_read_again(string engine)
    {
        var (brand, perk, ann) = await HolderAsync(engine);
        Assert.Equal(
            """{"added":3,"duplicates":1,"total":3,"left":3}""",
            (await Add(brand, perk, "a", "b", "a", "c")).Must(201).Raw
        );

        var first = (await brand.Consume(ann, perk, key: "first")).Must(201);
        var reserved = (await brand.Reserve(ann, perk, 2)).Must(201);
        Assert.Empty(reserved.At("codes")!.AsArray());
        var rest = (await brand.Resolve(reserved, "commit")).Must(200);

        Assert.Equal("a", first.Text("codes.0"));
        Assert.Equal(["b", "c"], rest.At("codes")!.AsArray().Select(c => (string)c!));
        Assert.Equal(first.Raw, (await brand.Consume(ann, perk, key: "first")).Raw);
        Assert.Equal(first.Raw, (await brand.Get($"/v1/perk-reservations/{first.Text("id")}")).Raw);
        Assert.Equal(
            "b",
            (await brand.Resolve(reserved, "release")).MustRefuse(409, "reservation_committed").Text("outcome.codes.0")
        );
        Assert.Equal("""{"added":1,"duplicates":2,"total":4,"left":1}""", (await Add(brand, perk, "a", "d", "c")).Must(201).Raw);
    }

    [SkippableTheory, EveryEngine]
    public async Task An_empty_pool_uses_nothing(string engine)
    {
        var (brand, perk, ann) = await HolderAsync(engine);
        (await brand.Consume(ann, perk)).MustRefuse(409, "pool_empty");
        (await Add(brand, perk, "a")).Must(201);

        (await brand.Consume(ann, perk, 2)).MustRefuse(409, "pool_empty");
        var reserved = (await brand.Reserve(ann, perk, 2)).Must(201);
        (await brand.Resolve(reserved, "commit")).MustRefuse(409, "pool_empty");

        Assert.Equal("50/0/2/48", await brand.Left(ann));
        (await Add(brand, perk, "b")).Must(201);
        (await brand.Resolve(reserved, "commit")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Ten_who_ask_at_once_get_ten_codes_and_no_more_than_there_are(string engine)
    {
        var (brand, perk, ann) = await HolderAsync(engine);
        var bob = await brand.Holder("bob", perk);
        (await Add(brand, perk, [.. Enumerable.Range(0, 8).Select(i => $"code-{i}")])).Must(201);

        var answers = await AtOnce(10, i => brand.Consume(i % 2 == 0 ? ann : bob, perk));

        Assert.Equal(8, answers.Where(a => a.Status == 201).Select(a => a.Text("codes.0")).Distinct().Count());
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "pool_empty"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Codes_added_at_once_are_there_once(string engine)
    {
        var (brand, perk, _) = await HolderAsync(engine);

        var answers = await AtOnce(4, _ => Add(brand, perk, [.. Enumerable.Range(0, 20).Select(i => $"code-{i}")]));

        Assert.Equal(20, answers.Sum(a => a.Must(201).Number("added")));
        Assert.Equal(20, (await Add(brand, perk, "code-1")).Must(201).Number("left"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_is_no_code_or_no_pool_is_refused(string engine)
    {
        var (brand, perk, _) = await HolderAsync(engine);
        var theirs = await NewBrand(engine);

        (await Add(brand, perk)).MustRefuse(400, "too_few");
        (await Add(brand, perk, "a", "")).MustRefuse(400, "too_short");
        (await Add(brand, perk, new string('x', 101))).MustRefuse(400, "too_long");
        (await Add(brand, perk, [.. Enumerable.Repeat("a", 10_001)])).MustRefuse(400, "too_many");
        (await Add(brand, await brand.Perk(), "a")).MustRefuse(422, "not_applicable");
        (await Add(brand, "perk_1", "a")).MustRefuse(404, "not_found");
        (await Add(theirs, perk, "a")).MustRefuse(404, "not_found");
        Assert.Equal(0, await Rows(brand));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_pool_holds_a_million_and_no_more(string engine)
    {
        var (brand, perk, _) = await HolderAsync(engine);
        (await Add(brand, perk, "a")).Must(201);
        await brand.Cloud.Tamper($"UPDATE perk_pools SET added = {PartnerCodes.Most - 1} WHERE {brand.Mine}");

        (await Add(brand, perk, "b", "c")).MustRefuse(409, "pool_full");

        (await Add(brand, perk, "b")).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task Ten_thousand_codes_come_in_one_call_and_none_is_stored_as_it_reads(string engine)
    {
        var (brand, perk, _) = await HolderAsync(engine);

        var added = (await Add(brand, perk, [.. Enumerable.Range(0, 10_000).Select(i => $"PARTNER-{i:D5}")])).Must(201);

        Assert.Equal((10_000, 10_000), (added.Number("added"), await Rows(brand)));
        var first = await Inside(brand, db => db.Set<PerkCode>().OrderBy(c => c.No).FirstAsync());
        Assert.DoesNotContain(
            "PARTNER",
            System.Text.Encoding.UTF8.GetString(first.Sealed) + first.Hash,
            StringComparison.Ordinal
        );
    }

    private static Task<int> Rows(Brand brand) => Inside(brand, db => db.Set<PerkCode>().CountAsync());

    private static Task<T> Inside<T>(Brand brand, Func<MemberCloudDb, Task<T>> read) =>
        brand.Cloud.Host.InsideAsync(brand.Id, services => read(services.GetRequiredService<MemberCloudDb>()));
}
