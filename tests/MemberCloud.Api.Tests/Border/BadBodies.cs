using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Border;

/// <summary>Whatever comes in, a brand gets a problem that says why, and nothing changes.</summary>
public sealed class BadBodies(Clouds clouds) : RefusalTests(clouds)
{
    private const string Order =
        """{ "order_no": "A-1", "external_id": "ann", "occurred_at": "2026-01-09T00:00:00Z", "currency": "CNY", "lines": [{ "id": "1", "sku": "tea", "quantity": 1, "net": 100 }] }""";
    private const string Event =
        """{ "id": "e", "type": "check_in", "external_id": "ann", "occurred_at": "2026-01-09T00:00:00Z" }""";
    private const string Earn = """{ "amount": 1, "reference": { "type": "t", "id": "i" } }""";
    private const string Rule = """{ "name": "r", "trigger": "check_in", "currency": "points", "formula": { "fixed": 1 } }""";

    private static string With(string body, string from, string to) =>
        body.Contains(from, StringComparison.Ordinal)
            ? body.Replace(from, to, StringComparison.Ordinal)
            : throw new ArgumentException($"{from} is not in the body.", nameof(from));

    private static string Deep(int depth) =>
        string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));

    /// <summary>What, path ({member} is one), body, code.</summary>
    public static IEnumerable<object[]> Bodies =>
        [
            ["no JSON", "orders", "order=1", "body_not_json"],
            ["half JSON", "orders", Order[..40], "body_not_json"],
            ["null", "orders", "null", "body_not_json"],
            ["a list", "orders", "[]", "*"],
            ["text", "orders", "\"x\"", "*"],
            ["nothing", "orders", "", "body_not_json"],
            ["unknown field", "orders", With(Order, "\"order_no\"", "\"colour\": 1, \"order_no\""), "unknown_field"],
            ["field twice", "orders", With(Order, "\"order_no\"", "\"order_no\": \"B\", \"order_no\""), "*"],
            ["missing field", "orders", With(Order, "\"currency\": \"CNY\", ", ""), "required"],
            ["null field", "orders", With(Order, "\"CNY\"", "null"), "required"],
            ["other type", "orders", With(Order, "\"A-1\"", "1"), "bad_type"],
            ["number as text", "orders", With(Order, "\"net\": 100", "\"net\": \"100\""), "bad_type"],
            ["fraction", "orders", With(Order, "\"net\": 100", "\"net\": 1.5"), "bad_type"],
            ["negative amount", "orders", With(Order, "\"net\": 100", "\"net\": -1"), "out_of_range"],
            ["huge amount", "orders", With(Order, "\"net\": 100", "\"net\": 1000000000001"), "out_of_range"],
            ["amount beyond 64 bits", "orders", With(Order, "\"net\": 100", "\"net\": 1e300"), "bad_type"],
            ["no pieces", "orders", With(Order, "\"quantity\": 1", "\"quantity\": 0"), "out_of_range"],
            ["no lines", "orders", Order[..Order.IndexOf('[', StringComparison.Ordinal)] + "[] }", "too_few"],
            ["null line", "orders", Order[..Order.IndexOf('[', StringComparison.Ordinal)] + "[null] }", "required"],
            [
                "line twice",
                "orders",
                With(Order, "\"net\": 100 }", "\"net\": 100 }, { \"id\": \"1\", \"sku\": \"x\", \"quantity\": 1, \"net\": 1 }"),
                "duplicate",
            ],
            [
                "lines too dear together",
                "orders",
                With(
                    Order,
                    "\"net\": 100 }",
                    "\"net\": 1000000000000 }, { \"id\": \"2\", \"sku\": \"x\", \"quantity\": 1, \"net\": 1 }"
                ),
                "out_of_range",
            ],
            [
                "too many lines",
                "orders",
                With(
                    Order,
                    "\"net\": 100 }",
                    "\"net\": 100 }"
                        + string.Concat(
                            Enumerable.Range(2, 200).Select(i => $$""", { "id": "{{i}}", "sku": "x", "quantity": 1, "net": 1 }""")
                        )
                ),
                "too_many",
            ],
            ["time without offset", "orders", With(Order, "00:00:00Z", "00:00:00"), "*"],
            ["no such day", "orders", With(Order, "2026-01-09", "2026-02-30"), "*"],
            ["before 1970", "orders", With(Order, "2026-01-09", "1969-12-31"), "out_of_range"],
            ["after 2200", "orders", With(Order, "2026-01-09", "2200-01-01"), "out_of_range"],
            ["year 0001", "orders", With(Order, "2026-01-09", "0001-01-01"), "out_of_range"],
            ["last year there is", "orders", With(Order, "2026-01-09T00:00:00Z", "9999-12-31T23:59:59-14:00"), "*"],
            ["in the future", "orders", With(Order, "2026-01-09", "2026-01-11"), "in_future"],
            ["currency of no form", "orders", With(Order, "CNY", "cny"), "bad_format"],
            ["over-long number", "orders", With(Order, "A-1", Long(101)), "too_long"],
            ["a megabyte", "orders", With(Order, "A-1", Long(1_000_000)), "too_long"],
            ["blank", "orders", With(Order, "A-1", " "), "required"],
            ["control character", "orders", With(Order, "A-1", "A\\u0000"), "bad_characters"],
            ["line feed", "orders", With(Order, "A-1", "A\\nB"), "bad_characters"],
            ["half a pair", "orders", With(Order, "A-1", "A\\ud800"), "*"],
            ["nobody's order", "orders", With(Order, "\"external_id\": \"ann\", ", ""), "one_of"],
            ["too deep", "orders", With(Order, "\"A-1\"", Deep(100)), "*"],
            ["bulk of nothing", "orders/bulk", """{ "orders": [] }""", "too_few"],
            ["bulk of null", "orders/bulk", """{ "orders": null }""", "required"],
            ["bulk too deep", "orders/bulk", $$"""{ "orders": [{{Deep(200)}}] }""", "*"],
            ["unknown event type", "events", With(Event, "check_in", "check_out"), "bad_format"],
            ["reserved event", "events", With(Event, "check_in", "order.paid"), "bad_format"],
            ["negative event amount", "events", With(Event, "\"e\"", "\"e\", \"data\": { \"amount\": -1 }"), "out_of_range"],
            ["earn nothing", "members/{member}/points/earn", With(Earn, ": 1,", ": 0,"), "out_of_range"],
            ["earn less", "members/{member}/points/earn", With(Earn, ": 1,", ": -5,"), "out_of_range"],
            ["earn too much", "members/{member}/points/earn", With(Earn, ": 1,", ": 9223372036854775807,"), "out_of_range"],
            ["earn without reference", "members/{member}/points/earn", """{ "amount": 1 }""", "required"],
            [
                "earn for null",
                "members/{member}/points/earn",
                With(Earn, "{ \"type\": \"t\", \"id\": \"i\" }", "null"),
                "required",
            ],
            ["spend nothing", "members/{member}/points/spend", With(Earn, ": 1,", ": 0,"), "out_of_range"],
            [
                "spend for too long a reason",
                "members/{member}/points/spend",
                With(Earn, ": 1,", $": 1, \"reason\": \"{Long(201)}\","),
                "too_long",
            ],
            ["unknown trigger", "earning-rules", With(Rule, "check_in", "breathing"), "bad_format"],
            [
                "two formulas",
                "earning-rules",
                With(Rule, "\"fixed\": 1", "\"fixed\": 1, \"per_amount\": { \"unit\": 1, \"points\": 1 }"),
                "one_of",
            ],
            ["no formula", "earning-rules", With(Rule, "\"fixed\": 1", ""), "one_of"],
            [
                "unknown policy",
                "earning-rules",
                With(Rule, "\"name\"", "\"expiry\": { \"policy\": \"sometimes\" }, \"name\""),
                "unknown_value",
            ],
            [
                "policy without months",
                "earning-rules",
                With(Rule, "\"name\"", "\"expiry\": { \"policy\": \"months\" }, \"name\""),
                "one_of",
            ],
            [
                "settle both ways",
                "earning-rules",
                With(Rule, "\"name\"", "\"settle\": { \"after_days\": 1, \"on\": \"explicit\" }, \"name\""),
                "one_of",
            ],
            ["a budget below zero", "earning-rules", With(Rule, "\"name\"", "\"budget\": -1, \"name\""), "out_of_range"],
            ["negative rank", "tiers", """{ "name": "t", "rank": -1, "growth_threshold": 0 }""", "out_of_range"],
            ["no threshold", "tiers", """{ "name": "t", "rank": 1 }""", "required"],
            ["bad attribute name", "attributes", """{ "name": "Größe", "type": "number" }""", "bad_format"],
            ["unknown attribute type", "attributes", """{ "name": "size", "type": "colour" }""", "unknown_value"],
            ["no scopes", "keys", """{ "name": "k", "scopes": [] }""", "too_few"],
            ["clock by nonsense", "test-clock", """{ "advance": "P" }""", "bad_format"],
            ["clock both ways", "test-clock", """{ "advance": "P1D", "advance_to": "2026-02-01T00:00:00Z" }""", "one_of"],
            ["clock too far", "test-clock", """{ "advance_to": "2127-01-01T00:00:00Z" }""", "out_of_range"],
            ["clock far too far", "test-clock", """{ "advance": "P99Y999M" }""", "out_of_range"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Bodies))]
    public async Task A_bad_body_is_refused_with_a_code_and_changes_nothing(
        string engine,
        string what,
        string path,
        string body,
        string code
    )
    {
        var brand = await SharedBrand(engine);
        var member = await brand.Member("somebody");

        var answer = await brand.Post($"/v1/{path.Replace("{member}", member, StringComparison.Ordinal)}", body);

        answer.MustRefuse(400, code == "*" ? answer.Code : code);
        Assert.True(answer.Code.Length > 0, what);
        await MustBeUntouched(brand, member);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_bad_configuration_leaves_none_behind(string engine)
    {
        var brand = await NewBrand(engine);

        foreach (
            var row in Bodies.Where(r => (string)r[1] is "tiers" or "earning-rules" or "attributes" or "keys" or "test-clock")
        )
            Assert.Equal(400, (await brand.Post($"/v1/{row[1]}", row[2])).Status);

        foreach (var list in new[] { "tiers", "earning-rules", "attributes" })
            Assert.Empty((await brand.Get($"/v1/{list}")).Each("data", "name"));
        Assert.Single((await brand.Get("/v1/keys")).Each("data", "id"));
        Assert.Equal("2026-01-10T00:00:00Z", (await brand.Get("/v1/test-clock")).Text("now"));
    }
}
