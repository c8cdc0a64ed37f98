using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>What members agreed to, and took back.</summary>
public sealed class Consents(Clouds clouds) : ApiTests(clouds)
{
    private static Task<Answer> Say(
        Brand brand,
        string id,
        string purpose,
        bool granted,
        string? at = null,
        string version = "v1"
    ) =>
        brand.Post(
            $"/v1/members/{id}/consents",
            new
            {
                purpose,
                text_version = version,
                granted,
                at,
                channel = "app",
                proof = $"tapped for {purpose}",
            }
        );

    [SkippableTheory, EveryEngine]
    public async Task Every_word_is_kept_and_the_latest_of_a_purpose_counts(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");

        var first = (await Say(brand, ann, "marketing.email", true)).Must(201);
        (await Say(brand, ann, "marketing.email", false)).Must(201);
        (await Say(brand, ann, "terms", true, "2026-01-02T00:00:00Z", "v2")).Must(201);
        // Told late: what the member said before does not undo what came after.
        (await Say(brand, ann, "terms", false, "2026-01-01T00:00:00Z")).Must(201);

        Assert.Equal(
            ("2026-01-10T00:00:00Z", "app", "tapped for marketing.email"),
            (first.Text("at"), first.Text("channel"), first.Text("proof"))
        );
        var all = await brand.Get($"/v1/members/{ann}/consents");
        Assert.Equal(["terms", "terms", "marketing.email", "marketing.email"], all.Must(200).Each("data", "purpose"));
        Assert.Equal(["tapped for terms", "tapped for marketing.email"], all.Each("data", "proof").Distinct());
        var now = await brand.Get($"/v1/members/{ann}/consents?current=true");
        Assert.Equal(["marketing.email", "terms"], now.Each("data", "purpose"));
        Assert.Equal(["false", "true"], now.Each("data", "granted"));
        Assert.Equal(["v1", "v2"], now.Each("data", "text_version"));
        var page = (await brand.Get($"/v1/members/{ann}/consents?limit=3")).Must(200);
        var rest = await brand.Get($"/v1/members/{ann}/consents?limit=3&cursor={page.Text("next_cursor")}");
        Assert.Equal([first.Text("id")], rest.Each("data", "id"));
        Assert.Null(rest.At("next_cursor"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_word_that_is_none_is_refused(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-10T00:00:00Z");
        var ann = await brand.Member("ann");

        (await Say(brand, ann, "terms", true, "2026-01-11T00:00:00Z")).MustRefuse(400, "in_future");
        (await Say(brand, ann, "Terms", true)).MustRefuse(400, "bad_format");
        (await Say(brand, ann, "terms", true, version: "")).MustRefuse(400, "required");
        (await brand.Post($"/v1/members/{ann}/consents", new { purpose = "terms", text_version = "1" })).MustRefuse(
            400,
            "required"
        );
        (await Say(brand, "mem_00000000000000000000000000", "terms", true)).MustRefuse(404, "not_found");

        Assert.Empty((await brand.Get($"/v1/members/{ann}/consents")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_proof_is_not_readable_in_the_database(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann", new { name = "Ann of the proofs" });
        (await Say(brand, ann, "secretly.proven", true)).Must(201);

        Assert.Equal(
            ["Ann of the proofs", "secretly.proven"],
            await Traces.Of(brand.Cloud, "Ann of the proofs", "secretly.proven", "tapped for secretly.proven")
        );
    }
}
