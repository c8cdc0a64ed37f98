using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Looking members up by what does not belong in a URL.</summary>
public sealed class Searches(Clouds clouds) : ApiTests(clouds)
{
    private const string Path = "/v1/members/search";

    [SkippableTheory, EveryEngine]
    public async Task A_member_is_found_by_one_of_four_things(string engine)
    {
        var brand = await NewBrand(engine);
        var ann = await brand.Member("ann", new { phone = "+8613800138000", email = "ann@example.com" });
        await brand.Member("bob", new { phone = "+8613800138001" });
        (await brand.Post($"/v1/members/{ann}/identities", new { channel = "wechat", subject = "o-1" })).Must(201);

        foreach (
            var by in new object[]
            {
                new { phone = "138 0013 8000" },
                new { email = "ANN@example.com" },
                new { external_id = "ann" },
                new { identity = new { channel = "wechat", subject = "o-1" } },
            }
        )
            Assert.Equal([ann], (await brand.Post(Path, by, key: null)).Must(200).Each("data", "id"));
        foreach (
            var by in new object[]
            {
                new { phone = "0" },
                new { external_id = "ANN" },
                new { identity = new { channel = "taobao", subject = "o-1" } },
            }
        )
            Assert.Empty((await brand.Post(Path, by)).Must(200).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_thing_is_asked_and_nothing_is_kept_of_it(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Member("ann", new { email = "x@example.com" });
        (await brand.Post(Path, "{}")).MustRefuse(400, "one_of");
        (await brand.Post(Path, new { phone = "1", email = "a@b" })).MustRefuse(400, "one_of");
        (await brand.Post(Path, new { tag = "vip" })).MustRefuse(400, "unknown_field");
        (await brand.Post(Path, new { identity = new { channel = "wechat" } })).MustRefuse(400, "required");

        var before = await brand.Post(Path, new { email = "x@example.com" }, "same");
        await brand.Member("bob", new { email = "x@example.com" });
        var after = await brand.Post(Path, new { email = "x@example.com" }, "same");

        Assert.Equal((1, 2), (before.Each("data", "id").Count, after.Must(200).Each("data", "id").Count));
    }

    [SkippableTheory, EveryEngine]
    public async Task Pages_go_on_in_the_body_and_a_cursor_says_nobodys_number(string engine)
    {
        var brand = await NewBrand(engine);
        for (var i = 0; i < 3; i++)
            await brand.Member($"m-{i}", new { phone = "+8613800138000" });

        var page = (await brand.Post(Path, new { phone = "+8613800138000", limit = 2 })).Must(200);
        var cursor = page.Text("next_cursor");
        var rest = await brand.Post(
            Path,
            new
            {
                phone = "+8613800138000",
                limit = 2,
                cursor,
            }
        );
        var listed = await brand.Get("/v1/members?phone=%2B8613800138000&limit=2");

        Assert.Equal(["m-0", "m-1", "m-2"], [.. page.Each("data", "external_id"), .. rest.Each("data", "external_id")]);
        foreach (var shown in new[] { cursor, listed.Text("next_cursor") })
            Assert.DoesNotContain(
                "13800138000",
                System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(shown))
            );
        (await brand.Post(Path, new { phone = "+8613800138001", cursor })).MustRefuse(400, "cursor_invalid");
    }
}
