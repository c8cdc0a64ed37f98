using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Earning;

/// <summary>What makes a rule give points, and rules that change.</summary>
public sealed class Triggers(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T12:00:00Z";
    private const string Bought = "2026-03-10T03:00:00Z";

    private static Task<string> Ten(Brand brand, string trigger) =>
        brand.Rule(
            new
            {
                name = trigger,
                trigger,
                currency = "points",
                formula = new { @fixed = 10 },
                settle = new { after_days = 0 },
            }
        );

    public static IEnumerable<object[]> EventTypes =>
        [
            ["check_in"],
            ["review"],
            ["share"],
            ["referral"],
            ["profile.completed"],
            ["custom:scan.receipt"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(EventTypes))]
    public async Task An_event_earns_once_by_its_id(string engine, string type)
    {
        var brand = await NewBrand(engine, Now);
        await Ten(brand, type);
        object Event(string id = "e-1", string at = Bought) =>
            new
            {
                id,
                type,
                external_id = "ann",
                occurred_at = at,
            };

        var first = (await brand.Post("/v1/events", Event())).Must(200);
        var again = (await brand.Post("/v1/events", Event())).Must(200);
        (await brand.Post("/v1/events", Event(at: "2026-03-10T04:00:00Z"))).MustRefuse(422, "event_differs");
        var other = (await brand.Post("/v1/events", Event("e-2"), key: null)).Must(200);

        Assert.Equal(first.Raw, again.Raw);
        Assert.Equal(("points", 10L), (first.Text("earned.0.currency"), first.Number("earned.0.amount")));
        Assert.NotEqual(first.Text("earned.0.entry_id"), other.Text("earned.0.entry_id"));
        var ann = await brand.Member("ann");
        Assert.Equal("20/0", await brand.Balance(ann));
        Assert.Equal(first.Text("earned.0.entry_id"), (await brand.Entries(ann)).Text("data.1.id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_event_16_times_at_once_earns_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Ten(brand, "check_in");

        var answers = await AtOnce(
            16,
            _ =>
                brand.Post(
                    "/v1/events",
                    new
                    {
                        id = "e",
                        type = "check_in",
                        external_id = "ann",
                        occurred_at = Bought,
                    },
                    key: null
                )
        );

        Assert.Single(answers.Select(a => a.Must(200).Raw).Distinct());
        Assert.Equal("10/0", await brand.Balance(await brand.Member("ann")));
    }

    [SkippableTheory, EveryEngine]
    public async Task Events_that_are_reserved_unknown_or_of_nobody_are_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        object Event(string type = "check_in", string? member = null, string? external = "ann", string at = Bought) =>
            new
            {
                id = "e",
                type,
                member_id = member,
                external_id = external,
                occurred_at = at,
            };

        foreach (var type in new[] { "order.completed", "member.joined", "custom:", "custom:UPPER", "nonsense" })
            (await brand.Post("/v1/events", Event(type))).MustRefuse(400, "bad_format");
        (await brand.Post("/v1/events", Event(external: null))).MustRefuse(400, "one_of");
        (await brand.Post("/v1/events", Event(member: "mem_00000000000000000000000000"))).MustRefuse(400, "one_of");
        (await brand.Post("/v1/events", Event(member: "mem_00000000000000000000000000", external: null))).MustRefuse(
            404,
            "not_found"
        );
        (await brand.Post("/v1/events", Event(at: "2026-03-11T00:00:00Z"))).MustRefuse(400, "in_future");
        Assert.Empty((await brand.Get("/v1/members")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Orders_earn_on_payment_and_on_completion(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Ten(brand, "order.paid");
        await brand.Rule(
            new
            {
                name = "more",
                trigger = "order.completed",
                currency = "points",
                formula = new { @fixed = 3 },
            }
        );

        var ann = (await brand.Report(brand.Order("ann", Bought, no: "A-1", completed: null))).Text("member_id");
        Assert.Equal("0/10", await brand.Balance(ann));
        await brand.Post("/v1/orders/A-1/complete", new { at = "2026-03-10T05:00:00Z" });

        Assert.Equal("10/3", await brand.Balance(ann));
        Assert.Equal("2026-03-17T05:00:00Z", (await brand.Points(ann)).Text("lots.1.available_at"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Joining_and_completing_the_profile_earn_once(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await Ten(brand, "member.joined");
        await brand.Rule(
            new
            {
                name = "complete",
                trigger = "profile.completed",
                currency = "points",
                formula = new { @fixed = 5 },
            }
        );

        var ann = await brand.Member("ann");
        Assert.Equal("10/0", await brand.Balance(ann));
        await brand.Member("ann", new { name = "Ann", birthday = "1990-05-05" });
        Assert.Equal("10/0", await brand.Balance(ann));
        await brand.Member("ann", new { email = "ann@example.com" });
        await brand.Member("ann", new { phone = "+8613800138000" });
        Assert.Equal("15/0", await brand.Balance(ann));

        var bob = (await brand.Report(brand.Order("bob", Bought))).Text("member_id");
        await brand.Post(
            "/v1/events",
            new
            {
                id = "e",
                type = "check_in",
                external_id = "cat",
                occurred_at = Bought,
            }
        );
        Assert.Equal("10/0", await brand.Balance(bob));
        Assert.Equal("10/0", await brand.Balance(await brand.Member("cat")));
    }

    [SkippableTheory]
    [InlineData("sqlite", "1990-03-12", "2026-03-10T00:00:00Z", "2026-03-15T00:00:00Z", "2026-03-11T16:00:00Z")]
    [InlineData("postgres", "1990-03-12", "2026-03-10T00:00:00Z", "2026-03-15T00:00:00Z", "2026-03-11T16:00:00Z")]
    [InlineData("sqlite", "1996-02-29", "2026-02-26T00:00:00Z", "2026-03-03T00:00:00Z", "2026-02-27T16:00:00Z")] // no 29th: on the 28th
    [InlineData("postgres", "1996-02-29", "2026-02-26T00:00:00Z", "2026-03-03T00:00:00Z", "2026-02-27T16:00:00Z")]
    [InlineData("sqlite", "1996-02-29", "2028-02-26T00:00:00Z", "2028-03-03T00:00:00Z", "2028-02-28T16:00:00Z")]
    [InlineData("postgres", "1996-02-29", "2028-02-26T00:00:00Z", "2028-03-03T00:00:00Z", "2028-02-28T16:00:00Z")]
    public async Task A_birthday_earns_once_a_year_on_its_local_day(
        string engine,
        string birthday,
        string from,
        string to,
        string earned
    )
    {
        var brand = await NewBrand(engine, from);
        await Ten(brand, "member.birthday");
        var ann = await brand.Member("ann", new { birthday });

        await brand.MoveTo(to);

        var entries = await brand.Entries(ann);
        Assert.Equal([earned], entries.Each("data", "occurred_at"));
        Assert.Equal("10/0", await brand.Balance(ann));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_changed_rule_is_version_2_and_earlier_earnings_keep_theirs(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var id = await Ten(brand, "check_in");
        Task<Answer> CheckIn(string e) => Event(brand, e, "check_in");
        await CheckIn("e-1");

        var etag = (await brand.Get($"/v1/earning-rules/{id}")).ETag!;
        var changed = (await brand.Patch($"/v1/earning-rules/{id}", new { formula = new { @fixed = 25 } })).Must(200);
        await CheckIn("e-2");
        (
            await brand.Send(
                HttpMethod.Patch,
                $"/v1/earning-rules/{id}",
                new { name = "late" },
                null,
                headers: ("If-Match", etag)
            )
        ).MustRefuse(412, "stale");
        (await brand.Patch($"/v1/earning-rules/{id}", new { active = false })).Must(200);
        await CheckIn("e-3");

        Assert.Equal((2L, 25L), (changed.Number("version"), changed.Number("formula.fixed")));
        var ann = await brand.Member("ann");
        Assert.Equal(["25", "10"], (await brand.Entries(ann)).Each("data", "delta_available"));
        var stamps = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s =>
                s.GetRequiredService<MemberCloudDb>()
                    .Set<PointsEntry>()
                    .OrderBy(e => e.Seq)
                    .Select(e => e.RuleVersion)
                    .ToListAsync()
        );
        Assert.Equal([1, 2], stamps);
        var versions = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            s => s.GetRequiredService<MemberCloudDb>().Set<EarningRuleVersion>().CountAsync()
        );
        Assert.Equal(3, versions);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_brands_own_currency_is_earned_and_spent_apart(string engine)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Post("/v1/currencies", new { code = "beans", name = "Beans" })).Must(201);
        await brand.Rule(
            new
            {
                name = "beans",
                trigger = "check_in",
                currency = "beans",
                formula = new { @fixed = 10 },
            }
        );
        await brand.Post(
            "/v1/events",
            new
            {
                id = "e",
                type = "check_in",
                external_id = "ann",
                occurred_at = Bought,
            }
        );
        var ann = await brand.Member("ann");

        (await brand.Spend(ann, 4, currency: "beans")).Must(201);

        Assert.Equal(("6/0", "0/0"), (await brand.Balance(ann, "beans"), await brand.Balance(ann)));
        (await brand.Spend(ann, 1, currency: "growth")).MustRefuse(422, "currency_not_spendable");
        (await brand.Spend(ann, 1, currency: "shells")).MustRefuse(422, "currency_unknown");
        (await brand.Get($"/v1/members/{ann}/points?currency=shells")).MustRefuse(422, "currency_unknown");
        (await brand.Post("/v1/currencies", new { code = "beans", name = "Again" })).MustRefuse(409, "currency_exists");
    }

    private static Task<Answer> Event(Brand brand, string id, string type) =>
        brand.Post(
            "/v1/events",
            new
            {
                id,
                type,
                external_id = "ann",
                occurred_at = Bought,
            }
        );
}
