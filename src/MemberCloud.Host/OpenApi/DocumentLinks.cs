using System.Text.Json.Nodes;

namespace MemberCloud.Host.OpenApi;

/// <summary>What an answer leads on to: the operations that take an id which it holds. Programs read them as links, Swagger UI shows them as buttons.</summary>
public static class DocumentLinks
{
    private static readonly (string Operation, int Status, string To, string Field)[] Table =
    [
        ("AddTemplate", 201, "ActivateTemplate", "id"),
        ("AddTemplate", 201, "ChangeTemplate", "id"),
        ("GetTemplate", 200, "IssueCoupons", "id"),
        ("ActivateTemplate", 200, "IssueCoupons", "id"),
        ("ActivateTemplate", 200, "MakeCodes", "id"),
        ("ActivateTemplate", 200, "PauseTemplate", "id"),
        ("PauseTemplate", 200, "ActivateTemplate", "id"),
        ("IssueCoupons", 202, "GetBatch", "batch_id"),
        ("IssueCoupons", 202, "GetApproval", "approval_id"),
        ("GetBatch", 200, "GetBatch", "id"),
        ("GetBatch", 200, "ListBatchRefusals", "id"),
        ("GetBatch", 200, "UndoBatch", "id"),
        ("GetBatch", 200, "GetTemplate", "template_id"),
        ("UndoBatch", 202, "GetBatch", "id"),
        ("ApproveBatch", 200, "GetBatch", "id"),
        ("MakeCodes", 202, "GetBatch", "batch_id"),
        ("MakeCodes", 202, "DownloadCodes", "batch_id"),
        ("MakeCodes", 202, "GetApproval", "approval_id"),
        ("AddPriceList", 201, "ReplacePriceEntries", "id"),
        ("AddPriceList", 201, "ChangePriceList", "id"),
        ("AdjustPoints", 202, "GetApproval", "approval_id"),
        ("AskForApproval", 201, "GetApproval", "id"),
        ("SimulateRule", 202, "GetSimulation", "simulation_id"),
        ("SimulateTemplate", 202, "GetSimulation", "simulation_id"),
        ("SimulatePriceList", 202, "GetSimulation", "simulation_id"),
        ("GetSimulation", 200, "GetSimulation", "id"),
    ];

    public static void Add(string operation, JsonObject responses)
    {
        foreach (var (_, status, to, field) in Table.Where(l => l.Operation == operation))
        {
            if (responses[$"{status}"] is not JsonObject answer)
                throw new InvalidOperationException($"{operation} does not answer {status}, from which a link leads to {to}.");
            answer["links"] ??= new JsonObject();
            answer["links"]![to] = new JsonObject
            {
                ["operationId"] = to,
                ["parameters"] = new JsonObject { ["id"] = $"$response.body#/{field}" },
            };
        }
    }

    /// <summary>Takes out the links to operations that are not in the document.</summary>
    public static void KeepTo(JsonObject paths)
    {
        var operations = DocumentCut.Operations(paths).ToList();
        var names = operations.Select(o => (string)o["operationId"]!).ToHashSet();
        foreach (var answer in operations.SelectMany(o => o["responses"]!.AsObject()).Select(r => r.Value!.AsObject()))
        {
            if (answer["links"] is not JsonObject links)
                continue;
            foreach (var gone in links.Select(l => l.Key).Where(to => !names.Contains(to)).ToList())
                links.Remove(gone);
            if (links.Count == 0)
                answer.Remove("links");
        }
    }
}
