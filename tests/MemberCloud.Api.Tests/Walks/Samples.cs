using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Makes bodies that an operation takes, from its schema: what is required, of the right type, format and length. What a schema cannot say, a table says.</summary>
public sealed class Samples(ApiDocuments documents, Known known, string mark)
{
    private static int counter;

    private static readonly Dictionary<string, Func<Samples, JsonNode?>> Told = new()
    {
        ["Acceptance.name"] = s => s.Text(),
        ["AskFor.operation"] = _ => "AdjustPoints",
        ["AskFor.request"] = s => s.Make(s.Reference("AdjustRequest"), ""),
        ["AskFor.subject"] = s => s.Id("members"),
        ["BulkOrders.orders"] = s => new JsonArray(s.Make(s.Reference("OrderReport"), "order")),
        ["BuyPayment.gateway"] = _ => "fake",
        ["BuyPayment.payment_method"] = _ => "fake_ok",
        ["BuyConsent.accepted_at"] = _ => "2020-01-01T00:00:00Z",
        ["ClockRequest.advance"] = _ => "PT1M",
        ["BulkProducts.products"] = s => new JsonArray(s.Make(s.Reference("ProductChange"), "product")),
        ["CouponValidity.days_after_claim"] = _ => 7,
        ["EarnRequest.amount"] = _ => 100,
        ["EventRequest.external_id"] = s => s.Own("members", "external_id"),
        ["EventRequest.type"] = _ => "check_in",
        ["GatewayKeys.secret_key"] = _ => "sk_test_exampleKey1234",
        ["GatewayKeys.webhook_secret"] = _ => "whsec_exampleSecret5678",
        ["IssueRequest.member_ids"] = s => new JsonArray(s.Id("members")),
        ["MergeRequest.from_member_id"] = s => s.Other("members"),
        ["MemberChange.email"] = s => $"{s.Text()}@example.com",
        ["MemberChange.name"] = s => s.Text(),
        ["MemberChange.phone"] = s => $"{s.Phone}{Number() % 10_000:D4}",
        ["MemberChange.tags"] = s => new JsonArray(s.Mark),
        ["MemberSearch.external_id"] = s => s.Own("members", "external_id"),
        ["NewBrandKey.scopes"] = _ => new JsonArray("members:read"),
        ["NewPaymentMethod.gateway"] = _ => "fake",
        ["NewPaymentMethod.payment_method"] = _ => "fake_ok",
        ["NewTenant.time_zone"] = _ => "Asia/Shanghai",
        ["QuoteRequest.external_id"] = s => s.Own("members", "external_id"),
        ["CheckoutRequest.external_id"] = s => s.Own("members", "external_id"),
        ["QuoteLineRequest.list_price"] = _ => 1000,
        ["OrderReport.external_id"] = s => s.Own("members", "external_id"),
        ["PerkBody.kind"] = _ => "partner_code",
        ["PerkChange.name"] = s => s.Text(),
        ["PlanChange.name"] = s => s.Text(),
        ["PriceAudience.tags"] = s => new JsonArray(s.Mark),
        ["PriceEntriesRequest.entries"] = s => new JsonArray(s.Make(s.Reference("PriceEntryBody"), "entry")),
        ["PriceEntryBody.price"] = _ => 500,
        ["PriceListChange.name"] = s => s.Text(),
        ["ProductChange.name"] = s => s.Text(),
        ["RefundRequest.full"] = _ => true,
        ["RuleBody.currency"] = _ => "points",
        ["RuleBody.formula"] = _ => new JsonObject { ["fixed"] = 1 },
        ["RuleBody.trigger"] = _ => "order.completed",
        ["RuleChange.name"] = s => s.Text(),
        ["SegmentAttribute.value"] = _ => "x",
        ["SegmentChange.name"] = s => s.Text(),
        ["SegmentFilter.tags"] = s => new JsonArray(s.Mark),
        ["StaffChange.name"] = s => s.Text(),
        ["TemplateBody.amount_off"] = _ => 500,
        ["TemplateBody.kind"] = _ => "amount_off",
        ["TemplateBody.validity"] = _ => new JsonObject { ["days_after_claim"] = 30 },
        ["TemplateChange.name"] = s => s.Text(),
        ["IssueRequest.member_ids"] = s => new JsonArray(s.Id("members")),
        ["TransferRequest.to_member_id"] = s => s.Other("members"),
        ["TierChangeRequest.name"] = s => s.Text(),
        ["TierRequest.growth_threshold"] = _ => counter,
        ["TierRequest.rank"] = _ => Number() % 1_000,
    };

    /// <summary>What a path names that no answer told, because there is none yet.</summary>
    public static string? Named(string kind, string parameter) => (kind, parameter) is ("gateways", "name") ? "stripe" : null;

    /// <summary>In every text of this brand, and in no other's.</summary>
    public string Mark => mark;

    /// <summary>The first digits of every phone number of this brand.</summary>
    public string Phone { get; } = $"+8613{Number() % 100_000:D5}";

    /// <summary>A text that nobody else has.</summary>
    public string Text() => string.Create(CultureInfo.InvariantCulture, $"{mark}{Number()}");

    public JsonObject Reference(string schema) => new() { ["$ref"] = $"#/components/schemas/{schema}" };

    public bool Has(string kind) => known.Id(kind) is not null;

    private static int Number() => Interlocked.Increment(ref counter);

    private string Id(string kind) => known.Id(kind) ?? Text();

    /// <summary>Not the one that a path names.</summary>
    private string Other(string kind) => known.All(kind) is [.., var other, _] ? other : Text();

    private string Own(string kind, string field) => known.Value(kind, field) ?? Text();

    /// <summary>A value of a schema; <paramref name="name"/> is its field's.</summary>
    public JsonNode? Make(JsonObject schema, string name)
    {
        var shape = documents.Resolve(schema);
        if (shape["enum"] is JsonArray words)
            return words.First(w => w is not null)!.DeepClone();
        return ApiDocuments.TypeOf(shape) switch
        {
            "object" => Object(shape, documents.NameOf(schema)),
            "array" => Array(shape, name),
            "integer" or "number" => Number(shape),
            "boolean" => true,
            _ => String(shape, name),
        };
    }

    private JsonObject Object(JsonObject shape, string? type)
    {
        var made = new JsonObject();
        var required = (shape["required"] as JsonArray ?? []).Select(r => (string)r!).ToHashSet();
        foreach (var (name, schema) in shape["properties"]?.AsObject() ?? [])
        {
            if (Told.TryGetValue($"{type}.{name}", out var say))
                made[name] = say(this);
            else if (required.Contains(name))
                made[name] = Make(schema!.AsObject(), name);
        }
        return made;
    }

    private JsonArray Array(JsonObject shape, string name)
    {
        var count = Math.Max(1, (int?)shape["minItems"] ?? 1);
        return [.. Enumerable.Range(0, count).Select(_ => Make(shape["items"]!.AsObject(), Singular(name)))];
    }

    private static JsonNode Number(JsonObject shape)
    {
        var least = (double?)shape["minimum"] ?? (double?)shape["exclusiveMinimum"] + 1 ?? 1;
        return (long)Math.Max(1, least);
    }

    private string String(JsonObject shape, string name)
    {
        if ((string?)shape["format"] is { } format)
            return Formatted(format, name);
        if (IdKind(name) is { } kind && known.Id(kind) is { } id)
            return id;
        var pattern = (string?)shape["pattern"];
        var length = (int?)shape["maxLength"] ?? 100;
        string[] candidates =
        [
            Named(name),
            Text(),
            (string?)shape["example"] ?? "",
            .. (shape["examples"] as JsonArray ?? []).Select(e => e?.ToString() ?? ""),
            .. pattern?.Split('|') ?? [],
        ];
        return candidates.FirstOrDefault(c => c.Length > 0 && c.Length <= length && (pattern is null || Fits(pattern, c)))
            ?? Text();
    }

    private string Named(string name) =>
        name switch
        {
            "currency" => "CNY",
            "password" or "new_password" => "a long Pass-phrase 9",
            "locale" => "en",
            "email" => $"{Text()}@example.com",
            "phone" => $"{Phone}{Number() % 10_000:D4}",
            "birthday" => "1990-05-01",
            "external_id" => Own("members", "external_id"),
            _ => "",
        };

    private string Formatted(string format, string name) =>
        (format, name) switch
        {
            ("date", _) => "2026-01-09",
            (_, "expires_at" or "settle_at" or "until" or "to" or "ends_at" or "advance_to") => "2026-02-01T00:00:00Z",
            ("date-time", _) => "2026-01-09T00:00:00Z",
            ("email", _) => $"{Text()}@example.com",
            ("uri", _) => "https://example.com/",
            _ => Text(),
        };

    private static bool Fits(string pattern, string text) =>
        Regex.IsMatch(text, $"^(?:{pattern})$", RegexOptions.None, TimeSpan.FromSeconds(1));

    /// <summary>The kind whose ids a field takes: <c>members</c> for <c>member_id</c> and <c>from_member_id</c>; null for another field, a brand's own id too.</summary>
    public string? IdKind(string field)
    {
        if (field is "external_id" or "external_ids")
            return null;
        if (field is "perks")
            return field;
        if (field.EndsWith("_ids", StringComparison.Ordinal) || field.EndsWith("_id", StringComparison.Ordinal))
        {
            var word = field[..field.LastIndexOf("_id", StringComparison.Ordinal)];
            return known.Kinds.FirstOrDefault(k =>
                    Singular(k).Replace('-', '_') is var one
                    && (
                        one == word
                        || word.EndsWith($"_{one}", StringComparison.Ordinal)
                        || one.EndsWith($"_{word}", StringComparison.Ordinal)
                    )
                )
                ?? word + "s";
        }
        return null;
    }

    private static string Singular(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.TrimEnd('s');
}
