using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>What every answer tells a browser.</summary>
public sealed class SecurityHeaders(Clouds clouds) : ApiTests(clouds)
{
    [SkippableFact]
    public async Task Every_answer_is_hardened_whatever_it_is()
    {
        var cloud = await On("sqlite");
        var brand = await cloud.NewBrand();

        foreach (
            var answer in new[]
            {
                (await brand.Get("/v1/brand")).Must(200),
                (await brand.Post("/v1/tiers", "{")).Must(400),
                (await brand.Get("/v1/nothing")).Must(404),
                (await brand.Delete("/v1/brand")).Must(405),
                (await cloud.Nobody.Get("/v1/brand")).Must(401),
                (await cloud.Nobody.Get("/health/live")).Must(200),
                (await cloud.Nobody.Get("/openapi/brand.json")).Must(200),
                (await cloud.Nobody.Get("/swagger/index.html")).Must(200),
            }
        )
        {
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.Equal("no-referrer", answer.Header("Referrer-Policy"));
            Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain(
                "script-src 'self' 'unsafe",
                answer.Header("Content-Security-Policy"),
                StringComparison.Ordinal
            );
            Assert.Equal("", answer.Header("Strict-Transport-Security"));
            Assert.Equal("", answer.Header("Access-Control-Allow-Origin"));
            Assert.Equal("", answer.Header("Server"));
            if (!answer.Request.Contains("swagger", StringComparison.Ordinal))
                Assert.Equal("no-store", answer.Header("Cache-Control"));
        }
    }

    [SkippableFact]
    public async Task Swagger_UI_needs_nothing_that_its_policy_forbids()
    {
        var nobody = (await On("sqlite")).Nobody;

        var page = await nobody.Http.GetStringAsync(new Uri("/swagger/index.html", UriKind.Relative));

        foreach (System.Text.RegularExpressions.Match tag in Tags().Matches(page))
        {
            Assert.DoesNotContain("//", tag.Groups["src"].Value, StringComparison.Ordinal);
            if (tag.Groups["tag"].Value == "script")
                Assert.NotEqual("", tag.Groups["src"].Value);
        }
        Assert.DoesNotMatch(" on[a-z]+=", page);
    }

    private static System.Text.RegularExpressions.Regex Tags() =>
        new("<(?<tag>script|link|img)[^>]*?(?:(?:src|href)=\"(?<src>[^\"]*)\"[^>]*)?>");
}
