using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Points;
using MemberCloud.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Ledger;

/// <summary>The ledger behind the HTTP door: what would take thousands of requests, or what time leaves behind.</summary>
public static class Journals
{
    /// <summary>Opens a member's account with all open lots, in the brand's now, and stores what was done to it.</summary>
    public static Task<T> OnAccount<T>(
        this Brand brand,
        string member,
        Func<PointsJournal, T> act,
        string currency = Currencies.Points
    ) =>
        brand.Cloud.Host.InsideAsync(
            brand.Id,
            services =>
            {
                var (transactions, ledger) = (
                    services.GetRequiredService<Transactions>(),
                    services.GetRequiredService<PointsLedger>()
                );
                var key = new AccountKey(IdOf(member), currency);
                return transactions.RunAsync(
                    async () =>
                    {
                        var journal = (await ledger.OpenAsync(transactions.Door, [key], LotsWanted.Open, CancellationToken.None))[
                            key
                        ];
                        journal.PostDue();
                        var result = act(journal);
                        var store = new StoreBatch();
                        PointsLedger.Write(store, [journal]);
                        await transactions.Door.StoreAsync(store, CancellationToken.None);
                        return result;
                    },
                    CancellationToken.None
                );
            }
        );

    public static Guid IdOf(string member) =>
        Ids.TryRead(IdPrefix.Member, member, out var id)
            ? id
            : throw new ArgumentException("This is no member's id.", nameof(member));
}
