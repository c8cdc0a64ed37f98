using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>Gift and activation codes: made, redeemed once, taken back.</summary>
public sealed class ActivationCodes(Clouds clouds) : ApiTests(clouds)
{
    private Task<Brand> UtcBrand(string engine) => NewBrand(engine, clock: "2026-01-10T00:00:00Z", zone: "UTC");

    private static async Task<(string Batch, List<string> Codes)> Make(Brand brand, string plan, int count, int terms = 1)
    {
        var made = (
            await brand.Post(
                "/v1/activation-codes",
                new
                {
                    plan_id = plan,
                    count,
                    terms,
                    reason = "fair",
                }
            )
        ).Must(201);
        var file = (await brand.Get($"/v1/activation-codes/{made.Text("id")}/codes.csv")).Must(200).Raw.Split("\r\n");
        Assert.Equal(("code,state", "", count + 2), (file[0], file[^1], file.Length));
        return (made.Text("id"), [.. file[1..^1].Select(line => line.Split(',')[0])]);
    }

    private static Task<Answer> Redeem(Brand brand, string code, string member, string? key = Caller.NewKey) =>
        brand.Post("/v1/activation-codes/redeem", new { code, member_id = member }, key);

    [SkippableTheory, EveryEngine]
    public async Task A_code_begins_a_membership_that_nothing_is_charged_for(string engine)
    {
        var brand = await UtcBrand(engine);
        var plan = await brand.Plan(unit: "month");
        var (batch, codes) = await Make(brand, plan, 3, terms: 2);
        var ann = await brand.Member("ann");

        var begun = (await Redeem(brand, codes[0].ToLowerInvariant().Insert(8, " - "), ann)).Must(201);

        Assert.Equal(
            ("active", false, "2026-03-10T00:00:00Z"),
            (begun.Text("state"), (bool)begun.At("auto_renew")!, begun.Text("paid_until"))
        );
        var invoices = (await brand.Get($"/v1/members/{ann}/invoices")).Must(200);
        Assert.Equal(["0", "0"], invoices.At("data")!.AsArray().Select(i => i!["total"]!.ToJsonString()));
        Assert.Equal(
            0,
            (await brand.Post($"/v1/memberships/{begun.Text("id")}/cancel", new { at = "now" })).Must(200).Number("refunded")
        );
        (await Redeem(brand, codes[0], ann)).MustRefuse(409, "already_redeemed");
        var state = (await brand.Get($"/v1/activation-codes/{batch}")).Must(200);
        Assert.Equal((3, 1, 0), (state.Number("count"), state.Number("redeemed"), state.Number("voided")));
        Assert.Equal([batch], (await brand.Get("/v1/activation-codes")).Must(200).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_code_extends_what_the_member_has(string engine)
    {
        var brand = await UtcBrand(engine);
        var plan = await brand.Plan(unit: "month", more: new { trial_days = 10 });
        var (_, codes) = await Make(brand, plan, 4);
        var (ann, bob, cid) = (await brand.Member("ann"), await brand.Member("bob"), await brand.Member("cid"));
        var (trying, paying) = ((await brand.Buy(ann, plan)).Must(201), (await brand.Buy(bob, plan, trial: false)).Must(201));
        var owing = (await brand.Buy(cid, plan, gateway: "offline", paid: "till-1", trial: false)).Must(201).Text("id");

        // After the trial, after what is paid.
        Assert.Equal("2026-02-20T00:00:00Z", (await Redeem(brand, codes[0], ann)).Must(200).Text("paid_until"));
        var extended = (await Redeem(brand, codes[1], bob)).Must(200);
        Assert.Equal((paying.Text("id"), "2026-03-10T00:00:00Z"), (extended.Text("id"), extended.Text("paid_until")));
        Assert.True((bool)extended.At("auto_renew")!);
        Assert.NotEqual(trying.Text("state"), (await brand.Membership(trying.Text("id"))).Text("state"));
        // In place of what is owed.
        await brand.MoveTo("2026-02-12T00:00:00Z");
        Assert.Equal(("past_due", 36_500), await DueAsync(brand, owing));
        Assert.Equal("2026-03-10T00:00:00Z", (await Redeem(brand, codes[2], cid)).Must(200).Text("paid_until"));
        Assert.Equal(("active", 0), await DueAsync(brand, owing));
    }

    private static async Task<(string State, long Due)> DueAsync(Brand brand, string id)
    {
        var read = await brand.Membership(id);
        return (read.Text("state"), read.At("amount_due") is { } due ? (long)due : 0);
    }

    [SkippableTheory, EveryEngine]
    public async Task One_of_many_at_once_gets_a_code_and_a_request_again_gets_its_answer(string engine)
    {
        var brand = await UtcBrand(engine);
        var plan = await brand.Plan();
        var (_, codes) = await Make(brand, plan, 2);
        var members = await AtOnce(8, i => brand.Member($"m-{i}"));

        var raced = await AtOnce(8, i => Redeem(brand, codes[0], members[i]));
        Assert.Single(raced, a => a.Status == 201);
        Assert.All(raced.Where(a => a.Status != 201), a => a.MustRefuse(409, "already_redeemed"));
        var other = members[Array.FindIndex(raced, a => a.Status != 201)];
        var same = await AtOnce(6, _ => Redeem(brand, codes[1], other, "gift"));
        Assert.Single(same.Where(a => a.Status == 201).Select(a => a.Text("id")).Distinct());
        Assert.All(same, a => Assert.Contains(a.Status, new[] { 201, 409 }));
        Assert.Equal("2027-01-10T00:00:00Z", (await Redeem(brand, codes[1], other, "gift")).Must(201).Text("paid_until"));
    }

    [SkippableTheory, EveryEngine]
    public async Task What_cannot_be_redeemed_is_told_and_changes_nothing(string engine)
    {
        var brand = await UtcBrand(engine);
        var stranger = await (await On(engine)).NewBrand();
        var (plan, dear) = (await brand.Plan(), await brand.Plan("Black", 99_900));
        var (batch, codes) = await Make(brand, plan, 5);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        var held = (await brand.Buy(ann, dear)).Must(201).Text("id");
        await brand.Buy(bob, plan, gateway: "offline");

        (await Redeem(brand, codes[0], ann)).MustRefuse(409, "use_change");
        (await Redeem(brand, codes[0], bob)).MustRefuse(409, "payment_pending");
        (await Redeem(brand, codes[0], "mem_x")).MustRefuse(404, "not_found");
        (await Redeem(stranger, codes[0], await stranger.Member("eve"))).MustRefuse(409, "code_invalid");
        var typo = codes[0][..15] + (codes[0][15] == '0' ? '1' : '0');
        (await Redeem(brand, typo, bob)).MustRefuse(409, "code_typo");
        (await brand.Post($"/v1/memberships/{held}/pause")).Must(200);
        (await brand.Post("/v1/activation-codes", new { plan_id = plan, count = 10_001 })).MustRefuse(400, "out_of_range");
        (await brand.Post("/v1/activation-codes", new { plan_id = "plan_x", count = 1 })).MustRefuse(422, "plan_unknown");

        var back = (await brand.Post($"/v1/activation-codes/{batch}/refund", new { reason = "called off" })).Must(200);
        Assert.Equal((0, 5), (back.Number("redeemed"), back.Number("voided")));
        (await Redeem(brand, codes[0], await brand.Member("cid"))).MustRefuse(409, "void");
        (await brand.Post($"/v1/activation-codes/{batch}/refund", new { reason = "again" })).MustRefuse(409, "already_refunded");
    }

    [SkippableTheory, EveryEngine]
    public async Task Members_redeem_their_own_and_who_guesses_is_stopped(string engine)
    {
        var brand = await UtcBrand(engine);
        var plan = await brand.Plan();
        var (_, codes) = await Make(brand, plan, 1);
        var ann = await brand.MemberCaller("ann");
        var eve = await brand.Member("eve");

        (await ann.Post("/v1/me/activation-codes/redeem", new { code = codes[0] })).Must(201);
        Assert.Equal(["active"], (await ann.Get("/v1/me/memberships")).Must(200).Each("data", "state"));
        for (var i = 0; i < 10; i++)
            (await Redeem(brand, new string((char)('A' + i % 5), 16), eve)).Must(409);
        (await Redeem(brand, codes[0], eve)).MustRefuse(429, "too_many_tries");
    }
}
