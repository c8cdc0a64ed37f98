using System.Reflection;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Members;

/// <summary>What keeps personal values where they belong, whoever adds an operation.</summary>
public sealed class Privacy(Clouds clouds) : ApiTests(clouds)
{
    private static readonly string[] Personal = ["Phone", "Email", "Birthday", "ExternalId", "Subject", "Proof", "Token"];

    [SkippableFact]
    public async Task An_answer_with_personal_fields_says_whose_it_is_where_it_is_kept_for_its_key()
    {
        var cloud = await On("sqlite");
        var kept = cloud
            .Host.Services.GetServices<EndpointDataSource>()
            .SelectMany(s => s.Endpoints)
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is [not "GET"])
            .Where(e => e.Metadata.GetMetadata<KeepsOwnAnswers>() is null && e.Metadata.GetMetadata<OnlyReads>() is null)
            .Select(e => e.Metadata.GetMetadata<MethodInfo>())
            .OfType<MethodInfo>()
            .ToList();
        var answers = kept.SelectMany(m => AnswersOf(m.ReturnType).Select(a => (m.Name, Answer: a))).ToList();
        Assert.Contains(("UpsertMember", typeof(MemberCloud.Members.MemberShape)), answers);

        var careless = answers.Where(a => !a.Answer.IsAssignableTo(typeof(IPersonal)) && IsPersonal(a.Answer, []));

        Assert.Empty(careless.Select(a => $"{a.Name} answers {a.Answer.Name}: let it be IPersonal"));
    }

    private static IEnumerable<Type> AnswersOf(Type type) =>
        type.IsGenericType
            ? type.Name.StartsWith("Task", StringComparison.Ordinal) || type.Name.StartsWith("Results", StringComparison.Ordinal)
                ? type.GetGenericArguments().SelectMany(AnswersOf)
                : type.GetGenericArguments()
            : [];

    private static bool IsPersonal(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
            return false;
        if (type.IsAssignableTo(typeof(IPersonal)) || type.GetGenericArguments().Any(t => IsPersonal(t, seen)))
            return true;
        var space = type.Namespace ?? "";
        return space.StartsWith("MemberCloud", StringComparison.Ordinal)
            && type.GetProperties().Any(p => IsOfMembers(space, p.Name) || IsPersonal(p.PropertyType, seen));
    }

    /// <summary>Staff have addresses too, and keys have tokens: they are no member's.</summary>
    private static bool IsOfMembers(string space, string field) =>
        space is not ("MemberCloud.Staff" or "MemberCloud.Tenancy") && Personal.Contains(field);

    [SkippableTheory, EveryEngine]
    public async Task Another_brands_member_is_unknown_here(string engine)
    {
        var (mine, theirs) = (await NewBrand(engine), await NewBrand(engine));
        var ann = await theirs.Member("ann", new { name = "Ann", phone = "+8613800138000" });
        (await theirs.Post($"/v1/members/{ann}/identities", new { channel = "wechat", subject = "o-1" })).Must(201);
        (
            await theirs.Post(
                $"/v1/members/{ann}/consents",
                new
                {
                    purpose = "terms",
                    text_version = "1",
                    granted = true,
                }
            )
        ).Must(201);

        var answers = new[]
        {
            await mine.Delete($"/v1/members/{ann}"),
            await mine.Get($"/v1/members/{ann}/export"),
            await mine.Get($"/v1/members/{ann}/consents"),
            await mine.Get($"/v1/members/{ann}/consents?current=true"),
            await mine.Post(
                $"/v1/members/{ann}/consents",
                new
                {
                    purpose = "terms",
                    text_version = "1",
                    granted = false,
                }
            ),
            await mine.Post($"/v1/members/{ann}/tokens", "{}"),
            await mine.Post($"/v1/members/{ann}/identities", new { channel = "wechat", subject = "o-1" }),
        };

        Assert.All(answers, a => a.MustRefuse(404, "not_found"));
        foreach (
            var by in new object[]
            {
                new { phone = "+8613800138000" },
                new { external_id = "ann" },
                new { identity = new { channel = "wechat", subject = "o-1" } },
            }
        )
            Assert.Empty((await mine.Post("/v1/members/search", by)).Must(200).Each("data", "id"));
        Assert.Equal("Ann", (await theirs.Get($"/v1/members/{ann}")).Text("name"));
        Assert.Single((await theirs.Get($"/v1/members/{ann}/consents")).Each("data", "id"));
    }
}
