using MemberCloud.Shared;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Data;

/// <summary>
/// Operations that commit on their way: the key is taken first, so that of the same request many times at once one runs and the others are told to ask again. Who died with it
/// loses it after a time: the request is run again then, and finds what it began.
/// </summary>
public static partial class Idempotency
{
    /// <summary>So long a key that was taken is not run again, unless its answer comes.</summary>
    public static readonly TimeSpan TakenFor = TimeSpan.FromSeconds(30);

    /// <summary>The status of a key that is taken: no answer has it.</summary>
    private const int Taken = 0;

    private static readonly Problem InProgress = Problem.Conflict(
        "request_in_progress",
        "The same request is being answered: ask again in a moment."
    ) with
    {
        RetryAfter = 2,
    };

    private static async Task<object?> AfterwardsAsync(
        Transactions transactions,
        IdempotencyTicket ticket,
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var (db, ct) = (transactions.Db, context.HttpContext.RequestAborted);
        if (await transactions.RunAsync(() => TakeAsync(db, ticket, ct), ct) is { } other)
            return other;
        object? result;
        try
        {
            result = await next(context);
        }
        catch
        {
            // Nothing is kept of a failure: the same request may come again at once.
            await LeaveAsync(transactions, ticket);
            throw;
        }
        var (status, body) = Read(result, context.HttpContext);
        if (status is StatusCodes.Status400BadRequest or >= 500)
            await LeaveAsync(transactions, ticket);
        else
            // The caller may be gone: the answer is kept all the same.
            await transactions.RunAsync(() => KeepTakenAsync(db, ticket, status, body), CancellationToken.None);
        return result;
    }

    /// <summary>Null = the key is ours; else what to answer.</summary>
    private static async Task<IResult?> TakeAsync(MemberCloudDb db, IdempotencyTicket ticket, CancellationToken ct)
    {
        if (await FindAsync(db, ticket, ct) is not { } first)
        {
            db.Add(ticket.Answer(db.Tenant.Id, Taken, ""));
            await db.SaveChangesAsync(ct);
            return null;
        }
        if (first.Status != Taken || !ticket.Asked(first))
            return await ReplayAsync(db, ticket, first, ct);
        var taken = await TakenRows(db, ticket)
            .Where(a => a.CreatedAt == first.CreatedAt && a.CreatedAt < ticket.WallNow - TakenFor)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.CreatedAt, ticket.WallNow), ct);
        return taken == 1 ? null : InProgress.ToHttp();
    }

    private static async Task<int> KeepTakenAsync(MemberCloudDb db, IdempotencyTicket ticket, int status, string body)
    {
        var answer = ticket.Answer(db.Tenant.Id, status, body);
        return await TakenRows(db, ticket)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.Status, status).SetProperty(a => a.Body, answer.Body));
    }

    private static Task<int> LeaveAsync(Transactions transactions, IdempotencyTicket ticket) =>
        transactions.RunAsync(() => TakenRows(transactions.Db, ticket).ExecuteDeleteAsync(), CancellationToken.None);

    private static IQueryable<IdempotentAnswer> TakenRows(MemberCloudDb db, IdempotencyTicket ticket) =>
        db.Set<IdempotentAnswer>()
            .Where(a => a.CredentialId == ticket.CredentialId && a.IdempotencyKey == ticket.Key && a.Status == Taken);
}
