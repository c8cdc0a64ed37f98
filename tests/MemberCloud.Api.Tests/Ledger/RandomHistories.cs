using System.Globalization;
using System.Text.Json.Nodes;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>Whatever happens to members, in whatever order, policy and time zone: the books add up after every step, and the ledger proves itself.</summary>
public sealed class RandomHistories(Clouds clouds) : ApiTests(clouds)
{
    private const int Steps = 10;

    private static readonly string[] Zones =
    [
        "Asia/Shanghai",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "UTC",
    ];

    private static int Histories => Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? 2_000 : 100;

    /// <summary>Another every day; the failing one by MEMBERCLOUD_SEED.</summary>
    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_SEED"), out var seed) ? seed : Random.Shared.Next();

    [SkippableTheory, EveryEngine]
    public async Task Books_add_up_after_every_step_and_the_ledger_proves_itself(string engine)
    {
        var seed = Seed;
        await Task.WhenAll(Enumerable.Range(0, Zones.Length).Select(part => RunAsync(engine, seed, part)));
    }

    /// <summary>A fifth of the histories: in one brand each for so many, one after the other, since they share its clock.</summary>
    private async Task RunAsync(string engine, int seed, int part)
    {
        var chance = new Random(seed + part);
        for (var left = Histories / Zones.Length; left > 0; left -= 10)
        {
            var brand = await NewBrand(engine, "2026-01-10T00:00:00Z", Zones[part]);
            var story = new Story(brand, chance);
            await story.BeginAsync();
            foreach (var _ in Enumerable.Range(0, Math.Min(10, left)))
            {
                await story.NewPairAsync();
                for (var step = 0; step < Steps; step++)
                {
                    var told = await story.StepAsync();
                    Assert.True(told is null, $"{told}\n(seed {seed}, {engine}, {Zones[part]}, {story})");
                }
            }
            await brand.LedgerIsClean();
        }
    }

    /// <summary>Two members of one brand, and what happens to them.</summary>
    private sealed class Story(Brand brand, Random chance)
    {
        private readonly List<string> done = [];
        private readonly List<string> holds = [];
        private readonly List<string> orders = [];
        private readonly List<string> members = [];
        private DateTime now = new(2026, 1, 10, 0, 0, 0, DateTimeKind.Utc);
        private int counter;

        public override string ToString() => string.Join("; ", done.TakeLast(Steps));

        public async Task BeginAsync()
        {
            var change = new
            {
                points_clawback = Pick("only_pending", "within_balance", "allow_negative"),
                points_restore = Pick("restore_and_expire", "grace"),
                points_transfer_after_days = chance.Next(0, 5),
                tier_revoke_on_refund = chance.Next(2) == 0,
            };
            (await brand.Patch("/v1/brand", change)).Must(200);
            await brand.Tier("Member", 0, 0);
            await brand.Tier("Gold", 1, 50, multiplier: 15_000);
            await brand.GrowthPerUnit();
            object expiry = chance.Next(4) switch
            {
                0 => new { policy = "never" },
                1 => new { policy = "months", months = 1 },
                2 => new { policy = "year_end", years = 0 },
                _ => new { policy = "inactive", months = 1 },
            };
            await brand.PointPerUnit(chance.Next(0, 9), expiry, Pick("order.paid", "order.completed"));
            await brand.Rule(
                new
                {
                    name = "capped",
                    trigger = "order.completed",
                    currency = "points",
                    formula = new { @fixed = 7 },
                    caps = new { per_month = 20 },
                    budget = 500,
                }
            );
        }

        public async Task NewPairAsync()
        {
            members.Clear();
            holds.Clear();
            orders.Clear();
            foreach (var _ in Enumerable.Range(0, 2))
                members.Add(await brand.Member($"m{++counter}"));
        }

        /// <summary>Null = it went as it should, and the books add up.</summary>
        public async Task<string?> StepAsync()
        {
            var answer = await DoAsync();
            done.Add($"{answer.Request} {answer.Status}");
            if (answer.Status >= 500)
                return answer.Raw;
            var books = (await brand.Get("/v1/points/books")).Must(200);
            return books.Body!["data"]!.AsArray().Select(b => Unbalanced(b!)).FirstOrDefault(fault => fault is not null);
        }

        private async Task<Answer> DoAsync()
        {
            var (member, amount) = (members[chance.Next(2)], chance.Next(1, 60));
            return chance.Next(14) switch
            {
                0 or 1 => await brand.Earn(
                    member,
                    amount,
                    expiresAt: chance.Next(2) == 0 ? At(now.AddDays(chance.Next(1, 40))) : null
                ),
                2 => await brand.Spend(member, amount),
                3 => await HoldAsync(member, amount),
                4 when holds.Count > 0 => await brand.Post($"/v1/points/holds/{Any(holds)}/capture", new { amount }),
                5 when holds.Count > 0 => await brand.Post($"/v1/points/holds/{Any(holds)}/release", "{}"),
                6 or 7 => await OrderAsync(member, amount),
                8 or 9 when orders.Count > 0 => await RefundAsync(),
                10 => await brand.Post($"/v1/members/{member}/points/transfer", new { to_member_id = Any(members), amount }),
                11 when chance.Next(3) == 0 => await MergeAsync(),
                12 when orders.Count > 0 => await brand.Post(
                    $"/v1/orders/{Any(orders)}/{Pick("complete", "cancel", "settle")}",
                    "{}"
                ),
                _ => await PassAsync(),
            };
        }

        private async Task<Answer> HoldAsync(string member, int amount)
        {
            var asked = new
            {
                amount,
                ttl_seconds = chance.Next(1, 1_000_000),
                reference = new { type = "cart", id = "1" },
            };
            var answer = await brand.Post($"/v1/members/{member}/points/holds", asked);
            if (answer.Status == 201)
                holds.Add(answer.Text("id"));
            return answer;
        }

        private async Task<Answer> OrderAsync(string member, int amount)
        {
            var no = $"o{++counter}";
            var asked = new
            {
                order_no = no,
                member_id = member,
                occurred_at = At(now),
                paid_at = At(now),
                completed_at = chance.Next(3) == 0 ? null : At(now),
                currency = brand.Currency,
                lines = Enumerable
                    .Range(0, chance.Next(1, 4))
                    .Select(i => new
                    {
                        id = $"{i}",
                        sku = "s",
                        quantity = chance.Next(1, 4),
                        net = chance.Next(0, 6_000),
                    }),
                points = chance.Next(3) == 0 ? new { amount } : null,
            };
            var answer = await brand.Post("/v1/orders", asked);
            if (answer.Status == 201)
                orders.Add(no);
            return answer;
        }

        private Task<Answer> RefundAsync()
        {
            var no = Any(orders);
            var refund = $"r{++counter}";
            return chance.Next(3) == 0
                ? brand.Post($"/v1/orders/{no}/refunds", new { refund_no = refund, full = true })
                : brand.Post(
                    $"/v1/orders/{no}/refunds",
                    new { refund_no = refund, lines = new[] { new { id = "0", quantity = 1 } } }
                );
        }

        private Task<Answer> MergeAsync() =>
            chance.Next(2) == 0
                ? brand.Post($"/v1/members/{members[0]}/merge", new { from_member_id = members[1] })
                : brand.Post($"/v1/members/{members[0]}/unmerge", "{}");

        private Task<Answer> PassAsync()
        {
            now = now.AddMinutes(chance.Next(1, 60 * 24 * 20));
            return brand.MoveTo(At(now));
        }

        private static string? Unbalanced(JsonNode books)
        {
            long Of(string field) => (long)books[field]!;
            var has = Of("available") + Of("pending") + Of("held") - Of("debt");
            return
                Of("issued") + Of("adjusted") == has + Of("redeemed") + Of("expired")
                && Of("available") >= 0
                && Of("pending") >= 0
                && Of("held") >= 0
                && Of("debt") >= 0
                ? null
                : $"The books do not balance: {books.ToJsonString()}";
        }

        private static string At(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        private string Any(List<string> some) => some[chance.Next(some.Count)];

        private string Pick(params string[] words) => words[chance.Next(words.Length)];
    }
}
