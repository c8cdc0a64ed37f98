using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Points;

public sealed partial class PointsLedger
{
    private static readonly Lookup<Member> Members = new("id = {0}", [typeof(Guid)]);

    /// <summary>
    /// The hot path: one decision on one account, its idempotent answer with it, in two round trips and one commit. <paramref name="decide"/> may run several
    /// times and changes the journal only. The member is not held: an erasure ends by entries what there is to spend or settle, so the account's number guards
    /// against it too.
    /// </summary>
    public async Task<IResult> PostAsync<T>(
        AccountKey key,
        LotsWanted wanted,
        IdempotencyTicket ticket,
        Func<PointsJournal, Result<T>> decide,
        int status,
        Func<T, string> show,
        CancellationToken ct,
        Guid? hold = null
    )
    {
        Guid? mergedInto = null;
        var answer = await door.RunAsync<IResult>(
            scope.Id,
            key,
            async session =>
            {
                var load = new LoadBatch();
                var opening = Ask(load, [key], wanted, null, hold is { } id ? [id] : null);
                var answers = load.Add(
                    IdempotentAnswer.ByKey,
                    [
                        [ticket.CredentialId, ticket.Key],
                    ]
                );
                await session.LoadAsync(load, ct);
                if (answers.Count > 0)
                    return ticket.Replay(answers[0]);
                var journal = (await opening.OpenAsync(session, ct))[key];
                var result = decide(journal);
                // Who was erased or merged has nothing left, and whoever has something is a member: taking needs no look at the row.
                if (result.Refused || !OnlyTakes(journal))
                {
                    var member = await MemberAsync(session, key.MemberId, ct);
                    mergedInto = member?.MergedInto;
                    if (mergedInto is not null || member is not { ErasedAt: null })
                        return (member is null ? Problem.NotFound("member") : MemberRules.Erased).ToHttp();
                }
                return await KeepAsync(session, journal, ticket, result.Then(value => (status, show(value))), ct);
            },
            ct
        );
        return mergedInto is { } into
            ? await PostAsync(key with { MemberId = into }, wanted, ticket, decide, status, show, ct, hold)
            : answer;
    }

    /// <summary>What was decided and the answer to it, together.</summary>
    private async Task<IResult> KeepAsync(
        IDoorSession session,
        PointsJournal journal,
        IdempotencyTicket ticket,
        Result<(int Status, string Body)> result,
        CancellationToken ct
    )
    {
        var store = new StoreBatch();
        // No entry, no write: nothing but the entry's number guards what was loaded without a lock.
        if (!result.Refused && journal.Entries.Count > 0)
            Write(store, [journal]);
        var (code, body) = result.Problem is { } problem
            ? (problem.Status, Json.Write(problem.ToHttp().ProblemDetails))
            : result.Value;
        await session.StoreAsync(store.Insert([ticket.Answer(scope.Id, code, body)]), ct);
        return result.Problem?.ToHttp() ?? IdempotencyTicket.Show(code, body);
    }

    private static async Task<Member?> MemberAsync(IDoorSession session, Guid memberId, CancellationToken ct)
    {
        var load = new LoadBatch();
        var members = load.Add(
            Members,
            [
                [memberId],
            ]
        );
        await session.LoadAsync(load, ct);
        return members.SingleOrDefault();
    }

    /// <summary>Something was written, and nothing of it gives the account more than it had.</summary>
    private static bool OnlyTakes(PointsJournal journal) =>
        journal is { IsNew: false, Entries.Count: > 0 }
        && journal.Entries.TrueForAll(e => e.Kind is EntryKind.Spend or EntryKind.Hold or EntryKind.Settle or EntryKind.Expire);
}
