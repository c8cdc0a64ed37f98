using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Border;

/// <summary>Bad fields of members, ids that are none, wrong paths, methods and media types.</summary>
public sealed class BadInput(Clouds clouds) : RefusalTests(clouds)
{
    private const string Order =
        """{ "order_no": "A-1", "external_id": "ann", "occurred_at": "2026-01-09T00:00:00Z", "currency": "CNY", "lines": [{ "id": "1", "sku": "tea", "quantity": 1, "net": 100 }] }""";

    /// <summary>Field of a member, its bad JSON, code.</summary>
    public static IEnumerable<object[]> MemberFields =>
        [
            ["name", "\"" + Long(101) + "\"", "too_long"],
            ["name", "\"\"", "too_short"],
            ["name", "\"a\\u0007\"", "bad_characters"],
            ["phone", "\"12345\"", "bad_phone"],
            ["phone", "\"+86 call me\"", "bad_phone"],
            ["email", "\"no at\"", "bad_email"],
            ["birthday", "\"1899-12-31\"", "out_of_range"],
            ["birthday", "\"2026-01-11\"", "out_of_range"],
            ["birthday", "\"2001-02-29\"", "out_of_range"],
            ["birthday", "\"yesterday\"", "out_of_range"],
            ["tags", "[\"" + Long(41) + "\"]", "too_long"],
            ["tags", "[null]", "*"],
            ["tags", "\"vip\"", "*"],
            ["tags", "[" + string.Join(',', Enumerable.Range(0, 51).Select(i => $"\"t{i}\"")) + "]", "too_many"],
            ["attributes", "{ \"unknown\": 1 }", "unknown_attribute"],
            ["attributes", "[]", "*"],
            ["external_id", "\"x\"", "unknown_field"],
            ["Name", "\"Ann\"", "unknown_field"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(MemberFields))]
    public async Task A_bad_field_of_a_member_is_refused(string engine, string field, string value, string code)
    {
        var brand = await SharedBrand(engine);
        var member = await brand.Member("somebody");

        foreach (
            var answer in new[]
            {
                await brand.Put("/v1/members/by-external-id/other", $$"""{ "{{field}}": {{value}} }"""),
                await brand.Patch($"/v1/members/{member}", $$"""{ "{{field}}": {{value}} }"""),
            }
        )
            answer.MustRefuse(400, code == "*" ? answer.Code : code);

        await MustBeUntouched(brand, member);
    }

    /// <summary>Ids that are none.</summary>
    public static IEnumerable<object[]> BadIds =>
        [
            ["nonsense"],
            ["mem_"],
            ["mem_0000000000000000000000000"],
            ["mem_80000000000000000000000000"],
            ["mem_0000000000000000000000000u"],
            ["ord_00000000000000000000000000"],
            ["MEM_00000000000000000000000000"],
            ["%01"],
            ["%F0%9F%90%BC"],
            ["mem_00000000000000000000000000"],
            [Long(2_000)],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(BadIds))]
    public async Task A_malformed_or_unknown_id_is_not_found(string engine, string id)
    {
        var brand = await SharedBrand(engine);
        object reference = new { type = "t", id = "i" };

        foreach (
            var path in new[]
            {
                $"members/{id}",
                $"members/{id}/summary",
                $"members/{id}/points",
                $"members/{id}/points/entries",
                $"members/{id}/identities",
                $"members/{id}/tier-history",
                $"orders/{id}",
                $"tiers/{id}",
                $"earning-rules/{id}",
                $"jobs/{id}/runs",
            }
        )
            (await brand.Get($"/v1/{path}")).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/members/{id}/points/spend", new { amount = 1, reference })).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/members/{id}/points/earn", new { amount = 1, reference })).MustRefuse(404, "not_found");
        (await brand.Post($"/v1/orders/{id}/pay", "{}")).MustRefuse(404, "not_found");
    }

    [SkippableTheory, EveryEngine]
    public async Task Wrong_paths_methods_and_media_types_are_problems_too(string engine)
    {
        var brand = await SharedBrand(engine);

        (await brand.Get("/v1/nothing-here")).MustRefuse(404, "not_found");
        (await brand.Delete("/v1/orders/A-1")).MustRefuse(405, "method_not_allowed");
        (await brand.Send(HttpMethod.Post, "/v1/orders", Order, Caller.NewKey, "text/plain")).MustRefuse(
            415,
            "media_type_unsupported"
        );
        (await brand.Send(HttpMethod.Post, "/v1/orders", "<order/>", Caller.NewKey, "application/xml")).MustRefuse(
            415,
            "media_type_unsupported"
        );
        (await brand.Put($"/v1/members/by-external-id/{Long(101)}", "{}")).MustRefuse(400, "too_long");
        (await brand.Put("/v1/members/by-external-id/a%07b", "{}")).MustRefuse(400, "bad_characters");
        (await brand.Put("/v1/members/by-external-id/%20", "{}")).MustRefuse(400, "too_short");
    }
}
