using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>What a member's page does with the member's own token.</summary>
public sealed class MePage(Clouds clouds) : ApiTests(clouds)
{
    private static async Task<Caller> Me(Brand brand, string id, int ttl = 900) =>
        new(
            brand.Cloud.Host.Client(
                (await brand.Post($"/v1/members/{id}/tokens", new { ttl_seconds = ttl })).Must(201).Text("token")
            )
        );

    [SkippableTheory, EveryEngine]
    public async Task A_member_sees_what_is_their_own(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Tier("base", 0, 0);
        var (ann, bob) = (await brand.Member("ann", new { name = "Ann" }), await brand.Member("bob"));
        (await brand.Earn(ann, 30)).Must(201);
        (await brand.Earn(bob, 50)).Must(201);

        var me = await Me(brand, ann);

        Assert.Equal((await brand.Summary(ann)).Raw, (await me.Get("/v1/me")).Must(200).Raw);
        Assert.Equal((await brand.Points(ann)).Raw, (await me.Get("/v1/me/points")).Must(200).Raw);
        Assert.Equal((await brand.Entries(ann)).Raw, (await me.Get("/v1/me/points/entries")).Must(200).Raw);
        (await me.Get("/v1/me/points?currency=nuts")).MustRefuse(422, "currency_unknown");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_members_token_opens_nothing_else_and_a_brands_key_is_nobody(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        var me = await Me(brand, ann);

        foreach (
            var path in new[]
            {
                "/v1/members",
                $"/v1/members/{ann}",
                $"/v1/members/{ann}/points",
                $"/v1/members/{ann}/export",
                "/v1/keys",
            }
        )
            Assert.Equal(403, (await me.Get(path)).Status);
        Assert.Equal(403, (await me.Delete($"/v1/members/{ann}")).Status);
        Assert.Equal(403, (await me.Post($"/v1/members/{ann}/tokens", "{}")).Status);
        Assert.Equal(403, (await brand.Get("/v1/me")).Status);
        Assert.Equal(403, (await brand.Post("/v1/me/check-ins")).Status);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_check_in_counts_once_a_local_day(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-09T15:00:00Z"); // 23:00 in Shanghai
        await brand.Rule(
            new
            {
                name = "check-in",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 3 },
            }
        );
        var ann = await brand.Member("ann");
        var me = await Me(brand, ann, 3_600);

        var today = await AtOnce(8, _ => me.Post("/v1/me/check-ins"));
        await brand.Move("PT30M");
        var later = await me.Post("/v1/me/check-ins", key: null);
        Assert.Equal("3/0", await brand.Balance(ann));
        await brand.Move("PT30M"); // midnight
        var tomorrow = (await me.Post("/v1/me/check-ins")).Must(200);

        Assert.Single(today.Append(later).Select(a => a.Must(200).Raw).Distinct());
        Assert.Equal(3, today[0].Number("earned.0.amount"));
        Assert.NotEqual(later.Raw, tomorrow.Raw);
        Assert.Equal("6/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Tokens_live_for_a_while_the_newest_twenty_and_not_beyond_an_erasure(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        foreach (var ttl in new[] { 59, 86_401, 0, -1 })
            (await brand.Post($"/v1/members/{ann}/tokens", new { ttl_seconds = ttl })).MustRefuse(400, "out_of_range");
        var made = (await brand.Post($"/v1/members/{ann}/tokens", "{}")).Must(201);
        var life = DateTime.Parse(made.Text("expires_at")).ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
        Assert.InRange(life.TotalSeconds, 850, 900);

        var first = await Me(brand, ann);
        for (var i = 0; i < 19; i++)
            await Me(brand, ann);
        var last = await Me(brand, ann);
        (await last.Get("/v1/me")).Must(200);
        (await first.Get("/v1/me")).MustRefuse(401, "credential_invalid");

        (await brand.Delete($"/v1/members/{ann}")).Must(204);
        (await last.Get("/v1/me")).MustRefuse(401, "credential_invalid");
    }
}
