using System.Text.Json.Nodes;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Border;

/// <summary>The documents' examples, run as they stand and in their order, on a brand of 1998 in dollars like the demo's.</summary>
public sealed class ExamplesRun(Clouds clouds) : ApiTests(clouds)
{
    [SkippableFact]
    public async Task Every_example_that_a_key_may_send_is_taken()
    {
        var brand = await NewBrand("sqlite", "1998-05-07T04:00:00Z", "America/New_York", "USD");
        (await brand.Post("/v1/attributes", new { name = "city", type = "text" })).Must(201);
        await brand.Template();
        var document = (await brand.Cloud.Nobody.Get("/openapi/brand.json")).Must(200).Body!;
        var refused = new List<string>();
        var ran = 0;

        foreach (var name in ExamplesInOrder())
        {
            if (Find(document, name) is not { } found || NeedsMore.Contains(name))
                continue;
            var isOperators = found.Path.StartsWith("/platform/", StringComparison.Ordinal);
            var caller = isOperators ? brand.Cloud.Operator : brand;
            var path = await Filled(caller, found.Path, found.Operation);
            var body = found.Operation["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString();
            var answer = await caller.Send(new(found.Method.ToUpperInvariant()), path, body, isOperators ? null : Caller.NewKey);
            if (answer.Status is < 200 or > 299)
                refused.Add($"{name}: {answer.Status} {answer.Raw}");
            ran++;
        }

        Assert.Empty(refused);
        Assert.True(ran > 15, $"Only {ran} examples ran.");
    }

    /// <summary>They name an id that only the reader knows, or want what no example makes.</summary>
    private static readonly string[] NeedsMore =
    [
        "AskForApproval",
        "CaptureHold",
        "CommitCheckout",
        "ExchangeCoupon",
        "RedeemCode",
        "TransferPoints",
        "AddPerkCodes",
        "ReservePerk",
        "ConsumePerk",
        "BuyMembership",
        "ChangeMembership",
        "ChangeMembershipPlan",
        "CancelMembership",
        "RevokeMembership",
        "RefundMembership",
        "ReportPayment",
        "ProveNotice",
        "MakeActivationCodes",
        "RefundActivationBatch",
        "RedeemActivationCode",
        "MergeMembers",
        "UnmergeMembers",
        "ClaimCoupon",
        "VoidCoupon",
        "UndoBatch",
        "ApproveReview",
        "RejectReview",
    ];

    private static IEnumerable<string> ExamplesInOrder() =>
        JsonNode
            .Parse(File.ReadAllText(Path.Combine(OpenApi.RepositoryRoot(), "src/MemberCloud.Host/OpenApi/examples.json")))!
            .AsObject()
            .Select(e => e.Key)
            .Where(name => !name.Contains('.', StringComparison.Ordinal));

    private static (string Method, string Path, JsonNode Operation)? Find(JsonNode document, string name) =>
        document["paths"]!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => ((string, string, JsonNode)?)(o.Key, p.Key, o.Value!)))
            .FirstOrDefault(o => (string?)o!.Value.Item3["operationId"] == name);

    /// <summary>A path's values: the example, or the first id of the list the document points at.</summary>
    private static async Task<string> Filled(Caller caller, string path, JsonNode operation)
    {
        foreach (var parameter in operation["parameters"]?.AsArray() ?? [])
        {
            if ((string?)parameter!["in"] != "path")
                continue;
            var value = parameter["x-ids-from"] is { } list
                ? (await caller.Get((string)list!)).Must(200).Text("data.0.id")
                : (string)parameter["example"]!;
            path = path.Replace($"{{{parameter["name"]}}}", value, StringComparison.Ordinal);
        }
        return path;
    }
}
