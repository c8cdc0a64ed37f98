using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>What is earned once is earned once, whichever way the facts arrive; and what was answered once is kept sealed.</summary>
public sealed class OnceOnly(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task A_first_order_earns_its_bonus_when_it_is_paid_and_completed_later(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(Bonus("order.completed"));
        var ann = await brand.Member("ann");
        (await brand.Post("/v1/orders", Placed("1"))).Must(201);
        (await brand.Post("/v1/orders", Placed("2"))).Must(201);

        foreach (var order in new[] { "2", "1" })
        {
            (await brand.Post($"/v1/orders/{order}/pay", new { })).Must(200);
            (await brand.Post($"/v1/orders/{order}/complete", new { })).Must(200);
        }

        Assert.Equal(["50"], (await brand.Entries(ann)).Each("data", "delta_pending"));
        Assert.Equal("1", (await brand.Entries(ann)).Text("data.0.reference.id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task An_order_that_is_placed_and_completed_in_one_bulk_report_earns_on_its_lines(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit();
        object[] orders = [Placed("1"), Placed("1", paidAt: Now, completedAt: Now)];

        var answer = (await brand.Post("/v1/orders/bulk", new { orders }, key: null)).Must(200);

        Assert.Equal(["201", "200"], answer.Each("results", "status"));
        Assert.Equal("0/100", await brand.Balance(await brand.Member("ann")));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_profile_is_completed_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Rule(
            new
            {
                name = "profile",
                trigger = "profile.completed",
                currency = "points",
                formula = new { @fixed = 20 },
            }
        );
        var ann = await brand.Member(
            "ann",
            new
            {
                name = "Ann",
                birthday = "1990-05-01",
                phone = "+8613800138000",
            }
        );
        await brand.Patch($"/v1/members/{ann}", new { phone = (string?)null });
        await brand.Patch($"/v1/members/{ann}", new { phone = "+8613800138000" });

        Assert.Equal("20/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_number_with_a_slash_is_found_again(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Post("/v1/orders", Placed("2026/0001"))).Must(201);

        Assert.Equal("2026/0001", (await brand.Get("/v1/orders/2026%2F0001")).Must(200).Text("order_no"));
        (await brand.Post("/v1/orders/2026%2F0001/pay", new { })).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_clock_moved_twice_with_one_key_moves_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.Post("/v1/test-clock", new { advance = "P1D" }, key: "move");
        await brand.Post("/v1/test-clock", new { advance = "P1D" }, key: "move");

        Assert.Equal("2026-03-11T12:00:00Z", (await brand.Get("/v1/test-clock")).Text("now"));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_stored_answer_shows_no_secret(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var made = (await brand.Post("/v1/keys", new { name = "till", scopes = new[] { "points:read" } }, key: "k")).Must(201);
        var again = (await brand.Post("/v1/keys", new { name = "till", scopes = new[] { "points:read" } }, key: "k")).Must(201);

        Assert.Equal(made.Text("secret"), again.Text("secret"));
        var stored = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<IdempotentAnswer>().Select(a => a.Body).ToListAsync()
        );
        Assert.All(stored, body => Assert.DoesNotContain("mc_test_sk_", System.Text.Encoding.Latin1.GetString(body)));
        Assert.NotEmpty(stored);
    }

    // suspended 1 January, resumed 10 January: a lot of 5 January is spared to the 17th; suspended again on the 12th, it still is.
    [SkippableTheory, EveryEngine]
    public async Task A_second_suspension_does_not_end_what_the_first_one_spared(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-01T00:00:00Z");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100, expiresAt: "2026-01-05T00:00:00Z");
        var path = $"/platform/v1/tenants/{brand.Id}";
        (await brand.Cloud.Operator.Post($"{path}/suspend", key: null)).Must(200);
        await brand.StandAt("2026-01-10T00:00:00Z");
        (await brand.Cloud.Operator.Post($"{path}/resume", key: null)).Must(200);
        await brand.MoveTo("2026-01-12T00:00:00Z");
        (await brand.Cloud.Operator.Post($"{path}/suspend", key: null)).Must(200);
        (await brand.Cloud.Operator.Post($"{path}/resume", key: null)).Must(200);

        Assert.Equal("100/0", await brand.Balance(ann));
        await brand.MoveTo("2026-01-18T23:59:00Z");
        Assert.Equal("100/0", await brand.Balance(ann));
        await brand.MoveTo("2026-01-19T00:00:00Z");
        Assert.Equal("0/0", await brand.Balance(ann));
    }

    private static object Bonus(string trigger) =>
        new
        {
            name = "first order",
            trigger,
            currency = "points",
            formula = new { @fixed = 50 },
            conditions = new { first_order = true },
        };

    private static object Placed(string no, string? paidAt = null, string? completedAt = null) =>
        new
        {
            order_no = no,
            external_id = "ann",
            occurred_at = Now,
            paid_at = paidAt,
            completed_at = completedAt,
            currency = "CNY",
            lines = new[]
            {
                new
                {
                    id = "1",
                    sku = "tea",
                    quantity = 1,
                    net = 10_000,
                },
            },
        };
}
