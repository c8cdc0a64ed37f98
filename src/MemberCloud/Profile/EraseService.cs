using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Staff;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Profile;

/// <summary>What <c>member.erased</c> says: whoever keeps copies is to erase them too.</summary>
public sealed record ErasedEvent(string MemberId);

/// <summary>
/// Erases a member, across the capabilities. The member's row is locked first: whatever is being written about the member is waited for and ended with the rest,
/// and what comes after sees the erasure. Spending alone does not wait; it finds its account moved.
/// </summary>
public sealed class EraseService(Transactions transactions, MemberErasure members, MemberHoldings holdings, MemberMerges merges)
{
    /// <summary>True when there was something left to erase. Who was merged into the member goes too: it is one person.</summary>
    public Task<Result<bool>> EraseAsync(Guid id, CancellationToken ct) =>
        transactions.DecideAsync<bool>(
            async () =>
            {
                var left = false;
                foreach (var one in await merges.AllOfAsync(id, ct))
                {
                    if (await members.LockAsync(one, ct) is not { } member)
                        return Problem.NotFound("member");
                    // Again: the first time may have died between its commit and the clearing up.
                    transactions.WipeTracesAfterwards(again: member.ErasedAt is not null);
                    if (member.ErasedAt is not null)
                        continue;
                    if (await holdings.BusyAsync([one], ct) is { } busy)
                        return busy;
                    await holdings.EndAsync(one, ct);
                    await TellAsync(one, ct);
                    await ForgetRequestsAsync(one, ct);
                    await members.EraseAsync(one, ct);
                    left = true;
                }
                return left;
            },
            ct
        );

    /// <summary>What a second person was asked about the member: that it was asked stays, the words go.</summary>
    private Task ForgetRequestsAsync(Guid id, CancellationToken ct) =>
        transactions
            .Db.Set<Approval>()
            .Where(a => a.MemberId == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(a => a.Request, "{}")
                        .SetProperty(a => a.Reason, "erased")
                        .SetProperty(a => a.Note, (string?)null)
                        .SetProperty(a => a.State, a => a.State == ApprovalState.Pending ? ApprovalState.Rejected : a.State)
                        .SetProperty(a => a.Version, a => a.Version + 1),
                ct
            );

    private Task TellAsync(Guid id, CancellationToken ct)
    {
        var store = new StoreBatch();
        store.Insert([
            OutboxEvent.Of(
                transactions.Db.Tenant.Id,
                "member.erased",
                id,
                new ErasedEvent(Ids.Show(IdPrefix.Member, id)),
                members.Now
            ),
        ]);
        return transactions.Door.StoreAsync(store, ct);
    }
}
