using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Points;

/// <summary>Points to be given to another member.</summary>
/// <param name="ToMemberId">Whom they go to.</param>
/// <param name="Amount">1 to 10^12, within the brand's points_transfer_daily_limit.</param>
/// <param name="Currency">points unless given.</param>
public sealed record TransferRequest(
    [property: Required, Text(60)] string ToMemberId,
    [property: Required, Range(1, Money.Max)] long Amount,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null
);

/// <summary>A transfer.</summary>
/// <param name="Out">The giver's line.</param>
/// <param name="In">The receiver's line.</param>
public sealed record TransferShape(PointsEntryShape Out, PointsEntryShape In);

/// <summary>Gives points of one member to another: two accounts, locked in order, one transaction.</summary>
public sealed class TransferService(Transactions transactions, PointsLedger ledger, TenantScope scope)
{
    private const string Given = "member";

    private MemberCloudDb Db => transactions.Db;

    public Task<Result<TransferShape>> TransferAsync(Guid from, Guid to, string currency, long amount, CancellationToken ct) =>
        transactions.DecideAsync<TransferShape>(
            async () =>
            {
                if (from == to)
                    return ToSelf;
                var held = new Dictionary<Guid, Guid>();
                foreach (var id in new[] { from, to }.Order())
                {
                    var member = await MemberService.HoldAsync(transactions.Door, id, ct);
                    if (member.Problem is { } problem)
                        return problem;
                    held[id] = member.Value.Id;
                }
                (from, to) = (held[from], held[to]);
                if (from == to)
                    return ToSelf;
                var (giver, receiver) = (new AccountKey(from, currency), new AccountKey(to, currency));
                var journals = await ledger.OpenAsync(transactions.Door, [giver, receiver], LotsWanted.Spendable, ct);
                foreach (var journal in journals.Values)
                    journal.PostDue();
                if (await LimitAsync(giver, amount, ct) is { } above)
                    return above;
                return await StoreAsync(journals[giver], journals[receiver], amount, ct);
            },
            ct
        );

    private async Task<Result<TransferShape>> StoreAsync(
        PointsJournal giver,
        PointsJournal receiver,
        long amount,
        CancellationToken ct
    )
    {
        var settledBy = scope.Tenant.Local.PlusDays(scope.Now, -scope.Tenant.Settings.PointsTransferAfterDays);
        if (giver.TransferOut(amount, settledBy, Of(receiver)) is not { } given)
            return giver.Account.Debt > 0 || giver.Account.Available < amount
                ? PointsEndpoints.NotEnough(giver, amount)
                : Problem.Conflict("points_not_transferable", "Points whose order can still be refunded are not given away.") with
                {
                    Extra = new Dictionary<string, object?> { ["transferable"] = giver.Transferable(settledBy) },
                };
        var taken = receiver.TransferIn(given.Parts, Of(giver));
        var store = new StoreBatch();
        PointsLedger.Write(store, [giver, receiver]);
        await transactions.Door.StoreAsync(store, ct);
        return new TransferShape(PointsEntryShape.Of(given.Entry), PointsEntryShape.Of(taken));
    }

    /// <summary>What the member gave away since the local day began; read under the account's lock.</summary>
    private async Task<Problem?> LimitAsync(AccountKey giver, long amount, CancellationToken ct)
    {
        var limit = scope.Tenant.Settings.PointsTransferDailyLimit;
        var today = scope.Tenant.Local.StartOf(scope.Tenant.Local.DateOf(scope.Now));
        // What those gave who were merged into the member counts with it; what a merge itself moved does not.
        var people = Db.Set<Member>().Where(m => m.Id == giver.MemberId || m.MergedInto == giver.MemberId).Select(m => m.Id);
        var given = await Db.Set<PointsEntry>()
            .Where(e =>
                people.Contains(e.MemberId)
                && e.Currency == giver.Currency
                && e.Kind == EntryKind.TransferOut
                && e.ReferenceType == Given
                && e.RecordedAt >= today
            )
            .SumAsync(e => -e.DeltaAvailable, ct);
        return given + amount <= limit
            ? null
            : Problem.Conflict("transfer_limit", $"A member gives away at most {limit} in a day.") with
            {
                Extra = new Dictionary<string, object?> { ["left"] = Math.Max(0, limit - given) },
            };
    }

    private static Problem ToSelf { get; } = Problem.Contradiction("transfer_to_self", "Points go to another member.");

    private static Reference Of(PointsJournal journal) => new("member", Ids.Show(IdPrefix.Member, journal.Account.MemberId));
}

/// <summary>Giving points away.</summary>
internal static class TransferEndpoints
{
    public static void MapTransfer(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/members/{id}/points/transfer", "Points").MapPost("", TransferPoints).RequireIdempotencyKey();

    /// <summary>Gives points of a member to another one; they keep the end they have.</summary>
    /// <remarks>
    /// An order's points can be given away once it can no longer be refunded: points_transfer_after_days after they settled. The receiver's debt is paid first.
    /// Errors: points_insufficient, points_not_transferable, transfer_limit, erased_member (409), transfer_to_self, currency_unknown, currency_not_spendable (422),
    /// not_found (404) for either member.
    /// </remarks>
    private static async Task<Results<Created<TransferShape>, ProblemHttpResult>> TransferPoints(
        string id,
        TransferRequest body,
        TransferService transfers,
        Currencies currencies,
        CancellationToken ct
    )
    {
        var currency = body.Currency ?? Currencies.Points;
        if (await PointsEndpoints.NotSpendableAsync(currencies, currency, ct) is { } problem)
            return problem.ToHttp();
        if (!Ids.TryRead(IdPrefix.Member, id, out var from) || !Ids.TryRead(IdPrefix.Member, body.ToMemberId, out var to))
            return Problem.NotFound("member").ToHttp();
        return (await transfers.TransferAsync(from, to, currency, body.Amount, ct)).ToCreated(shape => shape);
    }
}
