using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>
/// What was seen in a brand's answers: ids by kind, natural ids and other values by field. Collected from whatever comes back, so that nobody lists them.
/// </summary>
public sealed partial class Known
{
    private readonly Dictionary<string, string> prefixes = [];
    private readonly Dictionary<string, List<string>> ids = [];
    private readonly Dictionary<(string Kind, string Field), List<string>> fields = [];

    [GeneratedRegex("[a-z]{2,6}_[0-7][0-9a-hjkmnp-tv-z]{25}")]
    private static partial Regex IdLike();

    /// <summary>Every id that was seen.</summary>
    public IEnumerable<string> Ids => ids.Values.SelectMany(i => i).Distinct();

    public IEnumerable<string> Kinds => prefixes.Keys;

    /// <summary>Learns from an answer to an operation.</summary>
    public void Learn(Operation operation, Answer answer)
    {
        if (answer.Status is < 200 or > 299 || answer.Body is not { } body)
            return;
        Learn(operation.Kind, body, depth: 0);
    }

    public static IEnumerable<string> IdsIn(string text) => IdLike().Matches(text).Select(m => m.Value);

    /// <summary>An id of this kind (<c>members</c>, <c>earning-rules</c>), the one seen last; null when none was.</summary>
    public string? Id(string kind) => PrefixOf(kind) is { } prefix ? ids[prefix][^1] : null;

    /// <summary>All ids of a kind that were seen.</summary>
    public IReadOnlyList<string> All(string kind) => PrefixOf(kind) is { } prefix ? ids[prefix] : [];

    /// <summary>A value of a field, the one seen last, of this kind where there is one.</summary>
    public string? Value(string kind, string field) =>
        fields.GetValueOrDefault((kind, field))?[^1] ?? fields.FirstOrDefault(f => f.Key.Field == field).Value?[^1];

    /// <summary>Forgets an id, so that it is used no more.</summary>
    public void Forget(string id)
    {
        foreach (var list in ids.Values)
            list.RemoveAll(i => i == id);
        foreach (var prefix in ids.Where(p => p.Value.Count == 0).Select(p => p.Key).ToList())
            ids.Remove(prefix);
    }

    private string? PrefixOf(string kind)
    {
        var known =
            prefixes.GetValueOrDefault(kind)
            ?? prefixes.FirstOrDefault(p => p.Key.EndsWith($"-{kind}", StringComparison.Ordinal)).Value;
        return known is not null && ids.ContainsKey(known) ? known : null;
    }

    private void Learn(string kind, JsonNode node, int depth)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
                Learn(kind, item, depth);
            return;
        }
        if (node is not JsonObject thing)
            return;
        foreach (var (name, value) in thing)
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var said))
                Learn(kind, name, said, depth);
            else if (value is not null)
                Learn(name == "data" ? kind : name, value, name == "data" ? depth : depth + 1);
        }
    }

    private void Learn(string kind, string name, string said, int depth)
    {
        Add(fields, (kind, name), said);
        foreach (var id in IdsIn(said))
            Add(ids, id.Split('_')[0], id);
        if (IdLike().Match(said) is not { Success: true } match || match.Length != said.Length)
            return;
        var prefix = said.Split('_')[0];
        if (name == "id" && depth == 0)
            prefixes.TryAdd(kind, prefix);
        else if (name.EndsWith("_id", StringComparison.Ordinal))
            prefixes.TryAdd(name[..^3] + "s", prefix);
    }

    private static void Add<TKey>(Dictionary<TKey, List<string>> to, TKey key, string value)
        where TKey : notnull
    {
        if (!to.TryGetValue(key, out var list))
            to.Add(key, list = []);
        list.Remove(value);
        list.Add(value);
    }
}
