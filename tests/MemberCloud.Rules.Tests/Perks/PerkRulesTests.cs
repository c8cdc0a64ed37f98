using MemberCloud.Perks;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Perks;

public sealed class PerkRulesTests
{
    private const string Coupons = "\"coupons\": [{ \"template_id\": \"tpl_1\", \"quantity\": 2 }]";

    // kind, config; code and place of what is wrong
    [Theory]
    [InlineData("coupon_pack", "{ " + Coupons + " }", null, null)]
    [InlineData("coupon_pack", "{}", "required", "/config/coupons")]
    [InlineData("coupon_pack", null, "required", "/config/coupons")]
    [InlineData("coupon_pack", "{ \"coupons\": [] }", "too_few", "/config/coupons")]
    [InlineData("coupon_pack", "{ " + Coupons + ", \"hours\": 1 }", "not_applicable", "/config/hours")]
    [InlineData(
        "coupon_pack",
        "{ \"coupons\": [{ \"template_id\": \"a\", \"quantity\": 1 }, { \"template_id\": \"a\", \"quantity\": 2 }] }",
        "duplicate",
        "/config/coupons"
    )]
    [InlineData(
        "coupon_pack",
        "{ \"coupons\": [{ \"template_id\": \"a\", \"quantity\": 101 }] }",
        "out_of_range",
        "/config/coupons/0/quantity"
    )]
    [InlineData("points_multiplier", "{ \"multiplier_bp\": 10001 }", null, null)]
    [InlineData("points_multiplier", "{ \"multiplier_bp\": 1000000 }", null, null)]
    [InlineData("points_multiplier", "{ \"multiplier_bp\": 10000 }", "out_of_range", "/config/multiplier_bp")]
    [InlineData("points_multiplier", "{ \"multiplier_bp\": 1000001 }", "out_of_range", "/config/multiplier_bp")]
    [InlineData("points_multiplier", "{}", "required", "/config/multiplier_bp")]
    [InlineData("member_price", null, null, null)]
    [InlineData("member_price", "{ \"min_amount\": 1 }", "not_applicable", "/config/min_amount")]
    [InlineData("free_shipping", "{}", null, null)]
    [InlineData("free_shipping", "{ \"min_amount\": 9900 }", null, null)]
    [InlineData("free_shipping", "{ \"min_amount\": -1 }", "out_of_range", "/config/min_amount")]
    [InlineData("free_shipping", "{ \"text\": \"x\" }", "not_applicable", "/config/text")]
    [InlineData("birthday_gift", "{ \"points\": 100 }", null, null)]
    [InlineData("birthday_gift", "{ " + Coupons + " }", null, null)]
    [InlineData("birthday_gift", "{}", "one_of", "/config")]
    [InlineData("birthday_gift", "{ \"points\": 100, " + Coupons + " }", "one_of", "/config")]
    [InlineData("early_access", "{ \"hours\": 1 }", null, null)]
    [InlineData("early_access", "{ \"hours\": 720 }", null, null)]
    [InlineData("early_access", "{ \"hours\": 0 }", "out_of_range", "/config/hours")]
    [InlineData("early_access", "{ \"hours\": 721 }", "out_of_range", "/config/hours")]
    [InlineData("early_access", "{}", "required", "/config/hours")]
    [InlineData("partner_code", null, null, null)]
    [InlineData("partner_code", "{ \"points\": 1 }", "not_applicable", "/config/points")]
    [InlineData("service", "{ \"text\": \"Tea at the counter\" }", null, null)]
    [InlineData("custom", "{ \"text\": \"See https://x.example\" }", "link_not_allowed", "/config/text")]
    [InlineData("custom", "{}", null, null)]
    [InlineData("custom", "{ \"multiplier_bp\": 20000 }", "not_applicable", "/config/multiplier_bp")]
    public void Each_kind_asks_for_its_own_fields(string kind, string? config, string? code, string? pointer)
    {
        var body = $$"""{ "name": "p", "kind": "{{kind}}", "config": {{config ?? "null"}} }""";

        var problem = Validation.Check(Json.Read<PerkBody>(body));

        Assert.Equal((code, pointer), (problem?.Code, problem?.Errors[0].Pointer));
    }

    [Theory]
    [InlineData("\"period\": \"once\"", null)]
    [InlineData("\"period\": \"once\", \"rollover_max\": 1", "not_applicable")]
    [InlineData("\"period\": \"week\", \"rollover_max\": 1", null)]
    [InlineData("\"quantity\": 0", "out_of_range")]
    [InlineData("\"quantity\": 1000001", "out_of_range")]
    [InlineData("\"rollover_max\": -1", "out_of_range")]
    [InlineData("\"priority\": 1001", "out_of_range")]
    [InlineData("\"value\": -1", "out_of_range")]
    [InlineData("\"value\": 1000000000000", null)]
    [InlineData("\"value\": 1000000000001", "out_of_range")]
    public void A_perks_numbers_have_limits(string fields, string? code) =>
        Assert.Equal(code, Validation.Check(Json.Read<PerkBody>($$"""{ "name": "p", "kind": "custom", {{fields}} }"""))?.Code);

    // quantity, what goes over, coupons of two templates in a pack
    [Theory]
    [InlineData(10, 0, 60, 40, null)]
    [InlineData(10, 1, 60, 40, "out_of_range")]
    [InlineData(11, 0, 60, 40, "out_of_range")]
    [InlineData(1_000_000, 1_000_000, 100, 100, "out_of_range")]
    public void Packs_are_so_many_coupons_in_a_period(int quantity, int over, int one, int other, string? code)
    {
        var config = new PerkConfig([new("a", one), new("b", other)]);
        var perk = new PerkBody("p", PerkKind.CouponPack, quantity, PerkPeriod.Month, over, Config: config);

        Assert.Equal(code, Validation.Check(perk)?.Code);
    }
}
