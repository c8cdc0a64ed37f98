using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host.OpenApi;
using MemberCloud.Tenancy;

namespace MemberCloud.Api.Tests.Border;

/// <summary>What is written down for brands' engineers is what this build does.</summary>
public sealed class OpenApi(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory]
    [InlineData("brand")]
    [InlineData("staff")]
    [InlineData("member")]
    public async Task The_committed_document_is_this_builds(string name)
    {
        var cloud = await On("sqlite");
        var file = Path.Combine(RepositoryRoot(), "openapi", $"{name}.json");
        const string mend = "Run: dotnet run --project src/MemberCloud.Host -- openapi \"$PWD/openapi\"";
        Assert.True(File.Exists(file), $"{file} is missing. {mend}");

        var made = Documents.Text(cloud.Host.Services, name);

        Assert.True(made == await File.ReadAllTextAsync(file), $"openapi/{name}.json is not what this build says. {mend}");
    }

    [SkippableFact]
    public async Task The_document_is_served_and_names_every_path_once()
    {
        var cloud = await On("sqlite");

        var document = (await cloud.Nobody.Get("/openapi/brand.json")).Must(200);

        var paths = document.At("paths")!.AsObject().Select(p => p.Key).ToList();
        foreach (
            var path in new[]
            {
                "/v1/members/by-external-id/{external_id}",
                "/v1/orders",
                "/v1/orders/bulk",
                "/v1/events",
                "/v1/members/{id}/points/spend",
                "/v1/test-clock",
            }
        )
            Assert.Contains(path, paths);
        var names = document
            .At("paths")!
            .AsObject()
            .SelectMany(p => p.Value!.AsObject())
            .Select(o => (string?)o.Value!["operationId"])
            .ToList();
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.DoesNotContain(null, names);
        Assert.Equal(200, (await cloud.Nobody.Get("/swagger/index.html")).Status);
    }

    [SkippableFact]
    public async Task A_key_is_shown_the_operations_its_scopes_allow()
    {
        var brand = await NewBrand("sqlite");
        var till = await brand.WithScopes("members:read", "points:read");

        var shown = Operations((await till.Get("/openapi/brand.json")).Must(200));

        Assert.Contains("GetPoints", shown);
        Assert.DoesNotContain("SpendPoints", shown);
        Assert.All(
            shown.Select(name => Permissions.Find(name)!).Where(may => !may.Anyone),
            may => Assert.Contains(may.Scope, new[] { "members:read", "points:read" })
        );
        Assert.Contains("SpendPoints", Operations(await brand.Get("/openapi/brand.json")));
        Assert.DoesNotContain("CreateTenant", Operations(await brand.Get("/openapi/brand.json")));
    }

    [SkippableFact]
    public async Task Each_document_holds_what_its_readers_may_call_and_nothing_unnamed()
    {
        var cloud = await On("sqlite");
        var brand = Operations(await cloud.Nobody.Get("/openapi/brand.json"));
        var staff = Operations(await cloud.Nobody.Get("/openapi/staff.json"));
        var member = Operations(await cloud.Nobody.Get("/openapi/member.json"));

        Assert.Empty(Permissions.All.Keys.Except([.. brand, .. staff, .. member]));
        Assert.All(
            brand,
            name => Assert.True(Permissions.Find(name) is { Scope: not null } or { Operator: true } or { Anyone: true }, name)
        );
        Assert.All(staff, name => Assert.True(Permissions.Find(name) is { Roles.Count: > 0 } or { Anyone: true }, name));
        Assert.All(member, name => Assert.True(Permissions.Find(name) is { Member: true } or { Anyone: true }, name));
        Assert.Contains("SignIn", staff);
    }

    [SkippableFact]
    public async Task A_wrong_credential_gets_no_document_and_an_unknown_name_none()
    {
        var cloud = await On("sqlite");

        (await new Cloud.Caller(cloud.Host.Client("mc_live_sk_wrong")).Get("/openapi/brand.json")).MustRefuse(
            401,
            "credential_invalid"
        );
        (await cloud.Nobody.Get("/openapi/whole.json")).MustRefuse(404, "not_found");
    }

    private static List<string> Operations(Answer document) =>
        [
            .. document
                .Must(200)
                .At("paths")!
                .AsObject()
                .SelectMany(p => p.Value!.AsObject())
                .Select(o => (string)o.Value!["operationId"]!),
        ];

    [SkippableTheory, EveryEngine]
    public async Task Health_answers_without_a_key(string engine)
    {
        var cloud = await On(engine);

        (await cloud.Nobody.Get("/health/live")).Must(200);
        (await cloud.Nobody.Get("/health/ready")).Must(200);
    }

    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemberCloud.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("MemberCloud.sln is above the tests.");
    }
}
