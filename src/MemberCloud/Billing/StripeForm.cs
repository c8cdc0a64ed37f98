using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MemberCloud.Billing;

/// <summary>
/// Stripe takes forms, and in them objects and lists: <c>metadata[key]=1&amp;line_items[0][quantity]=1</c>. What is null is left out. Pure.
/// </summary>
public static class StripeForm
{
    public static string Encode(JsonObject form) =>
        string.Join('&', Fields(form).Select(f => $"{Escape(f.Name)}={Escape(f.Value)}"));

    /// <summary>Each field by the name Stripe knows it by, in the order written.</summary>
    public static IEnumerable<(string Name, string Value)> Fields(JsonObject form) =>
        form.SelectMany(field => Flatten(field.Key, field.Value));

    private static IEnumerable<(string Name, string Value)> Flatten(string name, JsonNode? value) =>
        value switch
        {
            null => [],
            JsonObject parts => parts.SelectMany(part => Flatten($"{name}[{part.Key}]", part.Value)),
            JsonArray items => items.SelectMany(
                (item, i) => Flatten(string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"), item)
            ),
            _ => [(name, Text(value))],
        };

    private static string Text(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
