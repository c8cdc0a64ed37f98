namespace MemberCloud.Api.Tests.Cloud;

public sealed partial class Brand
{
    /// <summary>A template of 5.00 off for 7 days after claim, with other fields as said; active unless said.</summary>
    public async Task<string> Template(object? fields = null, bool active = true)
    {
        var body = new System.Text.Json.Nodes.JsonObject
        {
            ["name"] = "5 off",
            ["kind"] = "amount_off",
            ["amount_off"] = 500,
            ["validity"] = new System.Text.Json.Nodes.JsonObject { ["days_after_claim"] = 7 },
        };
        foreach (var (name, value) in System.Text.Json.JsonSerializer.SerializeToNode(fields ?? new { })!.AsObject())
        {
            if (value is null)
                body.Remove(name);
            else
                body[name] = value.DeepClone();
        }
        var id = (await Post("/v1/coupon-templates", body.ToJsonString())).Must(201).Text("id");
        if (active)
            (await Post($"/v1/coupon-templates/{id}/activate", new { })).Must(200);
        return id;
    }

    /// <summary>A member with a token of their own.</summary>
    public async Task<Caller> MemberCaller(string externalId)
    {
        var id = await Member(externalId);
        return new(
            cloud.Host.Client((await Post($"/v1/members/{id}/tokens", new { ttl_seconds = 600 })).Must(201).Text("token"))
        );
    }

    public Task<Answer> Claim(string template, string member, string? key = null) =>
        Post($"/v1/coupon-templates/{template}/claim", new { member_id = member }, key);

    /// <summary>issued/redeemed/expired/voided left, as in "3/1/0/0 97".</summary>
    public async Task<string> Counts(string template)
    {
        var shown = (await Get($"/v1/coupon-templates/{template}")).Must(200);
        string Part(string name) => shown.At($"counts.{name}")?.ToString() ?? "-";
        return $"{Part("issued")}/{Part("redeemed")}/{Part("expired")}/{Part("voided")} {Part("left")}";
    }

    /// <summary>States of a member's coupons, newest first.</summary>
    public async Task<string> Wallet(string member) =>
        string.Join(' ', (await Get($"/v1/members/{member}/coupons")).Must(200).Each("data", "state"));
}
