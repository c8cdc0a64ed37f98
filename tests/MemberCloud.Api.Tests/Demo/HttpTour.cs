using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MemberCloud.Api.Tests.Demo;

/// <summary>One request of a tour, as written.</summary>
/// <param name="Line">Of the file, for messages.</param>
/// <param name="Name">What later requests refer to its answer by.</param>
/// <param name="Expect">The status it says; null = any 2xx.</param>
public sealed record TourRequest(
    int Line,
    string? Name,
    int? Expect,
    string Method,
    string Url,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? Body
);

/// <summary>
/// A file of requests as .http clients read it: <c>###</c> between requests, <c>@name = value</c>, <c># @name of-the-answer</c>,
/// <c>{{variable}}</c> and <c>{{name.response.body.$.path}}</c>; and our own <c># expect 409</c> where a refusal is the point.
/// </summary>
public sealed partial class HttpTour
{
    private readonly Dictionary<string, string> variables = [];
    private readonly Dictionary<string, JsonNode?> answers = [];

    private HttpTour(IReadOnlyList<TourRequest> requests) => Requests = requests;

    public IReadOnlyList<TourRequest> Requests { get; }

    /// <summary>Variables whose value is cut short (mc_...): the person fills them in.</summary>
    public IReadOnlyList<string> Gaps =>
        [.. variables.Where(v => v.Value.EndsWith("...", StringComparison.Ordinal)).Select(v => v.Key)];

    public static HttpTour Read(string text)
    {
        var (given, requests) = (new Dictionary<string, string>(), new List<TourRequest>());
        var (block, first) = (new List<string>(), 1);
        foreach (var (line, no) in text.Split('\n').Append("###").Select((l, i) => (l.TrimEnd('\r'), i + 1)))
        {
            if (!line.StartsWith("###", StringComparison.Ordinal))
            {
                block.Add(line);
                continue;
            }
            if (RequestOf(block, first, given) is { } request)
                requests.Add(request);
            (first, block) = (no + 1, []);
        }
        var tour = new HttpTour(requests);
        foreach (var (name, value) in given)
            tour.variables[name] = value;
        return tour;
    }

    /// <summary>Puts another value in a variable's place, as a client's environment does. It must be one the file has.</summary>
    public void Set(string name, string value)
    {
        Assert.True(variables.ContainsKey(name), $"The tour has no variable {name}.");
        variables[name] = value;
    }

    public void Answered(TourRequest request, string body)
    {
        if (request.Name is { } name)
            answers[name] = body.Length == 0 ? null : JsonNode.Parse(body);
    }

    /// <summary>Text with every variable and answer in its place.</summary>
    public string Fill(string text) => Braces().Replace(text, m => Value(m.Groups[1].Value.Trim()));

    private string Value(string name)
    {
        if (AnswerPath().Match(name) is not { Success: true } path)
            return variables.TryGetValue(name, out var value)
                ? Fill(value)
                : throw new InvalidDataException($"Nothing is called {{{{{name}}}}}.");
        Assert.True(answers.TryGetValue(path.Groups[1].Value, out var node), $"{name}: there is no such answer yet.");
        foreach (Match step in Step().Matches(path.Groups[2].Value))
            node = step.Groups[2].Success
                ? node?.AsArray()[int.Parse(step.Groups[2].Value, CultureInfo.InvariantCulture)]
                : node?[step.Groups[1].Value];
        return node?.ToString() ?? throw new InvalidDataException($"{name}: the answer has no such field.");
    }

    private static TourRequest? RequestOf(IReadOnlyList<string> lines, int first, Dictionary<string, string> given)
    {
        string? name = null;
        int? expect = null;
        var at = 0;
        for (; at < lines.Count && !Start().IsMatch(lines[at]); at++)
        {
            if (Variable().Match(lines[at]) is { Success: true } variable)
                given[variable.Groups[1].Value] = variable.Groups[2].Value;
            else if (Note().Match(lines[at]) is { Success: true } note)
                (name, expect) = note.Groups[1].Success
                    ? (note.Groups[1].Value, expect)
                    : (name, int.Parse(note.Groups[2].Value, CultureInfo.InvariantCulture));
            else if (lines[at].Trim() is { Length: > 0 } other && !other.StartsWith('#'))
                throw new InvalidDataException($"line {first + at}: what is {other}?");
        }
        if (at == lines.Count)
            return null;
        var start = Start().Match(lines[at]);
        var headers = lines.Skip(at + 1).TakeWhile(l => l.Trim().Length > 0).Select(l => l.Split(':', 2)).ToList();
        var body = string.Join('\n', lines.Skip(at + 2 + headers.Count)).Trim();
        return new(
            first + at,
            name,
            expect,
            start.Groups[1].Value,
            start.Groups[2].Value.Trim(),
            [.. headers.Select(h => (h[0].Trim(), h[1].Trim()))],
            body.Length == 0 ? null : body
        );
    }

    /// <summary>The request on the wire.</summary>
    public HttpRequestMessage Message(TourRequest request)
    {
        var message = new HttpRequestMessage(new(request.Method), Fill(request.Url));
        var type = request.Headers.FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)).Value;
        if (request.Body is { } body)
            message.Content = new StringContent(Fill(body), Encoding.UTF8, type ?? "text/plain");
        foreach (var (name, value) in request.Headers.Where(h => h.Value != type))
            message.Headers.TryAddWithoutValidation(name, Fill(value));
        return message;
    }

    [GeneratedRegex(@"^(GET|POST|PUT|PATCH|DELETE)\s+(\S.*)$")]
    private static partial Regex Start();

    [GeneratedRegex(@"^@(\w+)\s*=\s*(.*?)\s*$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^#\s*(?:@name\s+(\w+)|expect\s+(\d{3}))\s*$")]
    private static partial Regex Note();

    [GeneratedRegex(@"\{\{(.+?)\}\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"^(\w+)\.response\.body\.\$(.*)$")]
    private static partial Regex AnswerPath();

    [GeneratedRegex(@"\.(\w+)|\[(\d+)\]")]
    private static partial Regex Step();
}
