using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>
/// Random walks of many memberships through every command and whatever a gateway does, on a clock that moves; after each step an auditor who knows nothing of the rules that
/// move memberships goes through the books. The suite walks one way, the long run another
/// each time; MEMBERCLOUD_SEED repeats a walk.
/// </summary>
public sealed class MembershipWalks(Clouds clouds) : ApiTests(clouds)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1";

    /// <summary>On each engine.</summary>
    private static int Members => IsLong ? 2_500 : 150;

    private static int Steps => IsLong ? 60 : 8;

    private static readonly string[] Methods =
    [
        "fake_ok",
        "fake_ok",
        "fake_decline",
        "fake_unknown_charged",
        "fake_unknown_not_charged",
        "fake_late",
    ];

    private static readonly string[] Policies = ["full_if_unused", "less_perks_used", "prorata", "none"];

    private sealed record Walker(string Member, string? Membership);

    [SkippableTheory, EveryEngine]
    public async Task Whatever_members_and_gateways_do_the_books_agree(string engine)
    {
        var seed =
            int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_SEED"), out var said) ? said
            : IsLong ? Random.Shared.Next()
            : 1_925_830_649;
        var random = new Random(seed);
        var brand = await NewBrand(engine, clock: "2026-01-31T02:00:00Z", zone: "UTC");
        var perk = await brand.Perk(3, "term", value: 500);
        var plans = new List<string>();
        foreach (var policy in Policies)
            plans.Add(
                await brand.Plan(
                    policy,
                    3000 + (1000 * plans.Count),
                    "month",
                    more: new
                    {
                        refund_policy = policy,
                        trial_days = plans.Count == 0 ? 5 : 0,
                        perks = new[] { perk },
                    }
                )
            );
        var walkers = new List<Walker>();
        foreach (var some in Enumerable.Range(0, Members).Chunk(32))
            walkers.AddRange(await Task.WhenAll(some.Select(async i => new Walker(await brand.Member($"m-{i}"), null))));
        var auditor = new MembershipAudit(brand);
        var now = new DateTime(2026, 1, 31, 2, 0, 0, DateTimeKind.Utc);
        for (var step = 0; step < Steps; step++)
        {
            var turns = walkers.ConvertAll(w => (Walker: w, Dice: random.Next(), Random: new Random(random.Next())));
            walkers.Clear();
            foreach (var some in turns.Chunk(16))
                walkers.AddRange(
                    await Task.WhenAll(some.Select(t => ActAsync(brand, t.Walker, plans, perk, t.Random, auditor, now)))
                );
            now = now.AddDays(random.Next(1, 12)).AddHours(random.Next(24));
            await brand.MoveTo($"{now:yyyy-MM-ddTHH:mm:ss}Z");
            var told = $"{now:yyyy-MM-ddTHH:mm:ss}Z";
            if (random.Next(4) > 0)
                while (await brand.DeliverNotices(told) == 200) { }
            await auditor.MustAgree(now, $"{engine}, seed {seed}, step {step}");
        }
    }

    /// <summary>One thing that a member, staff or the brand does. Refused or not: what counts is what the books say after it.</summary>
    private static async Task<Walker> ActAsync(
        Brand brand,
        Walker walker,
        List<string> plans,
        string perk,
        Random dice,
        MembershipAudit auditor,
        DateTime now
    )
    {
        var plan = plans[dice.Next(plans.Count)];
        var method = Methods[dice.Next(Methods.Length)];
        var (member, id) = walker;
        if (id is null || dice.Next(6) == 0)
        {
            var bought = await brand.Buy(member, plan, method, renew: dice.Next(4) > 0);
            Understood(bought);
            if (bought.Status is not (200 or 201))
                return walker;
            var mine = bought.Text("id");
            auditor.SaysYes(mine);
            return new(member, mine);
        }
        var path = $"/v1/memberships/{id}";
        var act = dice.Next(12);
        var answer = act switch
        {
            0 => await brand.Post($"{path}/cancel", new { }),
            1 => await brand.Post($"{path}/cancel", new { at = "now" }),
            2 => await brand.Post($"{path}/pause", new { }),
            3 => await brand.Post($"{path}/resume", new { }),
            4 => await brand.Post($"{path}/change", new { plan_id = plan }),
            5 => await brand.Post($"{path}/refund", new { reason = "walk", amount = dice.Next(1, 2500) }),
            6 => dice.Next(3) == 0 ? await brand.Post($"{path}/revoke", new { reason = "walk" }) : null,
            7 => await brand.Patch(path, new { auto_renew = false }),
            8 => await brand.Patch(path, new { auto_renew = true }),
            9 or 10 => await brand.Patch(path, new { payment_method = method }),
            _ => await brand.Consume(member, perk),
        };
        if (answer is null)
            return walker;
        Understood(answer);
        if (answer.Status == 200 && act is (0 or 1 or 7))
            auditor.SaysNo(id, now);
        // It takes a cancellation back, too.
        if (answer.Status == 200 && act == 8)
            auditor.SaysYes(id);
        return walker;
    }

    private static void Understood(Answer answer) =>
        Assert.True(answer.Status is 200 or 201 or 409 or 422, $"{answer.Request}: {answer.Status} {answer.Raw}");
}
