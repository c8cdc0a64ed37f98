using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Browser.Tests;

/// <summary>A brand with an owner and one member, before whose page people sit down.</summary>
public sealed record Shop(TestCloud Cloud, string Slug, Caller Owner, Caller Key, string Member)
{
    public const string Password = "three green kettles";

    public string OwnerEmail => $"owner@{Slug}.example";

    public static async Task<string> UrlAsync(Clouds clouds) => (await clouds.On("sqlite")).Nobody.Http.BaseAddress!.ToString();

    public Task<Answer> Points() => Owner.Get($"/v1/members/{Member}/points");

    public static async Task<Shop> OpenAsync(Clouds clouds, string slug, string mode = "live")
    {
        var cloud = await clouds.On("sqlite");
        var made = (
            await cloud.Operator.Post(
                "/platform/v1/tenants",
                new
                {
                    slug,
                    name = slug,
                    time_zone = "Asia/Shanghai",
                    currency = "CNY",
                    locale = "en",
                    mode,
                },
                key: null
            )
        ).Must(201);
        var session = await Accept(cloud, made.Text("owner.token"), $"owner@{slug}.example");
        var owner = new Caller(cloud.Host.Client(session.Text("token")));
        var key = new Caller(cloud.Host.Client(made.Text("api_key.secret")));
        var member = (await key.Put("/v1/members/by-external-id/li-lei", new { name = "Li Lei" })).Must(201).Text("id");
        return new(cloud, slug, owner, key, member);
    }

    /// <summary>Somebody new with a role; answers with the e-mail to sign in with.</summary>
    public async Task<string> InviteAsync(string name, string role)
    {
        var email = $"{role}@{Slug}.example";
        var invited = await Owner.Post(
            "/v1/staff",
            new
            {
                name,
                email,
                role,
            }
        );
        await Accept(Cloud, invited.Must(201).Text("invitation.token"), null);
        return email;
    }

    private static async Task<Answer> Accept(TestCloud cloud, string token, string? email) =>
        (
            await cloud.Nobody.Post(
                "/v1/staff/invitations/accept",
                new
                {
                    token,
                    password = Password,
                    email,
                },
                key: null
            )
        ).Must(200);
}
