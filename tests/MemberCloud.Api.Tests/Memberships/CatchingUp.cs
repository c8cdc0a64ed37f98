using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Billing;
using MemberCloud.Memberships;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Api.Tests.Memberships;

/// <summary>No job ran for two months: what was due is done in due order, each member is told once, and nobody is charged for a time they were not told of.</summary>
public sealed class CatchingUp(Clouds clouds) : ApiTests(clouds)
{
    private const string Back = "2026-05-23T12:00:00Z";

    // 23 Feb   28 Feb     16 Mar 21 Mar 23 Mar                            23 May    28 May
    // cat      ann..dan   cat told      |x cat's card is refused          |         |
    //                            told   |=== no job runs ================>| told    | charged, proof given
    // due: cat's retries, 28 Mar, 28 Apr
    [SkippableTheory, EveryEngine]
    public async Task After_two_months_each_is_told_once_and_charged_once_and_only_after_proof(string engine)
    {
        var (brand, four) = await OutageAsync(engine);

        await brand.MoveTo("2026-05-23T12:01:00Z");

        await MustHaveCaughtUp(brand, four);
        await MustGoOnAfterProof(brand, four);
    }

    [SkippableTheory, EveryEngine]
    public async Task Nor_does_it_matter_which_job_is_back_first(string engine)
    {
        var (brand, four) = await OutageAsync(engine);

        string[] back = [NoticeMembershipsJob.Name, ExpireMembershipsJob.Name, RenewMembershipsJob.Name, CollectPaymentsJob.Name];
        foreach (var job in back.Concat(back))
            (await brand.Post($"/v1/jobs/{job}/run")).Must(200);

        await MustHaveCaughtUp(brand, four);
        await brand.MoveTo("2026-05-23T12:01:00Z");
        await MustHaveCaughtUp(brand, four);
        await MustGoOnAfterProof(brand, four);
    }

    /// <summary>ann proved that she was told of 28 Mar, bob did not; dan paid two more months ahead, and cat's card is refused since 23 Mar.</summary>
    private async Task<(Brand Brand, string[] Four)> OutageAsync(string engine)
    {
        var brand = await NewBrand(engine, clock: "2026-02-23T09:00:00Z", zone: "UTC");
        var plan = await brand.Plan(unit: "month", price: 3_000);
        var cat = (await brand.Buy(await brand.Member("cat"), plan)).Must(201).Text("id");
        await brand.MoveTo("2026-02-28T09:00:00Z");
        var ann = (await brand.Buy(await brand.Member("ann"), plan)).Must(201).Text("id");
        var bob = (await brand.Buy(await brand.Member("bob"), plan)).Must(201).Text("id");
        var dan = (await brand.Buy(await brand.Member("dan"), plan, gateway: "offline", paid: "d1")).Must(201).Text("id");
        foreach (var paid_reference in new[] { "d2", "d3" })
            (
                await brand.Post(
                    $"/v1/memberships/{dan}/payments",
                    new
                    {
                        amount = 3_000,
                        paid_at = "2026-02-28T09:00:00Z",
                        paid_reference,
                    }
                )
            ).Must(200);
        await brand.MoveTo("2026-03-16T09:00:00Z");
        Assert.Equal(1, await brand.DeliverNotices("2026-03-16T09:00:00Z"));
        (await brand.Patch($"/v1/memberships/{cat}", new { payment_method = "fake_decline" })).Must(200);
        await brand.MoveTo("2026-03-21T09:00:00Z");
        await ProveAsync(brand, ann, "2026-03-21T09:00:00Z");
        await brand.MoveTo("2026-03-23T12:00:00Z");
        Assert.Equal("past_due", (await brand.Membership(cat)).Text("state"));

        await brand.StandAt(Back);
        return (brand, [ann, bob, cat, dan]);
    }

    /// <summary>What a member was told last has arrived.</summary>
    private static async Task ProveAsync(Brand brand, string membership, string at)
    {
        var told = (await brand.Get("/v1/notices?limit=200")).Must(200).At("data")!.AsArray();
        var last = told.Where(n => (string)n!["membership_id"]! == membership)
            .MaxBy(n => (string)n!["id"]!, StringComparer.Ordinal);
        (await brand.Post($"/v1/notices/{last!["id"]}/delivered", new { channel = "sms", at })).Must(200);
    }

    private static async Task MustHaveCaughtUp(Brand brand, string[] four)
    {
        var now = await Task.WhenAll(four.Select(brand.Membership));
        Assert.Equal(["past_due", "past_due", "expired", "active"], now.Select(m => m.Text("state")));
        Assert.Equal(["awaiting_notice", "awaiting_notice", "payment_failed", null], now.Select(m => (string?)m.At("reason")));
        // Three bought, one was refused in time: nobody was charged since.
        Assert.Equal(4, await brand.Count<PaymentAttempt>());
        Assert.Equal(3, await brand.Count<FakePayment>(p => p.Taken));
        // dan is told of what comes after what is paid; cat's is over.
        Assert.Equal(new[] { 1, 1, 0, 1 }, await ToldAsync(brand, four));
        Assert.Equal("2026-05-28T09:00:00Z", now[3].Text("paid_until"));
        Assert.Equal(
            ["2026-02-28 to 2026-03-28", "2026-03-28 to 2026-04-28", "2026-04-28 to 2026-05-28"],
            await PeriodsAsync(brand, four[3])
        );
    }

    /// <summary>Five days after the new proof, once, for a month that begins then.</summary>
    private static async Task MustGoOnAfterProof(Brand brand, string[] four)
    {
        await ProveAsync(brand, four[0], "2026-05-23T12:00:00Z");
        await ProveAsync(brand, four[1], "2026-05-23T12:00:00Z");
        await brand.MoveTo("2026-05-28T11:59:00Z");
        Assert.Equal(3, await brand.Count<FakePayment>(p => p.Taken));
        await brand.MoveTo("2026-05-28T12:00:00Z");

        foreach (var id in four[..2])
        {
            var m = await brand.Membership(id);
            Assert.Equal(("active", "2026-06-28T12:00:00Z"), (m.Text("state"), m.Text("paid_until")));
            Assert.Equal(["2026-02-28 to 2026-03-28", "2026-05-28 to 2026-06-28"], await PeriodsAsync(brand, id));
        }
        Assert.Equal(5, await brand.Count<FakePayment>(p => p.Taken));
        var numbers = await brand.Inside(db => db.Set<Invoice>().OrderBy(i => i.Number).Select(i => i.Number).ToListAsync());
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
    }

    /// <summary>How often each was told since the jobs are back.</summary>
    private static async Task<int[]> ToldAsync(Brand brand, string[] four)
    {
        var since = DateTime.Parse(Back, null, System.Globalization.DateTimeStyles.AdjustToUniversal);
        var told = await brand.Inside(db => db.Set<RenewalNotice>().Where(n => n.CreatedAt >= since).ToListAsync());
        return [.. four.Select(id => told.Count(n => Shared.Ids.Show("mbs", n.MembershipId) == id))];
    }

    /// <summary>What was paid for, in the order of the invoices' numbers.</summary>
    private static Task<List<string>> PeriodsAsync(Brand brand, string id) =>
        brand.Inside(async db =>
        {
            var paid = await db.Set<Invoice>().Where(i => i.State == InvoiceState.Paid).OrderBy(i => i.Number).ToListAsync();
            var its = paid.Where(i => Shared.Ids.Show("mbs", i.MembershipId) == id);
            return its.Select(i => $"{i.CoversFrom:yyyy-MM-dd} to {i.CoversUntil:yyyy-MM-dd}").ToList();
        });
}
