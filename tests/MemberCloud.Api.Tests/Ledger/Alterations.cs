using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>Rows altered behind the ledger's back, by the database's owner: ledger.verify names the account and what is wrong with it.</summary>
public sealed class Alterations(Clouds clouds) : ApiTests(clouds)
{
    private const string EntryColumns =
        "tenant_id, member_id, currency, id, kind, delta_available, delta_pending, delta_held, delta_debt, available_after, "
        + "pending_after, held_after, debt_after, reference_type, reference_id, occurred_at, recorded_at, hash";

    // ann  1 earn 5   2 earn 7   3 spend 7   4 hold 3   5 hold 2   6 capture 1   7 release 1   8 earn 9, pending
    private static async Task<string> WalletAsync(Brand brand)
    {
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        (await brand.Earn(bob, 4)).Must(201);
        (await brand.Earn(ann, 5)).Must(201);
        (await brand.Earn(ann, 7)).Must(201);
        (await brand.Spend(ann, 7)).Must(201);
        await brand.OnAccount(
            ann,
            journal =>
            {
                var end = journal.Account.ActiveAt.AddDays(300);
                journal.Hold(3, new("till", "1"), end);
                journal.Capture(journal.Hold(2, new("till", "2"), end)!, 1, new("till", "2"));
                return true;
            }
        );
        (await brand.Earn(ann, 9, settleAt: "2027-01-01T00:00:00Z")).Must(201);
        return ann;
    }

    /// <summary>What somebody does to the stored rows of ann's account, and what ledger.verify says.</summary>
    public static IEnumerable<object[]> Table =>
        [
            ["UPDATE points_entries SET delta_available = delta_available + 1 WHERE seq = 2 AND {mine}", "entry 2 was altered"],
            [
                "UPDATE points_entries SET delta_available = delta_available + 1 WHERE seq = 2 AND {mine}",
                "entry 2 does not add up",
            ],
            [
                "UPDATE points_entries SET available_after = available_after + 1 WHERE seq = 2 AND {mine}",
                "entry 2 does not add up",
            ],
            ["UPDATE points_entries SET reason = 'because' WHERE seq = 2 AND {mine}", "entry 2 was altered"],
            ["UPDATE points_entries SET reference_id = 'other' WHERE seq = 2 AND {mine}", "entry 2 was altered"],
            ["UPDATE points_entries SET kind = 'adjust' WHERE seq = 2 AND {mine}", "issued is 21, they make 14"],
            ["DELETE FROM points_entries WHERE seq = 2 AND {mine}", "entry 2 is missing"],
            ["DELETE FROM points_entries WHERE seq = 8 AND {mine}", "entry 8 is missing"],
            ["DELETE FROM points_entries WHERE seq = 8 AND {mine}", "the moves of entry 8 have no entry"],
            [
                "UPDATE points_entries SET seq = -1 WHERE seq = 2 AND {mine}; UPDATE points_entries SET seq = 2 WHERE seq = 3 AND {mine}; "
                    + "UPDATE points_entries SET seq = 3 WHERE seq = -1 AND {mine}",
                "entry 2 was altered",
            ],
            [
                $"INSERT INTO points_entries (seq, {EntryColumns}) SELECT 9, {EntryColumns} FROM points_entries WHERE seq = 8 AND {{mine}}",
                "entry 9 came in from outside",
            ],
            ["UPDATE points_lots SET remaining = remaining + 1 WHERE amount = 7 AND {mine}", "does not hold what its moves say"],
            ["UPDATE points_lots SET amount = amount + 1 WHERE amount = 7 AND {mine}", "is not of the size it was earned with"],
            ["UPDATE points_lots SET state = 'pending' WHERE amount = 7 AND {mine}", "is in an impossible state"],
            [
                "UPDATE points_lots SET state = 'pending' WHERE amount = 7 AND {mine}",
                "the available lots do not hold what is available",
            ],
            ["UPDATE points_lots SET state = 'available' WHERE amount = 9 AND {mine}", "is in an impossible state"],
            ["UPDATE points_lots SET state = 'closed' WHERE amount = 7 AND {mine}", "is in an impossible state"],
            ["UPDATE points_lots SET seq = 3 WHERE amount = 7 AND {mine}", "is not of the size it was earned with"],
            ["UPDATE points_lots SET seq = 4711 WHERE amount = 7 AND {mine}", "was earned by no entry"],
            ["DELETE FROM points_lots WHERE amount = 7 AND {mine}", "lot_%is missing"],
            ["DELETE FROM points_moves WHERE seq = 3 AND {mine}", "the moves of entry 3 do not add up"],
            ["UPDATE points_moves SET amount = amount + 1 WHERE seq = 3 AND {mine}", "the moves of entry 3 do not add up"],
            ["UPDATE points_moves SET seq = 99 WHERE seq = 2 AND {mine}", "the moves of entry 99 have no entry"],
            ["UPDATE points_accounts SET available = available + 1 WHERE seq = 8 AND {mine}", "available is 2, they make 1"],
            ["UPDATE points_accounts SET pending = 0 WHERE seq = 8 AND {mine}", "pending is 0, they make 9"],
            ["UPDATE points_accounts SET held = 0 WHERE seq = 8 AND {mine}", "held is 0, they make 3"],
            ["UPDATE points_accounts SET issued = issued + 1 WHERE seq = 8 AND {mine}", "issued is 22, they make 21"],
            ["UPDATE points_accounts SET redeemed = 0 WHERE seq = 8 AND {mine}", "redeemed is 0, they make 8"],
            ["UPDATE points_accounts SET expired = 3 WHERE seq = 8 AND {mine}", "expired is 3, they make 0"],
            ["UPDATE points_accounts SET adjusted = -1 WHERE seq = 8 AND {mine}", "adjusted is -1, they make 0"],
            [
                "UPDATE points_accounts SET hash = {no_hash} WHERE seq = 8 AND {mine}",
                "the account does not end with its last entry",
            ],
            ["DELETE FROM points_accounts WHERE seq = 8 AND {mine}", "the account's row is missing"],
            [
                "UPDATE points_holds SET state = 'released' WHERE amount = 3 AND {mine}",
                "has another outcome than its entries say",
            ],
            ["UPDATE points_holds SET state = 'released' WHERE amount = 3 AND {mine}", "the open holds do not hold what is held"],
            ["UPDATE points_holds SET state = 'held' WHERE amount = 2 AND {mine}", "has another outcome than its entries say"],
            ["UPDATE points_holds SET captured = 2 WHERE amount = 2 AND {mine}", "has another outcome than its entries say"],
            ["UPDATE points_holds SET amount = 4 WHERE amount = 3 AND {mine}", "holds another amount than entry 4 set aside"],
            ["UPDATE points_holds SET reference_id = 'x' WHERE amount = 3 AND {mine}", "was made by no entry"],
            ["UPDATE points_holds SET taken = 'lot_0:3' WHERE amount = 3 AND {mine}", "names other lots than entry 4 took from"],
            ["DELETE FROM points_holds WHERE amount = 3 AND {mine}", "the hold of entry 4 is missing"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Table))]
    public async Task What_is_wrong_is_named(string engine, string sql, string fault)
    {
        var brand = await NewBrand(engine);
        var ann = await WalletAsync(brand);
        await brand.LedgerIsClean();

        await brand.Cloud.Tamper(
            sql.Replace("{mine}", brand.Mine, StringComparison.Ordinal)
                .Replace("{no_hash}", brand.Cloud.IsPostgres ? "''::bytea" : "X''", StringComparison.Ordinal)
        );
        var run = (await brand.Post("/v1/jobs/ledger.verify/run")).Must(200);

        Assert.True(run.Number("failed") > 0, "Nothing was found.");
        var reasons = (await brand.Get("/v1/jobs/ledger.verify/runs")).Text("data.0.reasons").Split('\n');
        Assert.All(reasons, reason => Assert.StartsWith($"{ann} points: ", reason, StringComparison.Ordinal));
        var parts = fault.Split('%');
        Assert.Contains(reasons, reason => parts.All(part => reason.Contains(part, StringComparison.Ordinal)));
    }
}
