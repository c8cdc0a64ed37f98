using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Border;

/// <summary>Idempotency-Key: one request, one effect, one answer.</summary>
public sealed class Replays(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Writes_that_need_a_key_are_refused_without_one(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");

        (await brand.Earn(ann, 1, key: null)).MustRefuse(400, "idempotency_key_missing");
        (await brand.Spend(ann, 1, key: null)).MustRefuse(400, "idempotency_key_missing");
        (
            await brand.Post($"/v1/members/{ann}/points/settle", new { reference = new { type = "t", id = "i" } }, key: null)
        ).MustRefuse(400, "idempotency_key_missing");
        (await brand.Post("/v1/orders", brand.Order("ann", "2026-01-09T00:00:00Z"), key: null)).MustRefuse(
            400,
            "idempotency_key_missing"
        );
        foreach (var act in new[] { "pay", "complete", "cancel", "settle" })
            (await brand.Post($"/v1/orders/A-1/{act}", "{}", key: null)).MustRefuse(400, "idempotency_key_missing");
        (await brand.Earn(ann, 1, key: new string('k', 201))).MustRefuse(400, "idempotency_key_invalid");
        (await brand.Earn(ann, 1, key: "a b")).MustRefuse(400, "idempotency_key_invalid");
        Assert.Equal("0/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_request_again_gets_the_first_answer_and_another_is_refused(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        (await brand.Earn(ann, 100)).Must(201);
        (Func<string, long, Task<Answer>> Act, int Status)[] acts =
        [
            ((key, n) => brand.Earn(ann, n, key: key), 201),
            ((key, n) => brand.Spend(ann, n, key: key), 201),
            ((key, n) => brand.Post("/v1/orders", brand.Order("ann", "2026-01-09T00:00:00Z", n, "A-1"), key), 201),
            (
                (key, n) =>
                    brand.Post(
                        "/v1/tiers",
                        new
                        {
                            name = "t",
                            rank = 1,
                            growth_threshold = n,
                        },
                        key
                    ),
                201
            ),
            ((key, n) => brand.Put("/v1/members/by-external-id/bob", new { name = $"Bob {n}" }, key), 201),
        ];

        foreach (var ((act, status), i) in acts.Select((a, i) => (a, i)))
        {
            var first = (await act($"key-{i}", 7)).Must(status);
            var again = (await act($"key-{i}", 7)).Must(status);
            Assert.Equal(first.Raw, again.Raw);
            Assert.Equal(first.MediaType, again.MediaType);
            (await act($"key-{i}", 8)).MustRefuse(422, "idempotency_key_reused");
        }

        Assert.Equal("100/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refusal_is_an_answer_too(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");

        var refused = (await brand.Spend(ann, 5, key: "spend")).MustRefuse(409, "points_insufficient");
        var unknown = (await brand.Post("/v1/orders/A-1/pay", "{}", "pay")).MustRefuse(404, "not_found");
        await brand.Earn(ann, 100);
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z", no: "A-1", paid: null));

        var again = await brand.Spend(ann, 5, key: "spend");
        Assert.Equal((409, "points_insufficient", refused.Text("detail")), (again.Status, again.Code, again.Text("detail")));
        Assert.Equal("application/problem+json", again.MediaType);
        Assert.Equal(unknown.Status, (await brand.Post("/v1/orders/A-1/pay", "{}", "pay")).Status);
        Assert.Equal("100/0", await brand.Balance(ann));
        Assert.Equal("placed", (await brand.Get("/v1/orders/A-1")).Text("state"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_request_that_failed_validation_leaves_the_key_free(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");

        (await brand.Earn(ann, 0, key: "k")).MustRefuse(400, "out_of_range");
        (await brand.Earn(ann, 5, expiresAt: "2020-01-01T00:00:00Z", key: "k")).MustRefuse(400, "in_past");
        (await brand.Earn(ann, 5, key: "k")).Must(201);
        (await brand.Post("/v1/orders", brand.Order("ann", "2027-01-01T00:00:00Z", no: "A"), "o")).MustRefuse(400, "in_future");
        (await brand.Post("/v1/orders", brand.Order("ann", "2026-01-09T00:00:00Z", no: "A"), "o")).Must(201);

        Assert.Equal("5/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Another_key_of_the_brand_has_keys_of_its_own(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann");
        var other = await brand.WithScopes("points:write");
        object body = new { amount = 3, reference = new { type = "t", id = "i" } };

        (await brand.Post($"/v1/members/{ann}/points/earn", body, "same")).Must(201);
        (await other.Post($"/v1/members/{ann}/points/earn", body, "same")).Must(201);

        Assert.Equal("6/0", await brand.Balance(ann));
    }
}
