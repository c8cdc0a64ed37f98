using System.Text.Json.Nodes;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Tenancy;
using Caller = MemberCloud.Api.Tests.Cloud.Caller;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>One brand and what is known of it; calls operations with what it knows, and learns from the answers.</summary>
public sealed class Walker
{
    /// <summary>What ends a thing, or whose use would end the walk: tried last, or not at all.</summary>
    private static readonly string[] Endings =
    [
        "delete",
        "revoke",
        "remove",
        "erase",
        "close",
        "suspend",
        "cancel",
        "merge",
        "logout",
        "sign",
        "reject",
        "deactivate",
        "password",
        "pause",
        "endtemplate",
        "undo",
        "end",
    ];

    private readonly ApiDocuments documents;
    private readonly Dictionary<string, Person> people = [];

    private Walker(Brand brand, ApiDocuments documents, string mark)
    {
        (Brand, this.documents) = (brand, documents);
        Samples = new(documents, Known, mark);
    }

    public Brand Brand { get; }
    public Known Known { get; } = new();
    public Samples Samples { get; }
    public Crew Crew { get; private set; } = null!;

    public static bool Ends(Operation operation) =>
        operation.Method == HttpMethod.Delete || Endings.Any(e => operation.Name.Contains(e, StringComparison.OrdinalIgnoreCase));

    public static async Task<Walker> StartAsync(TestCloud cloud, ApiDocuments documents, string mark)
    {
        var walker = new Walker(await cloud.NewBrand(), documents, mark);
        walker.Known.Learn(documents["GetTenant"], await cloud.Operator.Get($"/platform/v1/tenants/{walker.Brand.Id}"));
        var member = await walker.CallAsync(
            documents["UpsertMember"],
            walker.Brand,
            new() { ["path externalId"] = walker.Samples.Text(), ["path external_id"] = walker.Samples.Text() }
        );
        walker.Crew = new(walker.Brand, member.Must(201).Text("id"));
        await walker.HoldAClaimAsync(member.Text("id"));
        await walker.ReserveAPerkAsync(member.Text("id"));
        await walker.TellOfARenewalAsync(member.Text("id"));
        foreach (
            var person in new[]
            {
                walker.Crew.Key,
                await walker.Crew.StaffAsync(StaffRole.Owner),
                await walker.Crew.MemberAsync(),
            }
        )
            walker.people.Add(person.Name, person);
        return walker;
    }

    /// <summary>No sample entitles to a perk.</summary>
    private async Task ReserveAPerkAsync(string member)
    {
        var perk = (await Brand.Post("/v1/perks", new { name = Samples.Text(), kind = "service" })).Must(201).Text("id");
        await Brand.Hold(member, [perk], family: "walk");
        var reserved = (await Brand.Reserve(member, perk)).Must(201).Text("id");
        Known.Learn(documents["GetPerkReservation"], await Brand.Get($"/v1/perk-reservations/{reserved}"));
    }

    /// <summary>No job runs: nobody is told of a renewal by itself.</summary>
    private async Task TellOfARenewalAsync(string member)
    {
        var plan = await Brand.Plan(Samples.Text(), unit: "day", count: 7, family: "walk2");
        var bought = (await Brand.Buy(member, plan)).Must(201);
        Known.Learn(documents["BuyMembership"], bought);
        await Brand.MoveTo("2026-01-10T00:00:01Z");
        Known.Learn(documents["ListNotices"], await Brand.Get("/v1/notices"));
    }

    /// <summary>No sample is a claim that is held: the brand looks at claims for this one only.</summary>
    private async Task HoldAClaimAsync(string member)
    {
        var template = await Brand.Template();
        (await Brand.Patch("/v1/brand", new { claim_guards = new { new_member_hours = 1 } })).Must(200);
        (await Brand.Claim(template, member)).MustRefuse(409, "held_for_review");
        (await Brand.Patch("/v1/brand", new { claim_guards = new { } })).Must(200);
    }

    /// <summary>A key of every scope, an owner, a member.</summary>
    public IReadOnlyCollection<Person> People => people.Values;

    /// <summary>The same person with a new credential.</summary>
    public Task<Person> AgainAsync(Person person) =>
        person.Name == nameof(StaffRole.Owner) ? Crew.StaffAsync(StaffRole.Owner)
        : person.Secret == Brand.Secret ? Crew.KeyAsync([.. Scopes.All])
        : Crew.MemberAsync();

    /// <summary>Who may call an operation: the first of <see cref="People"/>; the operator for what is the platform's.</summary>
    public Person WhoMay(Operation operation) => people.Values.FirstOrDefault(p => p.May(operation.Permission)) ?? Crew.Operator;

    /// <summary>
    /// Calls every operation that ends nothing, again and again while there is one more that answers well: then the brand has one of everything.
    /// Returns each with its last answer.
    /// </summary>
    public async Task<Dictionary<Operation, Answer>> FillAsync()
    {
        var answers = new Dictionary<Operation, Answer>();
        foreach (var round in Enumerable.Range(0, 4))
        {
            foreach (
                // A member may have come in between who has no points yet.
                var operation in documents.Operations.Where(o =>
                    !Ends(o) && !o.Permission.Operator && (!Well(answers, o) || o.Name == "EarnPoints")
                )
            )
                answers[operation] = await CallAsync(operation, Crew.Of(WhoMay(operation)));
        }
        foreach (var list in documents.Operations.Where(o => o.Method == HttpMethod.Get && !o.Permission.Operator))
            answers[list] = await CallAsync(list, Crew.Of(WhoMay(list)));
        return answers;

        static bool Well(Dictionary<Operation, Answer> answers, Operation operation) =>
            answers.TryGetValue(operation, out var answer) && answer.Status < 300;
    }

    /// <summary>Calls with the brand's own ids, but for what <paramref name="instead"/> says: <c>"path id"</c>, <c>"body conditions.tier_ids.0"</c>.</summary>
    public async Task<Answer> CallAsync(
        Operation operation,
        Caller caller,
        Dictionary<string, string>? instead = null,
        params (string, string)[] headers
    )
    {
        var request = Request(operation, instead ?? []);
        var answer = await caller.Send(
            operation.Method,
            request.Url,
            request.Body?.ToJsonString(),
            operation.Method == HttpMethod.Get ? null : Caller.NewKey,
            headers: headers
        );
        answer = answer with { Request = $"{answer.Request} {request.Body?.ToJsonString()}" };
        if (instead is null)
            Known.Learn(operation, answer);
        return answer;
    }

    public (string Url, JsonNode? Body) Request(Operation operation, Dictionary<string, string> instead)
    {
        var url = operation.Path;
        foreach (var parameter in operation.In("path"))
            url = url.Replace(
                $"{{{parameter.Name}}}",
                Escape(instead.GetValueOrDefault($"path {parameter.Name}") ?? Own(operation, parameter)),
                StringComparison.Ordinal
            );
        var query = operation
            .In("query")
            .Select(p =>
                (
                    p.Name,
                    Value: instead.GetValueOrDefault($"query {p.Name}")
                        ?? (p.Required ? One(Samples.Make(p.Schema, ApiDocuments.Snake(p.Name))) : null)
                )
            )
            .Where(p => p.Value is not null)
            .Select(p => $"{p.Name}={Escape(p.Value!)}");
        if (string.Join('&', query) is { Length: > 0 } text)
            url += $"?{text}";
        return (url, operation.Body is { } schema ? Body(operation, schema, instead) : null);
    }

    /// <summary>A parameter that may be repeated is given once.</summary>
    private static string? One(JsonNode? value) => (value is JsonArray list ? list[0] : value)?.ToString();

    private JsonNode Body(Operation operation, JsonObject schema, Dictionary<string, string> instead)
    {
        var body = Samples.Make(schema, "")!;
        foreach (
            var slot in Slot.Of(operation, documents, Samples).Where(s => s.In == "body" && instead.ContainsKey(s.ToString()))
        )
            slot.Put(body, schema, instead[slot.ToString()], documents, Samples);
        return body;
    }

    private string Own(Operation operation, Parameter parameter)
    {
        var name = ApiDocuments.Snake(parameter.Name);
        var kind = operation.KindOf(parameter);
        return (
                name == "id" ? Known.Id(kind)
                : name.EndsWith("_id", StringComparison.Ordinal) ? Known.Id(name[..^3] + "s")
                : null
            )
            ?? Samples.Named(kind, name)
            ?? Known.Value(kind, name)
            ?? "none";
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
