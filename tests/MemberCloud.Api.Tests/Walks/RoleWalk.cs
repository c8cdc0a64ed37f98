using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>The whole table of who may call what: every role, every scope and every other credential against every operation.</summary>
public sealed partial class RoleWalk(WalkClouds clouds) : WalkTests(clouds)
{
    private static readonly Person Malformed = new("a malformed token", "mc_staff_nonsense", p => p.Anyone);

    /// <summary>Of another installation: well-formed, and unknown here.</summary>
    private static readonly Person Foreign = new("a foreign token", KeyRules.Make(KeyRules.Staff, new byte[32]), p => p.Anyone);

    [SkippableTheory, EveryEngine]
    public async Task Who_the_table_allows_gets_in_and_who_it_does_not_is_refused_with_the_right_code(string engine)
    {
        var cloud = await On(engine);
        var documents = await ApiDocuments.ReadAsync(cloud);
        var walker = await Walker.StartAsync(cloud, documents, "roles");
        var faults = new List<string>();

        foreach (var (make, refusal) in Everybody(walker.Crew))
        {
            var person = await make();
            foreach (var operation in documents.Operations)
            {
                var answer = await KnockAsync(walker, operation, person);
                if (Fault(operation, person, answer, refusal) is { } fault)
                    faults.Add(fault);
                // What somebody did with it may have ended the credential (signing out): the next door wants a good one.
                if (answer.Status < 300 && operation.Method != HttpMethod.Get)
                    person = await make();
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(40)) + $"\n({faults.Count} faults)");
    }

    [SkippableFact]
    public async Task The_documents_and_the_table_name_the_same_operations()
    {
        var documents = await ApiDocuments.ReadAsync(await On("sqlite"));

        Assert.Equal(
            Permissions.All.Keys.Order(StringComparer.Ordinal),
            documents.Operations.Select(o => o.Name).Order(StringComparer.Ordinal)
        );
    }

    [SkippableFact]
    public async Task The_documents_say_of_every_operation_what_the_table_says()
    {
        var cloud = await On("sqlite");
        var (brand, staff) = (await SentencesAsync(cloud, "brand", ScopeOf()), await SentencesAsync(cloud, "staff", RolesOf()));
        var byKey = Permissions.All.Where(p => p.Value.Scope is not null);
        var byRole = Permissions.All.Where(p => p.Value.Roles.Count > 0 && !p.Value.Anyone);

        Assert.All(byKey, p => Assert.Equal((p.Key, $"`{p.Value.Scope}`"), (p.Key, brand.GetValueOrDefault(p.Key))));
        if (staff.Count > 0)
            Assert.All(
                byRole,
                p =>
                    Assert.Equal(
                        (p.Key, string.Join(", ", p.Value.Roles.Select(r => $"`{Words<StaffRole>.Of(r)}`"))),
                        (p.Key, staff.GetValueOrDefault(p.Key))
                    )
            );
    }

    [GeneratedRegex("Needs the scope (`[^`]+`)")]
    private static partial Regex ScopeOf();

    [GeneratedRegex("For the roles (`[^.]+`)\\.")]
    private static partial Regex RolesOf();

    /// <summary>Of each operation of a document, the words of the sentence that says who may call it.</summary>
    private static async Task<Dictionary<string, string>> SentencesAsync(TestCloud cloud, string document, Regex sentence)
    {
        var answer = await cloud.Nobody.Get($"/openapi/{document}.json");
        if (answer.Status == 404)
            return [];
        var operations = answer
            .At("paths")!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject())
            .Select(o => o.Value)
            .OfType<JsonObject>();
        return operations
            .Where(o => o["operationId"] is not null)
            .ToDictionary(o => (string)o["operationId"]!, o => sentence.Match((string?)o["description"] ?? "").Groups[1].Value);
    }

    /// <summary>Everybody there is, and what is said to those whom the table does not allow.</summary>
    private static IEnumerable<(Func<Task<Person>> Make, (int Status, string Code) Refusal)> Everybody(Crew crew)
    {
        (int, string) scope = (403, "scope_missing");
        (int, string) invalid = (401, "credential_invalid");
        foreach (var role in Enum.GetValues<StaffRole>())
            yield return (() => crew.StaffAsync(role), (403, "role_missing"));
        foreach (var one in Scopes.All)
            yield return (() => crew.KeyAsync(one), scope);
        yield return (() => crew.KeyAsync(), scope);
        yield return (() => crew.MemberAsync(), scope);
        yield return (() => Task.FromResult(crew.Operator), scope);
        yield return (() => Task.FromResult(Crew.Nobody), (401, "credential_missing"));
        foreach (var kind in new[] { CredentialKind.Key, CredentialKind.Staff, CredentialKind.Member })
        {
            yield return (() => crew.ExpiredAsync(kind), (401, "credential_expired"));
            yield return (() => crew.RevokedAsync(kind), invalid);
        }
        yield return (() => crew.InvitedAsync(), invalid);
        yield return (() => Task.FromResult(Malformed), invalid);
        yield return (() => Task.FromResult(Foreign), invalid);
    }

    /// <summary>With ids of nobody and an empty body: a door is tried, nothing is done behind it.</summary>
    private static async Task<Answer> KnockAsync(Walker walker, Operation operation, Person person)
    {
        var url = operation
            .In("path")
            .Aggregate(operation.Path, (path, p) => path.Replace($"{{{p.Name}}}", "nobody", StringComparison.Ordinal));
        return await walker.Crew.Of(person).Send(operation.Method, url, operation.Body is null ? null : "{}", null);
    }

    private static string? Fault(Operation operation, Person person, Answer answer, (int Status, string Code) refusal)
    {
        var refused = answer.Status == 401 || answer.Code is "scope_missing" or "role_missing";
        var isRight = person.May(operation.Permission)
            ? !refused && answer.Status < 500
            : (answer.Status, answer.Code) == refusal;
        return isRight
            ? null
            : $"{person.Name} at {operation}: {answer.Status} {answer.Code}, expected {(person.May(operation.Permission) ? "to get in" : refusal)}";
    }
}
