using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Staff;

/// <summary>Points adjusted by hand, and the second person above a limit.</summary>
public sealed class Approvals(Clouds clouds) : ApiTests(clouds)
{
    private static Task<Answer> Adjust(
        Caller who,
        string member,
        long amount,
        string? currency = null,
        string? expires = null,
        string? key = Caller.NewKey
    ) =>
        who.Post(
            $"/v1/members/{member}/points/adjust",
            new
            {
                amount,
                reason = "goodwill",
                currency,
                expires_at = expires,
            },
            key
        );

    private async Task<(Brand Brand, Person Owner, Person Support, string Ann)> Set(string engine, long limit = 100)
    {
        var brand = await NewBrand(engine);
        (await brand.Patch("/v1/brand", new { staff_daily_limit = limit })).Must(200);
        return (brand, await brand.Owner(), await brand.Staff("support"), await brand.Member("ann"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Staff_adjust_up_and_down_with_a_reason(string engine)
    {
        var (brand, _, support, ann) = await Set(engine, 1_000);

        var up = (await Adjust(support, ann, 60)).Must(201);
        var down = (await Adjust(support, ann, -20)).Must(201);

        Assert.Equal(("adjust", 60L, "goodwill"), (up.Text("kind"), up.Number("delta_available"), up.Text("reason")));
        Assert.Equal(support.Id, up.Text("reference.id"));
        Assert.Equal((-20L, 40L), (down.Number("delta_available"), down.Number("available_after")));
        (await Adjust(support, ann, -41, key: "too-much")).MustRefuse(409, "points_insufficient");
        (await Adjust(support, ann, 0)).MustRefuse(400, "out_of_range");
        (await Adjust(support, ann, 1, expires: "2020-01-01T00:00:00Z")).MustRefuse(400, "in_past");
        (await Adjust(support, ann, -1, expires: "2030-01-01T00:00:00Z")).MustRefuse(400, "not_applicable");
        (await Adjust(support, ann, 1, currency: "beans")).MustRefuse(422, "currency_unknown");
        (await support.Post($"/v1/members/{ann}/points/adjust", new { amount = 1 })).MustRefuse(400, "required");
        (await Adjust(support, ann, 1, key: null)).MustRefuse(400, "idempotency_key_missing");
        (await Adjust(await brand.Staff("viewer"), ann, 1)).MustRefuse(403, "role_missing");
        (await Adjust(await brand.Staff("marketer"), ann, 1)).MustRefuse(403, "role_missing");
        (await support.Post($"/v1/members/{ann}/points/earn", new { })).MustRefuse(403, "role_missing");
        Assert.Equal("40/0", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Growth_adjusted_by_hand_moves_the_tier_up_and_counts_no_more_when_taken_away(string engine)
    {
        var (brand, _, support, ann) = await Set(engine, 10_000);
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 100);

        (await Adjust(support, ann, 150, "growth")).Must(201);
        Assert.Equal("gold", (await brand.Summary(ann)).Text("tier.name"));
        (await Adjust(support, ann, -120, "growth")).Must(201);

        Assert.Equal(30, (await brand.Summary(ann)).Number("tier.growth"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Above_the_limit_of_24_hours_a_second_person_must_agree(string engine)
    {
        var (brand, owner, support, ann) = await Set(engine);
        (await Adjust(support, ann, 70)).Must(201);

        var asked = (await Adjust(support, ann, 31, key: "k")).Must(202);
        var id = asked.Text("approval_id");
        Assert.Equal(id, (await Adjust(support, ann, 31, key: "k")).Must(202).Text("approval_id"));
        Assert.Equal("70/0", await brand.Balance(ann));
        (await support.Post($"/v1/approvals/{id}/approve", new { })).MustRefuse(403, "role_missing");
        Assert.Equal([id], (await owner.Get("/v1/approvals?state=pending")).Must(200).Each("data", "id"));

        // The owner invited support, not the other way round.
        Assert.Equal("approved", (await owner.Post($"/v1/approvals/{id}/approve", new { })).Must(200).Text("state"));
        Assert.Equal("101/0", await brand.Balance(ann));
        (await owner.Post($"/v1/approvals/{id}/approve", new { })).MustRefuse(409, "approval_decided");
        (await owner.Post($"/v1/approvals/{id}/reject", new { })).MustRefuse(409, "approval_decided");
        Assert.Equal(("approval", id), Reference(await brand.Entries(ann)));

        (await Adjust(support, ann, 31)).Must(202);
        await brand.Move("PT24H");
        (await Adjust(support, ann, 31)).Must(201);
        await brand.LedgerIsClean();
    }

    private static (string, string) Reference(Answer entries) =>
        (entries.Text("data.0.reference.type"), entries.Text("data.0.reference.id"));

    [SkippableTheory, EveryEngine]
    public async Task Nobody_agrees_to_their_own_request_and_no_newcomer_to_their_inviters(string engine)
    {
        var (brand, owner, _, ann) = await Set(engine);
        var manager = await brand.Staff("manager");
        var id = (await Adjust(owner, ann, 500)).Must(202).Text("approval_id");

        (await owner.Post($"/v1/approvals/{id}/approve", new { })).MustRefuse(403, "own_request");
        (await manager.Post($"/v1/approvals/{id}/approve", new { })).MustRefuse(403, "approver_too_new");
        await brand.Move("PT24H");
        (await manager.Post($"/v1/approvals/{id}/approve", new { })).Must(200);

        var late = (await Adjust(owner, ann, 500)).Must(202).Text("approval_id");
        await brand.Move("P7D");
        Assert.Equal("expired", (await owner.Get($"/v1/approvals/{late}")).Text("state"));
        (await manager.Post($"/v1/approvals/{late}/approve", new { })).MustRefuse(409, "approval_expired");
        Assert.Equal("500/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_refusal_of_what_was_asked_for_leaves_it_pending(string engine)
    {
        var (brand, owner, support, ann) = await Set(engine);
        (await brand.Earn(ann, 500)).Must(201);
        var id = (await Adjust(support, ann, -400)).Must(202).Text("approval_id");
        (await brand.Spend(ann, 200)).Must(201);

        (await owner.Post($"/v1/approvals/{id}/approve", new { })).MustRefuse(409, "points_insufficient");
        Assert.Equal("pending", (await owner.Get($"/v1/approvals/{id}")).Text("state"));
        (await brand.Earn(ann, 100)).Must(201);
        (await owner.Post($"/v1/approvals/{id}/approve", new { })).Must(200);

        Assert.Equal("0/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Asking_ahead_is_checked_as_the_operation_would(string engine)
    {
        var (brand, owner, support, ann) = await Set(engine);
        Task<Answer> Ask(string operation, string subject, object request) =>
            support.Post(
                "/v1/approvals",
                new
                {
                    operation,
                    subject,
                    request,
                }
            );

        (await Ask("EarnPoints", ann, new { })).MustRefuse(400, "unknown_value");
        (await Ask("AdjustPoints", "mem_nonsense", new { amount = 5, reason = "r" })).MustRefuse(404, "not_found");
        (await Ask("AdjustPoints", ann, new { amount = 0, reason = "r" })).MustRefuse(400, "out_of_range");
        (await Ask("AdjustPoints", ann, new { amount = "5", reason = "r" })).Must(400);
        var id = (await Ask("AdjustPoints", ann, new { amount = 5, reason = "r" })).Must(201).Text("id");
        (await owner.Post($"/v1/approvals/{id}/approve", new { })).Must(200);

        Assert.Equal("5/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Ten_at_once_neither_pass_the_limit_together_nor_approve_twice(string engine)
    {
        var (brand, owner, support, ann) = await Set(engine);

        var answers = await AtOnce(10, _ => Adjust(support, ann, 30));
        Assert.All(answers, a => Assert.True(a.Status is 201 or 202 or 409, a.Raw));
        Assert.InRange(answers.Count(a => a.Status == 201), 1, 3);
        var id = (await Adjust(support, ann, 1_000)).Must(202).Text("approval_id");
        var decided = await AtOnce(10, _ => owner.Post($"/v1/approvals/{id}/approve", new { }));

        Assert.Single(decided, a => a.Status == 200);
        Assert.Equal($"{30 * answers.Count(a => a.Status == 201) + 1_000}/0", await brand.Balance(ann));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task A_key_passes_the_limit_only_with_the_scope_unattended(string engine)
    {
        var (brand, _, _, ann) = await Set(engine);
        var attended = await brand.WithScopes("points:write");

        (await Adjust(attended, ann, 101)).Must(202);
        (await Adjust(attended, ann, 100)).Must(201);
        (await Adjust(brand, ann, 5_000)).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_is_held_by_the_limit_neither_moves_it_nor_multiplies_it_with_new_keys(string engine)
    {
        var (brand, owner, _, ann) = await Set(engine);
        var manager = await brand.Staff("manager");
        var maker = await brand.WithScopes("points:write", "keys", "configure");
        object more = new { staff_daily_limit = 1_000_000 };

        (await manager.Patch("/v1/brand", more)).MustRefuse(403, "owner_only");
        (await maker.Patch("/v1/brand", more)).MustRefuse(403, "owner_only");
        (await Adjust(maker, ann, 100)).Must(201);
        var child = (await maker.Post("/v1/keys", new { name = "child", scopes = new[] { "points:write" } })).Must(201);
        (await Adjust(brand.With(child.Text("secret")), ann, 1)).Must(202);
        (await maker.Delete($"/v1/keys/{brand.KeyId}")).MustRefuse(403, "scope_beyond_own");
        Assert.Equal(204, (await maker.Delete($"/v1/keys/{child.Text("id")}")).Status);
        (await owner.Patch("/v1/brand", more)).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Neither_an_accomplices_accomplice_nor_the_maker_of_the_key_that_asked_may_agree(string engine)
    {
        var (brand, owner, _, ann) = await Set(engine);
        var second = await brand.Staff("owner");
        var invited = await second.Post(
            "/v1/staff",
            new
            {
                name = "Third",
                email = "third@example.com",
                role = "manager",
            }
        );
        var accepted = await brand.Cloud.Nobody.Post(
            "/v1/staff/invitations/accept",
            new { token = invited.Must(201).Text("invitation.token"), password = Brand.Password },
            key: null
        );
        var third = brand.With(accepted.Must(200).Text("token"));
        var own = (await owner.Post("/v1/keys", new { name = "own", scopes = new[] { "points:write" } })).Must(201);

        var asked = (await Adjust(owner, ann, 500)).Must(202).Text("approval_id");
        (await third.Post($"/v1/approvals/{asked}/approve", new { })).MustRefuse(403, "approver_too_new");
        var byKey = (await Adjust(brand.With(own.Text("secret")), ann, 500)).Must(202).Text("approval_id");
        (await owner.Post($"/v1/approvals/{byKey}/approve", new { })).MustRefuse(403, "own_request");
        await brand.Move("PT24H");
        (await third.Post($"/v1/approvals/{asked}/approve", new { })).Must(200);
        (await second.Post($"/v1/approvals/{byKey}/approve", new { })).Must(200);
        Assert.Equal("1000/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task Support_takes_back_its_own_requests_only(string engine)
    {
        var (_, owner, support, ann) = await Set(engine);
        var mine = (await Adjust(support, ann, 500)).Must(202).Text("approval_id");
        var theirs = (await Adjust(owner, ann, 500)).Must(202).Text("approval_id");

        (await support.Post($"/v1/approvals/{theirs}/reject", new { })).MustRefuse(403, "role_missing");
        Assert.Equal("rejected", (await support.Post($"/v1/approvals/{mine}/reject", new { })).Must(200).Text("state"));
        (await support.Post("/v1/approvals", """{ "operation": "AdjustPoints", "subject": "x", "request": null }""")).Must(400);
    }
}
