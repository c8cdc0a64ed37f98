using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Staff;

/// <summary>Invitations and roles.</summary>
public sealed class People(Clouds clouds) : ApiTests(clouds)
{
    private static Task<Answer> Accept(Brand brand, string token, string? email = null, string password = Brand.Password) =>
        brand.Cloud.Nobody.Post(
            "/v1/staff/invitations/accept",
            new
            {
                token,
                email,
                password,
            },
            key: null
        );

    [SkippableTheory, EveryEngine]
    public async Task An_invitation_is_good_once_even_for_ten_at_once(string engine)
    {
        var brand = await NewBrand(engine);
        var token = (await brand.Invite("ann@example.com", "support")).Text("invitation.token");

        var answers = await AtOnce(10, _ => Accept(brand, token));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.MustRefuse(409, "invitation_used"));
        (await Accept(brand, token)).MustRefuse(409, "invitation_used");
        (await brand.SignIn("ann@example.com")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_invitations_are_refused_and_leave_the_good_one_alone(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();
        var invited = await brand.Invite("ann@example.com", "support");
        var token = invited.Text("invitation.token");

        (await Accept(brand, "mc_inv_nonsense")).MustRefuse(404, "not_found");
        (await Accept(brand, brand.Secret)).MustRefuse(404, "not_found");
        (await Accept(brand, owner.Token)).MustRefuse(404, "not_found");
        (await Accept(brand, token, password: "short")).MustRefuse(400, "too_short");
        (await Accept(brand, token, password: "annannann1")).MustRefuse(400, "password_guessable");
        (await brand.With(token).Get("/v1/members")).MustRefuse(401, "credential_invalid");
        await brand.Cloud.Tamper(
            $"UPDATE credentials SET expires_at = {(brand.Cloud.IsPostgres ? "'2020-01-01T00:00:00Z'" : "1577836800000000")} WHERE {brand.Mine} AND kind = 'invitation'"
        );
        (await Accept(brand, token)).MustRefuse(409, "invitation_expired");

        var again = (await owner.Post($"/v1/staff/{invited.Text("id")}/invitation")).Must(200).Text("invitation.token");
        (await Accept(brand, token)).MustRefuse(409, "invitation_used");
        (await Accept(brand, again)).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Two_owners_who_remove_each_other_at_once_do_not_both_succeed(string engine)
    {
        var brand = await NewBrand(engine);
        var (first, second) = (await brand.Owner(), await brand.Staff("owner"));
        object demote = new { role = "viewer" };

        var answers = await Task.WhenAll(
            first.Patch($"/v1/staff/{second.Id}", demote),
            second.Patch($"/v1/staff/{first.Id}", demote)
        );

        Assert.Equal(1, answers.Count(a => a.Status == 200));
        var left = answers[0].Status == 200 ? first : second;
        (await left.Patch($"/v1/staff/{left.Id}", new { role = "manager" })).MustRefuse(409, "last_owner");
        (await left.Patch($"/v1/staff/{left.Id}", new { active = false })).MustRefuse(409, "last_owner");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_change_of_role_ends_the_sessions_and_a_disabled_person_stays_out(string engine)
    {
        var brand = await NewBrand(engine);
        var (owner, ann) = (await brand.Owner(), await brand.Staff("viewer"));

        (await owner.Patch($"/v1/staff/{ann.Id}", new { role = "support" })).Must(200);
        (await ann.Get("/v1/members")).MustRefuse(401, "credential_invalid");
        var session = (await brand.SignIn(ann.Email)).Must(200);
        Assert.Equal("support", session.Text("staff.role"));
        Assert.Equal("disabled", (await owner.Patch($"/v1/staff/{ann.Id}", new { active = false })).Must(200).Text("state"));

        (await brand.With(session.Text("token")).Get("/v1/members")).MustRefuse(401, "credential_invalid");
        (await brand.SignIn(ann.Email)).MustRefuse(401, "sign_in_failed");
        (await owner.Post($"/v1/staff/{ann.Id}/invitation")).MustRefuse(409, "staff_disabled");
        (await owner.Patch($"/v1/staff/{ann.Id}", new { active = true })).Must(200);
        (await brand.SignIn(ann.Email)).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Bad_people_are_refused(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();
        Task<Answer> Invite(string name = "Ann", string email = "ann@example.com", string role = "viewer") =>
            owner.Post(
                "/v1/staff",
                new
                {
                    name,
                    email,
                    role,
                }
            );

        (await Invite(name: "http://evil.example")).MustRefuse(400, "link_not_allowed");
        (await Invite(name: "file:///etc/passwd")).MustRefuse(400, "link_not_allowed");
        (await Invite(email: "nothing")).MustRefuse(400, "bad_email");
        (await Invite(role: "god")).MustRefuse(400, "unknown_value");
        (await Invite(email: "OWNER@example.com")).MustRefuse(409, "staff_exists");
        (await (await brand.Staff("manager")).Post("/v1/staff", new { })).MustRefuse(403, "role_missing");
        (await brand.Post("/v1/staff", new { })).MustRefuse(403, "scope_missing");
        Assert.Equal(2, (await owner.Get("/v1/staff")).Each("data", "id").Count);
        Assert.DoesNotContain("password", (await owner.Get("/v1/staff")).Raw, StringComparison.Ordinal);
    }
}
