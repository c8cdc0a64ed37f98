using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Members as brands keep them.</summary>
public sealed class MemberProfiles(Clouds clouds) : ApiTests(clouds)
{
    private const string Ann = "/v1/members/by-external-id/ann";

    [SkippableTheory, EveryEngine]
    public async Task An_upsert_makes_then_changes_absent_stays_and_null_clears(string engine)
    {
        var brand = await NewBrand(engine);

        var made = (
            await brand.Put(
                Ann,
                new
                {
                    name = "Ann",
                    phone = "+86 138-0013-8000",
                    email = "Ann@Example.com",
                    birthday = "1990-05-05",
                    channel = "wechat",
                    tags = new[] { "vip", "b" },
                }
            )
        ).Must(201);
        var same = (await brand.Put(Ann, "{}")).Must(200);
        var cleared = (await brand.Put(Ann, """{ "phone": null, "birthday": null, "tags": ["new"] }""")).Must(200);

        Assert.Equal(("+8613800138000", "ann@example.com"), (made.Text("phone"), made.Text("email")));
        Assert.Equal(made.Raw, same.Raw);
        Assert.Null(cleared.At("phone"));
        Assert.Null(cleared.At("birthday"));
        Assert.Equal(("Ann", "wechat", "new"), (cleared.Text("name"), cleared.Text("channel"), cleared.Text("tags.0")));
        Assert.Equal(made.Text("id"), cleared.Text("id"));
        Assert.Empty((await brand.Put(Ann, """{ "tags": null }""")).At("tags")!.AsArray());
        Assert.Equal("Anna", (await brand.Patch($"/v1/members/{made.Text("id")}", new { name = "Anna" })).Must(200).Text("name"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Attributes_are_typed_by_the_brand_and_merged_by_key(string engine)
    {
        var brand = await NewBrand(engine);
        foreach (
            var (name, type) in new[]
            {
                ("shoe_size", "number"),
                ("nickname", "text"),
                ("newsletter", "boolean"),
                ("wedding", "date"),
            }
        )
            (await brand.Post("/v1/attributes", new { name, type })).Must(201);
        (await brand.Post("/v1/attributes", new { name = "nickname", type = "text" })).MustRefuse(409, "attribute_exists");

        await brand.Member(
            "ann",
            new
            {
                attributes = new
                {
                    shoe_size = 38.5,
                    nickname = "A",
                    newsletter = true,
                    wedding = "2020-02-29",
                },
            }
        );
        var merged = (await brand.Put(Ann, """{ "attributes": { "nickname": "Annie", "newsletter": null } }""")).Must(200);

        Assert.Equal(38.5, (double)merged.At("attributes.shoe_size")!);
        Assert.Equal("Annie", merged.Text("attributes.nickname"));
        Assert.Null(merged.At("attributes.newsletter"));
        foreach (
            var wrong in new[]
            {
                """{ "shoe_size": "38" }""",
                """{ "nickname": 1 }""",
                """{ "newsletter": "yes" }""",
                """{ "wedding": "2021-02-29" }""",
            }
        )
            (await brand.Put(Ann, $$"""{ "attributes": {{wrong}} }""")).MustRefuse(400, "bad_type");
        (await brand.Put(Ann, """{ "attributes": { "height": 1 } }""")).MustRefuse(400, "unknown_attribute");
        Assert.Equal("Annie", (await brand.Get("/v1/members?external_id=ann")).Text("data.0.attributes.nickname"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Members_are_found_by_phone_email_tag_and_external_id(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Member(
            "ann",
            new
            {
                phone = "+8613800138000",
                email = "ann@example.com",
                tags = new[] { "vip" },
            }
        );
        await brand.Member(
            "bob",
            new
            {
                phone = "+8613800138001",
                email = "bob@example.com",
                tags = new[] { "vip", "new" },
            }
        );
        async Task<string> Found(string query) =>
            string.Join(',', (await brand.Get($"/v1/members?{query}")).Must(200).Each("data", "external_id"));

        Assert.Equal("ann", await Found("phone=%2B8613800138000"));
        Assert.Equal("ann", await Found("phone=%2B86%20138%200013%208000"));
        Assert.Equal("bob", await Found("email=BOB@example.com"));
        Assert.Equal("ann,bob", await Found("tag=vip"));
        Assert.Equal("bob", await Found("tag=new"));
        Assert.Equal("ann", await Found("external_id=ann"));
        Assert.Equal("", await Found("external_id=ANN"));
        Assert.Equal("ann", await Found("phone=13800138000"));
        Assert.Equal("", await Found("phone=13800138009"));
        Assert.Equal("", await Found("email=nobody"));
        (await brand.Get("/v1/members?tag=vip&email=ann@example.com")).MustRefuse(400, "too_many");
        await brand.Put(Ann, """{ "phone": null, "tags": [] }""");
        Assert.Equal("", await Found("phone=%2B8613800138000"));
        Assert.Equal("bob", await Found("tag=vip"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_channels_identity_belongs_to_one_member(string engine)
    {
        var brand = await NewBrand(engine);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        object openId = new { channel = "wechat", subject = "o-123" };

        (await brand.Post($"/v1/members/{ann}/identities", openId)).Must(201);
        (await brand.Post($"/v1/members/{ann}/identities", openId)).Must(201);
        (await brand.Post($"/v1/members/{bob}/identities", openId)).MustRefuse(409, "identity_taken");
        (await brand.Post($"/v1/members/{ann}/identities", new { channel = "taobao", subject = "o-123" })).Must(201);

        Assert.Equal(["wechat", "taobao"], (await brand.Get($"/v1/members/{ann}/identities")).Each("data", "channel"));
        Assert.Empty((await brand.Get($"/v1/members/{bob}/identities")).Each("data", "channel"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Phone_and_email_are_not_readable_in_the_database(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Member("ann", new { phone = "+8613800138000", email = "ann@example.com" });

        // What the owner of the database sees in the row: neither value in clear.
        var sealedIn = brand.Cloud.IsPostgres
            ? "position('ann@example.com'::bytea in email_sealed) > 0"
            : "instr(email_sealed, CAST('ann@example.com' AS BLOB)) > 0";
        await brand.Cloud.Tamper($"UPDATE members SET name = 'readable' WHERE external_id = 'ann' AND {sealedIn}");

        Assert.Null((await brand.Get("/v1/members?external_id=ann")).At("data.0.name"));
        Assert.Equal("ann@example.com", (await brand.Get("/v1/members?external_id=ann")).Text("data.0.email"));
    }
}
