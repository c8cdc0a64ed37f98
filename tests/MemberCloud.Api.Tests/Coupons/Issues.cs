using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Staff give out coupons: to one at once, to many as a batch that is followed, agreed to by a second person, and undone.</summary>
public sealed class Issues(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    private static Task<Answer> Issue(Caller by, string template, object to, string? key = Caller.NewKey) =>
        by.Post($"/v1/coupon-templates/{template}/issue", to, key);

    private static async Task<string> State(Caller by, string batch)
    {
        var b = (await by.Get($"/v1/batches/{batch}")).Must(200);
        return $"{b.Text("state")} {b.Number("looked")}/{b.Number("total")} {b.Number("issued")}+{b.Number("refused")}-{b.Number("undone")}";
    }

    private static async Task Run(Brand brand) => (await brand.Post("/v1/jobs/coupons.issue/run")).Must(200);

    [SkippableTheory, EveryEngine]
    public async Task One_member_gets_them_at_once_all_or_none(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 5, limits = new { per_member = 3 } });
        var ann = await brand.Member("ann");
        object To(int each) =>
            new
            {
                member_ids = new[] { ann },
                quantity_each = each,
                reason = "sorry",
            };

        var given = (await Issue(brand, template, To(2), "k")).Must(201);
        Assert.Equal(given.Raw, (await Issue(brand, template, To(2), "k")).Must(201).Raw);
        (await Issue(brand, template, To(2))).MustRefuse(409, "member_limit");

        Assert.Equal(2, given.Each("coupons", "id").Count);
        Assert.Equal("issue", given.Text("coupons.0.way"));
        Assert.Equal("2/0/0/0 3", await brand.Counts(template));
        (await brand.Post($"/v1/coupon-templates/{template}/issue", To(1), key: null)).MustRefuse(400, "idempotency_key_missing");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_dry_run_says_what_then_happens(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var gold = await brand.Tier("Silver", 0, 0);
        var template = await brand.Template(new { stock = 6, limits = new { per_member = 2 } });
        var members = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => brand.Member($"m-{i}", new { tags = new[] { "tea" } }))
        );
        await brand.Member("other", new { tags = new[] { "coffee" } });
        (await brand.Claim(template, members.Order(StringComparer.Ordinal).First())).Must(201);
        var to = new
        {
            tag = "tea",
            quantity_each = 2,
            reason = "spring",
        };

        var dry = (
            await Issue(
                brand,
                template,
                new
                {
                    to.tag,
                    to.quantity_each,
                    to.reason,
                    dry_run = true,
                }
            )
        ).Must(200);
        Assert.Equal("1/0/0/0 5", await brand.Counts(template));
        var begun = (await Issue(brand, template, to)).Must(202);
        Assert.Equal("queued 0/4 0+0-0", await State(brand, begun.Text("batch_id")));
        await Run(brand);

        // The first has one already; two of the three others find two left each, and the last finds none.
        Assert.Equal((4, 5, 2500), (dry.Number("members"), dry.Number("coupons"), dry.Number("face_value")));
        Assert.Equal("member_limit used_up", string.Join(' ', dry.Each("refused", "code")));
        Assert.Equal("done 4/4 5+3-0", await State(brand, begun.Text("batch_id")));
        var refusals = (await brand.Get($"/v1/batches/{begun.Text("batch_id")}/refusals")).Must(200);
        Assert.Equal(dry.Each("refused", "member_id"), refusals.Each("data", "member_id"));
        Assert.Equal("6/0/0/0 0", await brand.Counts(template));
        Assert.NotEmpty(gold);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_batch_is_undone_but_for_what_was_used_or_made_void_before(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { stock = 10, limits = new { per_member = 1 } });
        var members = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => brand.Member($"m-{i}")));
        var begun = (await Issue(brand, template, new { member_ids = members, reason = "oops" })).Must(202).Text("batch_id");
        await Run(brand);
        var voided = (await brand.Get($"/v1/members/{members[0]}/coupons")).Each("data", "id")[0];
        (await brand.Post($"/v1/coupons/{voided}/void", new { reason = "first" })).Must(200);

        (await brand.Post($"/v1/batches/{begun}/undo", new { reason = "wrong template" })).Must(202);
        (await brand.Post($"/v1/batches/{begun}/undo", new { reason = "again" })).Must(202);
        await Run(brand);

        Assert.Equal("undone 5/5 5+0-4", await State(brand, begun));
        Assert.Equal("0/0/0/5 10", await brand.Counts(template));
        (await brand.Claim(template, members[1])).Must(201);
        await brand.MoveTo("2026-04-10T04:00:00Z");
        var late = (await Issue(brand, template, new { member_ids = members[2..], reason = "x" })).Must(202).Text("batch_id");
        await brand.MoveTo("2026-05-10T04:00:00Z");
        (await brand.Post($"/v1/batches/{late}/undo", new { reason = "late" })).MustRefuse(409, "undo_too_late");
    }

    [SkippableTheory, EveryEngine]
    public async Task Above_the_limit_a_batch_waits_for_a_second_person(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { staff_daily_limit = 1000 })).Must(200);
        var template = await brand.Template();
        var members = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => brand.Member($"m-{i}")));
        var (marketer, manager, viewer) = (
            await brand.Staff("marketer"),
            await brand.Staff("manager"),
            await brand.Staff("viewer")
        );
        object To(params string[] ids) => new { member_ids = ids, reason = "spring" };

        (await Issue(viewer, template, To(members))).MustRefuse(403, "role_missing");
        (await Issue(marketer, template, To(members[0]))).Must(201); // 500 of 1,000
        var dry = (
            await Issue(
                marketer,
                template,
                new
                {
                    member_ids = members,
                    reason = "spring",
                    dry_run = true,
                }
            )
        ).Must(200);
        Assert.Equal(("True", 1500), (dry.At("needs_approval")!.GetValue<bool>().ToString(), dry.Number("weight")));
        var begun = (await Issue(marketer, template, To(members))).Must(202);
        var batch = begun.Text("batch_id");
        Assert.Equal("awaiting_approval", begun.Text("state"));
        await Run(brand);
        Assert.Equal("awaiting_approval 0/3 0+0-0", await State(brand, batch));

        Assert.Equal(403, (await marketer.Post($"/v1/batches/{batch}/approve")).Status);
        (await manager.Post($"/v1/batches/{batch}/approve")).Must(200);
        (await manager.Post($"/v1/batches/{batch}/approve")).MustRefuse(409, "approval_decided");
        await Run(brand);
        Assert.Equal("done 3/3 3+0-0", await State(brand, batch));

        var second = (await Issue(marketer, template, To(members))).Must(202);
        (await manager.Post($"/v1/approvals/{second.Text("approval_id")}/reject", new { note = "no" })).Must(200);
        Assert.Equal("rejected 0/3 0+0-0", await State(brand, second.Text("batch_id")));
        (await marketer.Post($"/v1/batches/{second.Text("batch_id")}/undo", new { reason = "x" })).MustRefuse(
            409,
            "not_undoable"
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task Whoever_cannot_get_one_is_named_and_the_rest_get_theirs(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template(new { audience = new { tags = new[] { "vip" } } });
        var vip = await brand.Member("vip", new { tags = new[] { "vip" } });
        var plain = await brand.Member("plain");
        var gone = await brand.Member("gone", new { tags = new[] { "vip" } });
        (await brand.Delete($"/v1/members/{gone}")).Must(204);

        var batch = (await Issue(brand, template, new { member_ids = new[] { vip, plain, gone }, reason = "x" }))
            .Must(202)
            .Text("batch_id");
        await Run(brand);

        var shown = (await brand.Get($"/v1/batches/{batch}")).Must(200);
        Assert.Equal(
            (1, 1, 1),
            (shown.Number("issued"), shown.Number("refusals.audience"), shown.Number("refusals.erased_member"))
        );
        (await Issue(brand, template, new { external_ids = new[] { "vip", "nobody" }, reason = "x" })).MustRefuse(
            422,
            "member_unknown"
        );
        (await Issue(brand, template, new { tag = "none", reason = "x" })).MustRefuse(422, "nobody_matches");
        (
            await Issue(
                brand,
                template,
                new
                {
                    tag = "vip",
                    external_ids = new[] { "vip" },
                    reason = "x",
                }
            )
        ).MustRefuse(400, "one_of");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_paused_template_pauses_its_batches_an_ended_one_ends_them(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var template = await brand.Template();
        var members = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => brand.Member($"m-{i}")));
        var batch = (await Issue(brand, template, new { member_ids = members, reason = "x" })).Must(202).Text("batch_id");
        (await brand.Post($"/v1/coupon-templates/{template}/pause")).Must(200);
        await Run(brand);
        Assert.Equal("queued 0/3 0+0-0", await State(brand, batch));
        (await brand.Post($"/v1/coupon-templates/{template}/end")).Must(200);
        await Run(brand);
        Assert.Equal("done 3/3 0+3-0", await State(brand, batch));
        (await Issue(brand, template, new { member_ids = members, reason = "x" })).MustRefuse(409, "ended");
    }
}
