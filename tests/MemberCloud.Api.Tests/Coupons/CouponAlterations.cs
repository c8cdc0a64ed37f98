using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Jobs;
using MemberCloud.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Coupons and what counts them, altered by the database's owner: ledger.verify says what no longer goes together.</summary>
public sealed class CouponAlterations(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    /// <summary>What somebody does to the stored rows, how it is put right again, and what ledger.verify says meanwhile.</summary>
    private static readonly (string Done, string Undone, string Fault)[] Table =
    [
        (
            "coupon_stock SET used = used + 1 WHERE bucket = 0",
            "coupon_stock SET used = used - 1 WHERE bucket = 0",
            "issued is 4, they make 3"
        ),
        (
            "coupon_stock SET redeemed = redeemed + 1 WHERE bucket = 9",
            "coupon_stock SET redeemed = redeemed - 1 WHERE bucket = 9",
            "redeemed is 2, they make 1"
        ),
        (
            "coupon_stock SET expired = expired + 2 WHERE bucket = 9",
            "coupon_stock SET expired = expired - 2 WHERE bucket = 9",
            "expired is 3, they make 1"
        ),
        (
            "coupon_stock SET voided = voided + 1 WHERE bucket = 9",
            "coupon_stock SET voided = voided - 1 WHERE bucket = 9",
            "voided is 2, they make 1"
        ),
        (
            "coupon_stock SET share = share + 1 WHERE bucket = 9",
            "coupon_stock SET share = share - 1 WHERE bucket = 9",
            "share 21 of a stock of 20"
        ),
        (
            "coupon_stock SET used = used + 50 - 100 * (bucket - 3) WHERE bucket IN (3, 4)",
            "coupon_stock SET used = used - 50 + 100 * (bucket - 3) WHERE bucket IN (3, 4)",
            "bucket 3 of its stock is in an impossible state"
        ),
        (
            "coupon_stock SET voided = voided + 50 - 100 * (bucket - 3) WHERE bucket IN (3, 4)",
            "coupon_stock SET voided = voided - 50 + 100 * (bucket - 3) WHERE bucket IN (3, 4)",
            "bucket 4 of its stock is in an impossible state"
        ),
        (
            "coupon_stock SET bucket = 99 WHERE bucket = 3",
            "coupon_stock SET bucket = 3 WHERE bucket = 99",
            "a bucket of its stock is missing"
        ),
        (
            "coupon_counts SET total = total + 1 WHERE total = 2",
            "coupon_counts SET total = 2 WHERE total = 3",
            "the total count is 3, the coupons make 2"
        ),
        (
            "coupon_counts SET in_day = 7 WHERE in_day = 2",
            "coupon_counts SET in_day = 2 WHERE in_day = 7",
            "the day count is 7, the coupons make 2"
        ),
        (
            "coupon_counts SET in_week = 7 WHERE in_week = 2",
            "coupon_counts SET in_week = 2 WHERE in_week = 7",
            "the week count is 7, the coupons make 2"
        ),
        (
            "coupon_counts SET in_month = 7 WHERE in_month = 2",
            "coupon_counts SET in_month = 2 WHERE in_month = 7",
            "the month count is 7, the coupons make 2"
        ),
        (
            "coupon_counts SET member_id = {nobody} WHERE total = 2",
            "coupon_counts SET member_id = {ann} WHERE member_id = {nobody}",
            "the total count is 0, the coupons make 2"
        ),
        (
            "coupon_counts SET member_id = {nobody} WHERE total = 2",
            "coupon_counts SET member_id = {ann} WHERE member_id = {nobody}",
            "the total count is 2, the coupons make 0"
        ),
        (
            "coupons SET state = 'void' WHERE state = 'issued'",
            "coupons SET state = 'issued' WHERE state = 'void' AND reason IS NULL",
            "is in an impossible state"
        ),
        (
            "coupons SET state = 'void' WHERE state = 'issued'",
            "coupons SET state = 'issued' WHERE state = 'void' AND reason IS NULL",
            "voided is 1, they make 2"
        ),
        (
            "coupons SET due_at = null WHERE state = 'issued'",
            "coupons SET due_at = valid_until WHERE state = 'issued'",
            "is in an impossible state"
        ),
        (
            "coupons SET amount = null WHERE state = 'redeemed'",
            "coupons SET amount = 500 WHERE state = 'redeemed'",
            "is in an impossible state"
        ),
        (
            "coupons SET member_id = {nobody} WHERE member_id = {ann}",
            "coupons SET member_id = {ann} WHERE member_id = {nobody}",
            "its member is missing"
        ),
        (
            "coupon_templates SET id = {nobody} WHERE id = {template}",
            "coupon_templates SET id = {template} WHERE id = {nobody}",
            "the template's row is missing"
        ),
    ];

    // ann  issued  redeemed  void      bob  expired  issued
    private static async Task<(string Template, string Ann)> WalletsAsync(Brand brand)
    {
        var template = await brand.Template(new { stock = 20 });
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        (await brand.Claim(template, bob)).Must(201);
        await brand.MoveTo("2026-03-20T04:00:00Z");
        var anns = new List<string>();
        for (var i = 0; i < 3; i++)
            anns.Add((await brand.Claim(template, ann)).Must(201).Text("id"));
        (await brand.Post($"/v1/coupons/{anns[2]}/void", new { reason = "one too many" })).Must(200);
        var order = new
        {
            order_no = "1",
            member_id = ann,
            occurred_at = "2026-03-20T04:00:00Z",
            paid_at = "2026-03-20T04:00:00Z",
            currency = "CNY",
            lines = new[]
            {
                new
                {
                    id = "1",
                    sku = "tea",
                    quantity = 1,
                    net = 9500,
                },
            },
            coupons = new[] { new { id = anns[1], amount = 500 } },
        };
        (await brand.Post("/v1/orders", order)).Must(201);
        return (template, ann);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_no_longer_goes_together_is_named(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var (template, ann) = await WalletsAsync(brand);
        var nobody = Ids.New();
        Assert.Equal("3/1/1/1 17", await brand.Counts(template));
        await brand.LedgerIsClean();

        foreach (var (done, undone, fault) in Table)
        {
            await Do(done);
            var run = (await brand.Post("/v1/jobs/ledger.verify/run")).Must(200);
            Assert.True(run.Number("failed") > 0, $"Nothing was found of: {done}");
            Assert.Contains(
                fault,
                (await brand.Get("/v1/jobs/ledger.verify/runs")).Text("data.0.reasons"),
                StringComparison.Ordinal
            );
            await Do(undone);
        }
        await brand.LedgerIsClean();

        Task Do(string change) =>
            brand.Cloud.Tamper(
                $"UPDATE {change} AND {brand.Mine}"
                    .Replace("{nobody}", Id(nobody), StringComparison.Ordinal)
                    .Replace("{ann}", Id(Read(IdPrefix.Member, ann)), StringComparison.Ordinal)
                    .Replace("{template}", Id(Read(IdPrefix.Template, template)), StringComparison.Ordinal)
            );
        string Id(Guid id) => brand.Cloud.IsPostgres ? $"'{id}'" : $"X'{Convert.ToHexString(id.ToByteArray(bigEndian: true))}'";
        Guid Read(string prefix, string shown) =>
            Ids.TryRead(prefix, shown, out var id) ? id : throw new InvalidOperationException(shown);
    }

    [SkippableTheory, EveryEngine]
    public async Task In_pages_of_one_it_finds_the_same(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await WalletsAsync(brand);
        await brand.Template();
        await brand.Cloud.Tamper($"UPDATE coupon_counts SET total = 5 WHERE total = 2 AND {brand.Mine}");
        await brand.Cloud.Tamper($"UPDATE coupon_stock SET redeemed = redeemed + 1 WHERE bucket = 5 AND {brand.Mine}");

        var (pages, faults) = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var job = services.GetRequiredService<VerifyLedgerJob>();
                var (progress, found) = (new MemberCloud.Tenancy.JobProgress(), new List<string>());
                for (var page = 1; ; page++)
                {
                    var outcome = await job.RunAsync(progress, 1, CancellationToken.None);
                    found.AddRange(outcome.Failures ?? []);
                    if (!outcome.More)
                        return (page, found);
                    progress = progress with { Cursor = outcome.Cursor };
                }
            }
        );

        Assert.Equal(2 + 1 + 2 + 1, pages); // two members, two templates, and of each that there are no more
        Assert.Equal(3, faults.Count);
        Assert.Contains("the total count is 5, the coupons make 2", faults[0], StringComparison.Ordinal);
    }
}
