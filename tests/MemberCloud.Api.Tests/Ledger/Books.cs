using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Points;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>The brand's books balance, whoever writes meanwhile.</summary>
public sealed class Books(Clouds clouds) : ApiTests(clouds)
{
    private static async Task<BooksShape> Read(Brand brand, string currency = "points")
    {
        var answer = (await brand.Get("/v1/points/books")).Must(200);
        var row = answer.At("data")!.AsArray().Single(r => (string)r!["currency"]! == currency)!;
        long Of(string name) => (long)row[name]!;
        return new(
            currency,
            Of("issued"),
            Of("pending"),
            Of("available"),
            Of("held"),
            Of("debt"),
            Of("redeemed"),
            Of("expired"),
            Of("adjusted")
        );
    }

    private static void MustBalance(BooksShape b) =>
        Assert.True(b.Issued + b.Adjusted == b.Pending + b.Available + b.Held - b.Debt + b.Redeemed + b.Expired, b.ToString());

    [SkippableTheory, EveryEngine]
    public async Task Every_kind_of_entry_is_in_its_place(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.PointPerUnit(settleDays: 7);
        await brand.Post("/v1/currencies", new { code = "beans", name = "Beans" });
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z")); // 100 pending
        (await brand.Earn(ann, 60, expiresAt: "2026-01-12T00:00:00Z")).Must(201);
        (await brand.Spend(ann, 20)).Must(201);
        (await brand.Earn(bob, 50)).Must(201);
        (await brand.Post($"/v1/members/{bob}/points/adjust", new { amount = 5, reason = "sorry" })).Must(201);
        await brand.OnAccount(bob, j => j.Hold(15, new("till", "1"), j.Account.ActiveAt.AddDays(100))!.Id);
        await brand.Move("P3D"); // 40 of ann's end

        var books = await Read(brand);

        Assert.Equal(new("points", 210, 100, 40, 15, 0, 20, 40, 5), books);
        MustBalance(books);
        Assert.Equal(new("beans", 0, 0, 0, 0, 0, 0, 0, 0), await Read(brand, "beans"));
        Assert.Equal(["points", "growth", "beans"], (await brand.Get("/v1/points/books")).Each("data", "currency"));
        Assert.Equal(new("points", 0, 0, 0, 0, 0, 0, 0, 0), await Read(await NewBrand(engine)));
    }

    // four members, each written by two clients at once; a reader all the while
    [SkippableTheory, EveryEngine]
    public async Task They_balance_at_every_look_while_members_earn_and_spend_at_once(string engine)
    {
        var brand = await NewBrand(engine);
        var members = new List<string>();
        for (var i = 0; i < 4; i++)
            members.Add(await brand.Member($"m-{i}"));
        using var over = new CancellationTokenSource();
        var looks = Task.Run(async () =>
        {
            var seen = new HashSet<BooksShape>();
            while (!over.IsCancellationRequested)
            {
                var books = await Read(brand);
                MustBalance(books);
                seen.Add(books);
            }
            return seen;
        });

        await AtOnce(
            8,
            async n =>
            {
                var member = members[n % members.Count];
                for (var i = 1; i <= 12; i++)
                {
                    (await brand.Earn(member, 10 + i, settleAt: i % 3 == 0 ? "2026-02-01T00:00:00Z" : null)).Must(201);
                    await brand.Spend(member, 9 + i);
                    if (i % 4 == 0)
                        await brand.OnAccount(member, j => j.Hold(1, new("till", $"{i}"), j.Account.ActiveAt.AddDays(9))?.Id);
                }
                return 0;
            }
        );
        await over.CancelAsync();

        Assert.True((await looks).Count > 3, "The reader saw the books only when nothing went on.");
        var last = await Read(brand);
        MustBalance(last);
        Assert.Equal(await ByEntriesAsync(brand), last);
        await brand.LedgerIsClean();
    }

    /// <summary>The books by the kinds of the entries.</summary>
    private static Task<BooksShape> ByEntriesAsync(Brand brand) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            async services =>
            {
                var entries = await services
                    .GetRequiredService<MemberCloudDb>()
                    .Set<PointsEntry>()
                    .AsNoTracking()
                    .Where(e => e.Currency == "points")
                    .ToListAsync();
                long Worth(params EntryKind[] kinds) =>
                    entries
                        .Where(e => kinds.Length == 0 || kinds.Contains(e.Kind))
                        .Sum(e => e.DeltaAvailable + e.DeltaPending + e.DeltaHeld - e.DeltaDebt);
                return new BooksShape(
                    "points",
                    Worth(EntryKind.Earn, EntryKind.Clawback),
                    entries.Sum(e => e.DeltaPending),
                    entries.Sum(e => e.DeltaAvailable),
                    entries.Sum(e => e.DeltaHeld),
                    entries.Sum(e => e.DeltaDebt),
                    -Worth(EntryKind.Spend, EntryKind.Capture, EntryKind.Restore),
                    -Worth(EntryKind.Expire),
                    Worth(EntryKind.Adjust, EntryKind.WriteOff)
                );
            }
        );
}
