using MemberCloud.Data;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>A member's accounts as a whole.</summary>
public sealed class PointsHoldings(Transactions transactions, PointsLedger ledger)
{
    /// <summary>Nothing is left to spend or to settle. Inside the caller's transaction, which holds the member.</summary>
    public async Task EndAsync(Guid member, CancellationToken ct)
    {
        var currencies = await transactions
            .Db.Set<PointsAccount>()
            .Where(a => a.MemberId == member)
            .Select(a => a.Currency)
            .ToListAsync(ct);
        var door = transactions.Door;
        var journals = await ledger.OpenAsync(door, [.. currencies.Select(c => new AccountKey(member, c))], LotsWanted.Open, ct);
        foreach (var journal in journals.Values)
        {
            journal.PostDue();
            journal.Erase();
        }
        var store = new StoreBatch();
        PointsLedger.Write(store, [.. journals.Values]);
        await door.StoreAsync(store, ct);
    }
}
