using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host;

namespace MemberCloud.Api.Tests.Border;

/// <summary>What is written down for brands' engineers is what this build does.</summary>
public sealed class OpenApi(Clouds clouds) : ApiTests(clouds)
{
    [SkippableFact]
    public async Task The_committed_document_is_this_builds()
    {
        var cloud = await On("sqlite");
        var file = Path.Combine(RepositoryRoot(), "openapi", "brand.json");
        const string mend = "Run: dotnet run --project src/MemberCloud.Host -- openapi \"$PWD/openapi\"";
        Assert.True(File.Exists(file), $"{file} is missing. {mend}");

        var made = await Documents.TextAsync(cloud.Host.Services, CancellationToken.None);

        Assert.True(made == await File.ReadAllTextAsync(file), $"openapi/brand.json is not what this build says. {mend}");
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
                "/v1/members/by-external-id/{externalId}",
                "/v1/orders",
                "/v1/orders/bulk",
                "/v1/events",
                "/v1/members/{id}/points/spend",
                "/v1/test-clock",
            }
        )
            Assert.Contains(path, paths, StringComparer.OrdinalIgnoreCase);
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

    [SkippableTheory, EveryEngine]
    public async Task Health_answers_without_a_key(string engine)
    {
        var cloud = await On(engine);

        (await cloud.Nobody.Get("/health/live")).Must(200);
        (await cloud.Nobody.Get("/health/ready")).Must(200);
    }

    internal static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "MemberCloud.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("MemberCloud.sln is above the tests.");
    }
}
