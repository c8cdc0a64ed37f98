using MemberCloud.Billing;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Memberships;

/// <summary>
/// Redeems gift and activation codes: a code is taken by one conditional write, in the transaction that begins or extends the membership. Locked in this order: the member
/// (held), the code, the membership.
/// </summary>
internal sealed class ActivationService(Transactions transactions, IDoor door, TenantScope scope, PlanBook book)
{
    private static readonly Lookup<ActivationCode> ByHash = new("code_hash = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Update<ActivationCode> Use = new(
        [
            nameof(ActivationCode.RedeemedAt),
            nameof(ActivationCode.MemberId),
            nameof(ActivationCode.MembershipId),
            nameof(ActivationCode.RequestId),
            nameof(ActivationCode.Version),
        ],
        new(nameof(ActivationCode.Version), _ => 0)
    );

    private readonly CodeTries tries = new(door, scope);

    /// <summary>One code for one member. Wrong codes are counted before they are answered; who sent too many learns nothing, right codes included.</summary>
    /// <param name="memberId">Who is there.</param>
    /// <param name="written">As it was typed.</param>
    /// <param name="address">From where, hashed; null = not known.</param>
    /// <param name="request">Whose request it is.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<Result<Bought>> RedeemAsync(
        Guid memberId,
        string written,
        string? address,
        BillRequest? request,
        CancellationToken ct
    )
    {
        var plans = await book.ReadAsync(ct);
        var (code, subjects) = (CodeRules.Normalise(written), tries.Subjects(memberId, address));
        var hash = ActivationBatches.HashOf(scope.Tenant.Keys, code);
        if (await ClosedUntilAsync(subjects, ct) is { } until)
            return tries.TooMany(until);
        var isKnown = await transactions.Db.Set<ActivationCode>().AnyAsync(c => c.CodeHash == hash, ct);
        if (!isKnown && await tries.CountAsync(subjects, ct) is { } closed)
            return tries.TooMany(closed);
        if (!isKnown)
            return Refuse(CodeRules.IsTypo(code) ? Refusal.CodeTypo : Refusal.CodeInvalid);
        return await transactions.DecideAsync<Bought>(() => TakeAsync(plans, memberId, hash, request, ct), ct);
    }

    private async Task<Result<Bought>> TakeAsync(
        Plans plans,
        Guid memberId,
        Guid hash,
        BillRequest? request,
        CancellationToken ct
    )
    {
        var session = transactions.Door;
        var held = await MemberService.HoldAsync(session, memberId, ct);
        if (held.Problem is { } problem)
            return problem;
        var load = new LoadBatch();
        var codes = load.Add(
            ByHash,
            [
                [hash],
            ]
        );
        await session.LoadAsync(load, ct);
        var code = codes.Single();
        // The same request took it before, and its answer was not stored.
        if (request is not null && code.RequestId == request.Id && code.MembershipId is { } made)
            return new Bought(made, await WasNewAsync(code, ct));
        if (code.Version != 0)
            return Refuse(code.RedeemedAt is null ? Refusal.Void : Refusal.AlreadyRedeemed);
        var batch = await transactions.Db.Set<ActivationBatch>().AsNoTracking().FirstAsync(b => b.Id == code.BatchId, ct);
        var body = plans.Of(batch.PlanId, batch.PlanVersion);
        var (work, one) = await MembershipWork.OpenLiveAsync(session, scope, plans, held.Value.Id, body.Family, ct);
        var isNew = one is not { Row.LiveFamily: not null };
        if (!isNew && Refuse(one!.Row, batch) is { } refused)
            return refused;
        if (isNew)
            one = await BeginAsync(session, work, one, held.Value.Id, batch, body, ct);
        // Who has a membership keeps the version that was agreed to.
        var version = isNew ? batch.PlanVersion : one!.Row.PlanVersion;
        work.Redeem(one!, new(batch.PlanId, version, plans.Of(batch.PlanId, version), 0), batch.Terms);
        (code.RedeemedAt, code.MemberId, code.MembershipId) = (scope.Now, held.Value.Id, one!.Row.Id);
        (code.RequestId, code.Version) = (request?.Id, 1);
        var store = new StoreBatch().Update<ActivationCode>(Use, [code]);
        await work.StoreAsync(session, ct, store);
        return new Bought(one.Row.Id, isNew);
    }

    /// <summary>A membership that nothing is charged for: it ends with its terms, unless the member buys more.</summary>
    private async Task<MembershipCase> BeginAsync(
        IDoorSession session,
        MembershipWork work,
        MembershipCase? before,
        Guid member,
        ActivationBatch batch,
        PlanBody body,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var holdings = load.Add(
            MembershipService.Holdings,
            before is null
                ?
                [
                    [member, body.Family],
                ]
                : []
        );
        await session.LoadAsync(load, ct);
        var one = work.Add(
            new()
            {
                TenantId = scope.Id,
                Id = Ids.New(),
                MemberId = member,
                Family = body.Family,
                LiveFamily = body.Family,
                PlanId = batch.PlanId,
                PlanVersion = batch.PlanVersion,
                State = MembershipState.PendingPayment,
                Gateway = Payment.Offline,
                CreatedAt = scope.Now,
                ConsentText = "activation-code",
                ConsentAt = scope.Now,
                ConsentChannel = "code",
                Anchor = scope.Now,
                PaidUntil = scope.Now,
                RunsSince = scope.Now,
            }
        );
        one.Holding = before?.Holding ?? holdings.FirstOrDefault();
        work.Note(one, "membership.created", scope.Now);
        return one;
    }

    private static Problem? Refuse(Membership m, ActivationBatch batch) =>
        m.PlanId != batch.PlanId ? Problem.Conflict("use_change", "The member has another plan of this family: change that one.")
        : m.State == MembershipState.PendingPayment || m.OpenAttemptId is not null ? MembershipService.PaymentPending
        : m.State == MembershipState.Paused ? Problem.Conflict("membership_paused", "The membership is paused: resume it first.")
        : null;

    private async Task<bool> WasNewAsync(ActivationCode code, CancellationToken ct) =>
        await transactions.Db.Set<Membership>().AnyAsync(m => m.Id == code.MembershipId && m.CreatedAt == code.RedeemedAt, ct);

    private Task<DateTime?> ClosedUntilAsync(IReadOnlyList<Guid> subjects, CancellationToken ct) =>
        door.RunAsync(
            scope.Id,
            subjects[0],
            async session =>
            {
                var load = new LoadBatch();
                var known = HourCount.Ask(load, subjects);
                await session.LoadAsync(load, ct);
                return tries.ClosedUntil(known);
            },
            ct
        );

    private Problem Refuse(Refusal refusal) => Refusals.Problem(refusal, scope.Language);
}
