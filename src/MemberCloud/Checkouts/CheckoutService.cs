using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Checkouts;

/// <summary>
/// Makes checkouts: a quote as of now, and in one transaction all it uses set aside, the answer with it. What the quote uses is looked at again and written only as it was
/// seen; where something moved the quote is made anew, with all of the member's coupons, points and limits locked.
/// </summary>
internal sealed class CheckoutService(IDoor door, TenantScope scope, QuoteService quotes, PointsLedger ledger, Lines lines)
{
    private static readonly Lookup<PointsAccount> Accounts = new("member_id = {0} AND currency = 'points'", [typeof(Guid)])
    {
        Locks = true,
    };
    private static readonly Lookup<Coupon> Wallet = new("member_id = {0} AND state IN ('issued', 'locked')", [typeof(Guid)], "id")
    {
        Locks = true,
    };

    /// <summary>The checkout, with its idempotent answer.</summary>
    public Task<IResult> CreateAsync(CheckoutRequest asked, IdempotencyTicket ticket, CancellationToken ct) =>
        lines.RunAsync(
            // Checkouts of one member, each from its quote to its end: side by side they would all choose the same coupon, and all but one choose again.
            (scope.Id, asked.MemberId ?? asked.ExternalId!),
            async () =>
            {
                var made = await quotes.MakeAsync(asked.ToQuote(), ct);
                var member = made.Refused ? Guid.Empty : made.Value.Member.MemberId ?? Guid.Empty;
                var line = new AccountKey(member, Currencies.Points);
                var attempt = 0;
                return await door.RunAsync(
                    scope.Id,
                    line,
                    session =>
                        ++attempt == 1
                            ? ReserveAsync(session, asked, made, ticket, ct)
                            : LockedAsync(session, asked, member, ticket, ct),
                    ct
                );
            },
            ct
        );

    /// <summary>Keeps a refusal that was found after the transaction that looked.</summary>
    public Task<IResult> RefuseAsync(Problem problem, IdempotencyTicket ticket, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            ticket.Key,
            async session =>
            {
                var load = new LoadBatch();
                var answers = Asked(load, ticket);
                await session.LoadAsync(load, ct);
                return answers.Count > 0 ? ticket.Replay(answers[0]) : await KeepAsync(session, problem, ticket, ct);
            },
            ct
        );

    /// <summary>A problem that carries what the cart costs now, where that can be said.</summary>
    public async Task<Problem> WithQuoteAsync(Problem problem, CheckoutRequest asked, CancellationToken ct)
    {
        var fresh = await quotes.QuoteAsync(asked.ToQuote(), ct);
        return fresh.Refused ? problem : With(problem, fresh.Value);
    }

    public static List<IdempotentAnswer> Asked(LoadBatch load, IdempotencyTicket ticket) =>
        load.Add(
            IdempotentAnswer.ByKey,
            [
                [ticket.CredentialId, ticket.Key],
            ]
        );

    /// <summary>Nobody else moves what is the member's: the quote made now stands until the end.</summary>
    private async Task<IResult> LockedAsync(
        IDoorSession session,
        CheckoutRequest asked,
        Guid member,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        load.Add(
            MemberService.ById,
            [
                [member],
            ]
        );
        load.Add(
            Accounts,
            [
                [member],
            ]
        );
        load.Add(
            Wallet,
            [
                [member],
            ]
        );
        await session.LoadAsync(load, ct);
        await PurchaseCounts.OfMembersAsync(session, scope.Id, [member], ct);
        return await ReserveAsync(session, asked, await quotes.MakeAsync(asked.ToQuote(), ct), ticket, ct);
    }

    /// <summary>Sets aside what a quote uses. <see cref="ConflictException"/> when what the quote was made of is not so any more.</summary>
    private async Task<IResult> ReserveAsync(
        IDoorSession session,
        CheckoutRequest asked,
        Result<MadeQuote> quoted,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var answers = Asked(load, ticket);
        if (quoted.Problem is { } unquoted)
        {
            await session.LoadAsync(load, ct);
            return answers.Count > 0 ? ticket.Replay(answers[0]) : await KeepAsync(session, unquoted, ticket, ct);
        }
        var made = quoted.Value;
        var opening = Reservation.Ask(load, scope, ledger, made);
        await session.LoadAsync(load, ct);
        if (answers.Count > 0)
            return ticket.Replay(answers[0]);
        if (Refuse(made, asked) is { } problem)
            return await KeepAsync(session, problem, ticket, ct);
        var work = await opening(session, ct);
        var now = scope.Now;
        var until = now.AddSeconds(asked.TtlSeconds ?? scope.Tenant.Settings.CheckoutSeconds);
        var taken = work.Take(CheckoutRules.Freeze(made, Ids.New(), now), until) ?? throw new ConflictException("checkouts");
        if (taken.Problem is { } full)
            return await KeepAsync(session, full, ticket, ct);
        var said = Said(made);
        var checkout = New(made, asked, taken.Value, said, until);
        var body = Json.Write(CheckoutShape.Of(checkout, said, now));
        // Who it is for was seen by the quote: an erasure or a merge waits for it, or was there first.
        var store = MemberService.Require(new(), checkout.MemberId);
        work.Write(store);
        store.Insert([checkout]).Insert([ticket.Answer(scope.Id, StatusCodes.Status201Created, body)]);
        await session.StoreAsync(store, ct);
        return IdempotencyTicket.Show(StatusCodes.Status201Created, body);
    }

    private Problem? Refuse(MadeQuote made, CheckoutRequest asked)
    {
        if (made.Member.MemberId is null)
            return Problem.NotFound("member");
        if (asked.QuoteHash is { } hash)
            return QuoteHash.Matches(hash, made, scope.Tenant, scope.Now) ? null : With(CheckoutRules.Changed, Said(made));
        if (CheckoutRules.Missing(made) is not { } missing)
            return null;
        var problem = With(Refusals.Problem(missing.Why, scope.Language), Said(made));
        var named = new Dictionary<string, object?>(problem.Extra)
        {
            ["coupon_id"] = Ids.Show(IdPrefix.Coupon, missing.Coupon.Id),
        };
        return problem with { Extra = named };
    }

    private QuoteShape Said(MadeQuote made) => QuoteSaid.Of(made, scope, isAnotherInstant: false);

    private static Problem With(Problem problem, QuoteShape quote) =>
        problem with
        {
            Extra = new Dictionary<string, object?>(problem.Extra) { ["quote"] = quote },
        };

    private Checkout New(MadeQuote made, CheckoutRequest asked, Orders.FrozenCart cart, QuoteShape said, DateTime until) =>
        new()
        {
            TenantId = scope.Id,
            Id = cart.CheckoutId,
            MemberId = made.Member.MemberId!.Value,
            State = CheckoutState.Open,
            CreatedAt = cart.At,
            ExpiresAt = until,
            // By our own id: the brand's may not outlive an erasure.
            Asked = Json.Write(
                asked with
                {
                    MemberId = Ids.Show(IdPrefix.Member, made.Member.MemberId!.Value),
                    ExternalId = null,
                    QuoteHash = null,
                }
            ),
            Cart = Json.Write(cart),
            Quote = Json.Write(said),
        };

    /// <summary>A refusal by a rule is an answer too; what failed validation leaves the key free.</summary>
    private async Task<IResult> KeepAsync(IDoorSession session, Problem problem, IdempotencyTicket ticket, CancellationToken ct)
    {
        var answer = problem.ToHttp();
        if (problem.Status != StatusCodes.Status400BadRequest)
            await session.StoreAsync(
                new StoreBatch().Insert([ticket.Answer(scope.Id, problem.Status, Json.Write(answer.ProblemDetails))]),
                ct
            );
        return answer;
    }
}
