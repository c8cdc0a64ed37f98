using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Members;

/// <summary>Phone numbers as people of the brand's country write them.</summary>
public sealed class Phones(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_national_number_is_read_by_the_country_of_the_brands_zone(string engine)
    {
        var brand = await NewBrand(engine, zone: "Asia/Shanghai");
        var ann = await brand.Put("/v1/members/by-external-id/ann", new { phone = "138 0013 8000" });

        Assert.Equal("+8613800138000", ann.Must(201).Text("phone"));
        Assert.Equal("CN", (await brand.Get("/v1/brand")).Text("country"));
        foreach (var written in new[] { "13800138000", "+86 138 0013 8000", "0138-0013-8000" })
            Assert.Equal(["ann"], (await brand.Post("/v1/members/search", new { phone = written })).Each("data", "external_id"));
        (await brand.Put("/v1/members/by-external-id/ann", new { phone = "12345" })).MustRefuse(400, "bad_phone");
        (await brand.Patch($"/v1/members/{ann.Text("id")}", new { phone = "6552 9988" })).MustRefuse(400, "bad_phone");
        Assert.Equal("+8613800138000", (await brand.Get($"/v1/members/{ann.Text("id")}")).Text("phone"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_without_a_country_takes_e164_only_until_it_says_one(string engine)
    {
        var brand = await NewBrand(engine, zone: "UTC");

        (await brand.Put("/v1/members/by-external-id/ann", new { phone = "020 7946 0958" })).MustRefuse(400, "bad_phone");
        (await brand.Patch("/v1/brand", new { country = "gb" })).MustRefuse(400, "bad_format");
        Assert.Equal("GB", (await brand.Patch("/v1/brand", new { country = "GB" })).Must(200).Text("country"));

        var ann = await brand.Put("/v1/members/by-external-id/ann", new { phone = "020 7946 0958" });
        Assert.Equal("+442079460958", ann.Must(201).Text("phone"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brand_may_be_opened_with_another_country_than_its_zones(string engine)
    {
        var cloud = await On(engine);
        object Tenant(string slug, string country) =>
            new
            {
                slug,
                name = "Brand",
                time_zone = "Asia/Shanghai",
                currency = "HKD",
                locale = "en",
                mode = "sandbox",
                country,
            };

        var made = await cloud.Operator.Post("/platform/v1/tenants", Tenant("in-hong-kong", "HK"), key: null);

        Assert.Equal("HK", made.Must(201).Text("country"));
        (await cloud.Operator.Post("/platform/v1/tenants", Tenant("nowhere", "HKG"), key: null)).MustRefuse(400, "bad_format");
    }
}
