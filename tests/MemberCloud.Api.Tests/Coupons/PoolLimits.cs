using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Codes are coupons on paper: a pool counts against what one person may do alone.</summary>
public sealed class PoolLimits(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task A_pool_above_the_callers_limit_waits_for_a_second_person(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { staff_daily_limit = 2500 })).Must(200);
        var (template, ann) = (await brand.Template(), await brand.Member("ann")); // 500 off
        var (marketer, manager) = (await brand.Staff("marketer"), await brand.Staff("manager"));
        Task<Answer> Codes(int count) =>
            marketer.Post($"/v1/coupon-templates/{template}/codes", new { count, reason = "leaflet" });

        Assert.Equal("queued", (await Codes(3)).Must(202).Text("state"));
        var begun = (await Codes(3)).Must(202);
        var (batch, approval) = (begun.Text("batch_id"), begun.Text("approval_id"));
        Assert.Equal("awaiting_approval", begun.Text("state"));
        Assert.Equal("awaiting_approval 0/3", await MadeOf(brand, batch));
        (await brand.Get($"/v1/batches/{batch}/codes.csv")).MustRefuse(409, "batch_not_done");
        (await marketer.Post($"/v1/batches/{batch}/undo", new { reason = "x" })).MustRefuse(409, "not_undoable");
        Assert.Equal(
            ("MakeCodes", 1500),
            (
                (await manager.Get($"/v1/approvals/{approval}")).Text("operation"),
                (await manager.Get($"/v1/approvals/{approval}")).Number("amount")
            )
        );
        Assert.Equal(403, (await marketer.Post($"/v1/batches/{batch}/approve")).Status);
        // What is left of the limit holds for issues too, and the other way round.
        (await marketer.Post($"/v1/coupon-templates/{template}/issue", new { member_ids = new[] { ann }, reason = "x" })).Must(
            201
        );
        Assert.Equal("awaiting_approval", (await Codes(2)).Must(202).Text("state"));

        (await manager.Post($"/v1/batches/{batch}/approve")).Must(200);
        Assert.Equal("done 3/3", await MadeOf(brand, batch));
        (await brand.Redeem((await brand.CodesOf(batch))[0].Split(',')[0], ann)).Must(201);
        (await manager.Post($"/v1/batches/{batch}/approve")).MustRefuse(409, "approval_decided");
    }

    [SkippableTheory, EveryEngine]
    public async Task A_rejected_pool_is_never_made(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { staff_daily_limit = 0 })).Must(200);
        var template = await brand.Template();
        var (marketer, manager) = (await brand.Staff("marketer"), await brand.Staff("manager"));

        var begun = (await marketer.Post($"/v1/coupon-templates/{template}/codes", new { count = 1 })).Must(202);
        (await manager.Post($"/v1/approvals/{begun.Text("approval_id")}/reject", new { note = "no" })).Must(200);

        Assert.Equal("rejected 0/1", await MadeOf(brand, begun.Text("batch_id")));
        (await brand.Get($"/v1/batches/{begun.Text("batch_id")}/codes.csv")).MustRefuse(409, "batch_not_done");
        // A key that is trusted to work unattended passes.
        Assert.Equal(
            "queued",
            (await brand.Post($"/v1/coupon-templates/{template}/codes", new { count = 1 })).Must(202).Text("state")
        );
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_weighed_is_not_made_worth_more_before_it_is_given_out(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { staff_daily_limit = 2500 })).Must(200);
        var (template, ann) = (await brand.Template(), await brand.Member("ann")); // 500 off
        var (marketer, manager) = (await brand.Staff("marketer"), await brand.Staff("manager"));
        Task<Answer> Change(object fields) => manager.Patch($"/v1/coupon-templates/{template}", fields);
        var made = (await marketer.Post($"/v1/coupon-templates/{template}/codes", new { count = 1 })).Must(202);

        (await Change(new { amount_off = 501 })).MustRefuse(409, "template_promised");
        Assert.Equal("done 1/1", await MadeOf(brand, made.Text("batch_id")));
        (await Change(new { amount_off = 501 })).MustRefuse(409, "template_promised");
        Assert.Equal(500, (await brand.Get($"/v1/coupon-templates/{template}")).Number("amount_off"));
        (await Change(new { amount_off = 400 })).Must(200);
        (await brand.Redeem((await brand.CodesOf(made.Text("batch_id")))[0].Split(',')[0], ann)).Must(201);
        (await Change(new { amount_off = 500 })).Must(200);

        // What waits for a second person counts as long as it waits.
        var waiting = (await marketer.Post($"/v1/coupon-templates/{template}/codes", new { count = 9 })).Must(202);
        (await Change(new { amount_off = 900 })).MustRefuse(409, "template_promised");
        (await manager.Post($"/v1/approvals/{waiting.Text("approval_id")}/reject", new { note = "no" })).Must(200);
        (await Change(new { amount_off = 900 })).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_a_pool_and_a_raise_at_once_the_pool_weighs_what_it_will_be_worth(string engine)
    {
        for (var round = 0; round < 4; round++)
        {
            var brand = await NewBrand(engine, Now);
            (await brand.Patch("/v1/brand", new { staff_daily_limit = 600 })).Must(200); // one at 500, none at 900
            var (template, marketer) = (await brand.Template(), await brand.Staff("marketer"));

            var answers = await AtOnce(
                2,
                i =>
                    i == round % 2
                        ? marketer.Post($"/v1/coupon-templates/{template}/codes", new { count = 1 })
                        : brand.Patch($"/v1/coupon-templates/{template}", new { amount_off = 900 })
            );

            var (pool, raise) = (answers[round % 2], answers[1 - round % 2]);
            var passed = pool.Status == 202 && pool.Text("state") == "queued";
            Assert.False(passed && raise.Status == 200, $"{pool.Raw} {raise.Raw}");
            Assert.True(pool.Status == 202 || raise.Status == 200, $"{pool.Raw} {raise.Raw}");
        }
    }

    /// <summary>What the job, run now, made of a pool.</summary>
    private static async Task<string> MadeOf(Brand brand, string batch)
    {
        (await brand.Post("/v1/jobs/coupons.codes/run")).Must(200);
        var read = (await brand.Get($"/v1/batches/{batch}")).Must(200);
        return $"{read.Text("state")} {read.Number("looked")}/{read.Number("total")}";
    }
}
