using System.Globalization;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Orders;

/// <summary>An order that was given back whole, in whatever parts and at whatever time, leaves its member as if it had never happened.</summary>
public sealed class NeverHappened(Clouds clouds) : ApiTests(clouds)
{
    private static int Orders => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 2_000 : 60;

    [SkippableTheory, EveryEngine]
    public async Task After_the_last_refund_points_growth_caps_and_budgets_are_what_they_were(string engine)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_SEED"), out var given)
            ? given
            : Random.Shared.Next();
        var chance = new Random(seed);
        var brand = await NewBrand(engine);
        (await brand.Patch("/v1/brand", new { tier_revoke_on_refund = true })).Must(200);
        await brand.Tier("Member", 0, 0);
        await brand.Tier("Gold", 1, 100);
        await brand.GrowthPerUnit();
        await brand.PointPerUnit(trigger: "order.paid");
        var capped = await brand.Rule(
            new
            {
                name = "capped",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 10 },
                settle = new { after_days = 0 },
                caps = new { per_member = 10 },
                budget = 1_000,
            }
        );
        for (var i = 0; i < Orders; i++)
        {
            var ann = await brand.Member($"m{i}");
            (await brand.Earn(ann, 40)).Must(201);
            (await brand.Earn(ann, 30)).Must(201);
            (await brand.Spend(ann, 5)).Must(201);
            var before = await StateAsync(brand, ann, capped);

            // Twice: the caps it took are there again.
            foreach (var round in new[] { "a", "b" })
            {
                await SellAndGiveBackAsync(brand, ann, $"{round}{i}", chance);
                Assert.True(
                    before == await StateAsync(brand, ann, capped),
                    $"{before} before, now {await StateAsync(brand, ann, capped)} (seed {seed}, order {round}{i})"
                );
            }
        }
        await brand.LedgerIsClean();
    }

    private static async Task SellAndGiveBackAsync(Brand brand, string member, string no, Random chance)
    {
        const string At = "2026-01-09T00:00:00Z";
        var lines = Enumerable
            .Range(0, chance.Next(1, 4))
            .Select(i => (Id: $"{i}", Quantity: chance.Next(1, 5), Net: chance.Next(0, 9_000)))
            .ToList();
        var sold = await brand.Post(
            "/v1/orders",
            new
            {
                order_no = no,
                member_id = member,
                occurred_at = At,
                paid_at = At,
                completed_at = chance.Next(3) == 0 ? null : At,
                currency = brand.Currency,
                lines = lines.Select(l => new
                {
                    id = l.Id,
                    sku = "s",
                    quantity = l.Quantity,
                    net = l.Net,
                }),
                points = chance.Next(2) == 0 ? new { amount = chance.Next(1, 66) } : null,
            }
        );
        if (sold.Code == "points_insufficient")
            return;
        sold.Must(201);
        var left = lines.ToDictionary(l => l.Id, l => l.Quantity);
        for (var step = 0; left.Count > 0; step++)
        {
            if (chance.Next(4) == 0)
                await brand.Post($"/v1/orders/{no}/{(chance.Next(2) == 0 ? "complete" : "settle")}", "{}");
            if (chance.Next(4) == 0)
                await brand.Spend(member, chance.Next(1, 20), $"{no}-{step}");
            var line = left.Keys.ElementAt(chance.Next(left.Count));
            var quantity = chance.Next(1, left[line] + 1);
            var part = new[] { new { id = line, quantity } };
            (await brand.Post($"/v1/orders/{no}/refunds", new { refund_no = $"r{step}", lines = part })).Must(201);
            if ((left[line] -= quantity) == 0)
                left.Remove(line);
        }
    }

    /// <summary>What must be as it was, spending on other things apart.</summary>
    private static async Task<string> StateAsync(Brand brand, string member, string rule)
    {
        var points = await brand.Points(member);
        var spent = (await brand.Entries(member, query: "&limit=200")).Body!["data"]!
            .AsArray()
            .Where(e => (string)e!["kind"]! == "spend" && (string)e["reference"]!["type"]! == "test")
            .Sum(e => (long)e!["delta_available"]!);
        var worth = points.Number("available") + points.Number("pending") - points.Number("debt") - spent;
        var growth = await brand.Balance(member, "growth");
        var tier = (await brand.Summary(member)).Text("tier.name");
        var used = (await brand.Get($"/v1/earning-rules/{rule}")).Must(200).Number("budget_used");
        return string.Create(CultureInfo.InvariantCulture, $"{worth} points, {growth} growth, {tier}, {used} of the budget");
    }
}
