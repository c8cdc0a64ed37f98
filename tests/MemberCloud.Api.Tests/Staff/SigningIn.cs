using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Staff;

/// <summary>Passwords, guesses, sessions.</summary>
public sealed class SigningIn(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task A_person_signs_in_works_and_signs_out(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();

        var session = (await brand.SignIn("Owner@Example.com")).Must(200);
        var me = brand.With(session.Text("token"));

        Assert.Equal("owner", (await me.Get("/v1/staff/me")).Must(200).Text("staff.role"));
        Assert.Contains("InviteStaff", (await me.Get("/v1/staff/me")).At("operations")!.AsArray().Select(o => (string?)o));
        (await me.Get("/v1/members")).Must(200);
        Assert.Equal(204, (await me.Post("/v1/staff/logout")).Status);
        (await me.Get("/v1/members")).MustRefuse(401, "credential_invalid");
        (await owner.Get("/v1/members")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Unknown_people_and_wrong_passwords_get_the_same_answer(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Owner();
        var invited = await brand.Invite("new@example.com", "viewer");

        var answers = new[]
        {
            await brand.SignIn("owner@example.com", "wrong password"),
            await brand.SignIn("nobody@example.com"),
            await brand.SignIn("owner@example.com", brand: "no-such-brand"),
            await brand.SignIn("new@example.com"),
            await brand.SignIn("no address"),
        };

        Assert.All(answers, a => a.MustRefuse(401, "sign_in_failed"));
        Assert.Single(answers.Select(a => a.Text("detail")).Distinct());
        Assert.Equal("invited", invited.Text("state"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Guesses_are_slowed_then_locked_whether_or_not_anybody_has_the_address(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Owner();
        foreach (var email in new[] { "owner@example.com", "nobody@example.com" })
        {
            for (var i = 0; i < 4; i++)
                (await brand.SignIn(email, "wrong password")).MustRefuse(401, "sign_in_failed");
            await brand.Cloud.Tamper($"UPDATE staff_sign_in_tries SET failures = 7, next_at = {Past(brand)} WHERE {brand.Mine}");
            (await brand.SignIn(email, "wrong password")).MustRefuse(401, "sign_in_failed");
            var slowed = (await brand.SignIn(email)).MustRefuse(429, "too_many_tries");
            Assert.InRange(slowed.Number("retry_after"), 1, 16);
        }
        // Ten failures: a quarter of an hour, whatever the password.
        await brand.Cloud.Tamper($"UPDATE staff_sign_in_tries SET failures = 9, next_at = {Past(brand)} WHERE {brand.Mine}");
        (await brand.SignIn("owner@example.com", "wrong password")).MustRefuse(401, "sign_in_failed");
        var locked = (await brand.SignIn("owner@example.com")).MustRefuse(429, "too_many_tries");
        Assert.InRange(locked.Number("retry_after"), 800, 900);
        Assert.Equal("SignInLocked", (await (await brand.Owner()).Get("/v1/audit-log")).Text("data.0.operation"));

        await brand.Cloud.Tamper($"UPDATE staff_sign_in_tries SET next_at = {Past(brand)} WHERE {brand.Mine}");
        (await brand.SignIn("owner@example.com")).Must(200);
        (await brand.SignIn("owner@example.com", "wrong password")).MustRefuse(401, "sign_in_failed");
        (await brand.SignIn("owner@example.com")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Ten_guesses_at_once_are_ten_guesses(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.Owner();

        var answers = await AtOnce(10, _ => brand.SignIn("owner@example.com", "wrong password"));

        Assert.True(answers.Count(a => a.Status == 401) <= 5, $"{answers.Count(a => a.Status == 401)} passwords were tried.");
        Assert.All(answers, a => Assert.True(a.Status is 401 or 429 or 409, a.Raw));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_new_password_ends_the_other_sessions(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();
        var other = brand.With((await brand.SignIn("owner@example.com")).Must(200).Text("token"));
        Task<Answer> Change(string current, string next) =>
            owner.Post("/v1/staff/password", new { current_password = current, new_password = next });

        (await Change("not my password", "another long enough one")).MustRefuse(403, "password_wrong");
        (await Change(Brand.Password, "short")).MustRefuse(400, "too_short");
        (await Change(Brand.Password, "password123")).MustRefuse(400, "password_guessable");
        (await Change(Brand.Password, "owner@example.com")).MustRefuse(400, "password_guessable");
        (await Change(Brand.Password, "aaaaaaaaaaaa")).MustRefuse(400, "password_guessable");
        (await other.Get("/v1/members")).Must(200);
        Assert.Equal(204, (await Change(Brand.Password, "another long enough one")).Status);

        (await other.Get("/v1/members")).MustRefuse(401, "credential_invalid");
        (await owner.Get("/v1/members")).Must(200);
        (await brand.SignIn("owner@example.com")).MustRefuse(401, "sign_in_failed");
        (await brand.SignIn("owner@example.com", "another long enough one")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task An_expired_session_is_refused_and_a_brands_header_must_name_the_brand(string engine)
    {
        var (brand, other) = (await NewBrand(engine), await NewBrand(engine));
        var owner = await brand.Owner();

        (await owner.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("X-Tenant", other.Slug))).MustRefuse(
            403,
            "tenant_mismatch"
        );
        (await owner.Send(HttpMethod.Get, "/v1/members", null, null, headers: ("X-Tenant", brand.Slug))).Must(200);
        Assert.Equal("TenantMismatch", (await owner.Get("/v1/audit-log")).Text("data.0.operation"));
        Assert.Empty((await (await other.Owner()).Get("/v1/audit-log?operation=TenantMismatch")).Each("data", "id"));

        await brand.Cloud.Tamper($"UPDATE credentials SET expires_at = {Past(brand)} WHERE {brand.Mine} AND kind = 'staff'");
        await Task.Delay(2100);
        (await owner.Get("/v1/members")).MustRefuse(401, "credential_expired");
    }

    [SkippableTheory, EveryEngine]
    public async Task Guesses_at_the_password_from_an_open_session_are_counted_whether_or_not_they_carry_a_key(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();

        var answers = new List<Answer>();
        for (var i = 0; i < 12 && answers.LastOrDefault()?.Status != 429; i++)
            answers.Add(
                await owner.Post(
                    "/v1/staff/password",
                    new { current_password = $"wrong guess {i}", new_password = "another long enough one" },
                    i % 2 == 0 ? null : Caller.NewKey
                )
            );

        answers[^1].MustRefuse(429, "too_many_tries");
        Assert.All(answers.SkipLast(1), a => a.MustRefuse(403, "password_wrong"));
        (await brand.SignIn("owner@example.com")).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task No_sign_in_with_the_old_password_outlives_its_change(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();

        var signIns = AtOnce(4, _ => brand.SignIn("owner@example.com"));
        object change = new { current_password = Brand.Password, new_password = "another long enough one" };
        Assert.Equal(204, (await owner.Post("/v1/staff/password", change)).Status);

        foreach (var session in (await signIns).Where(s => s.Status == 200))
            (await brand.With(session.Text("token")).Get("/v1/members")).MustRefuse(401, "credential_invalid");
    }

    /// <summary>A moment ago, in the engine's SQL.</summary>
    private static string Past(Brand brand) =>
        brand.Cloud.IsPostgres
            ? "now() - interval '1 second'"
            : ((TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1000) * 1000).ToString(
                System.Globalization.CultureInfo.InvariantCulture
            );
}
