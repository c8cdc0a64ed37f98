using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Coupons;

/// <summary>
/// A code of a pool becomes a coupon: by one conditional write, in the transaction that gives the coupon. Locked in this order: the code, then as
/// <see cref="CouponGrants"/> says.
/// </summary>
internal sealed class UniqueCodes(IDoor door, TenantScope scope, TierService tiers)
{
    private static readonly Lookup<CouponCode> ByHash = new("code_hash = {0}", [typeof(Guid)]) { Locks = true };
    private static readonly Update<CouponCode> Use = new(
        [nameof(CouponCode.RedeemedAt), nameof(CouponCode.CouponId), nameof(CouponCode.MemberId), nameof(CouponCode.Version)],
        new(nameof(CouponCode.Version), _ => 0)
    );

    public static List<CouponCode> Ask(LoadBatch load, Guid hash) =>
        load.Add(
            ByHash,
            [
                [hash],
            ]
        );

    /// <summary>The answer that was given to this key before.</summary>
    public static List<IdempotentAnswer> AskFirst(LoadBatch load, IdempotencyTicket ticket) =>
        load.Add(
            IdempotentAnswer.ByKey,
            [
                [ticket.CredentialId, ticket.Key],
            ]
        );

    public async Task<IResult> RedeemAsync(
        Guid hash,
        LoadedTemplate template,
        Guid member,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var ladder = await tiers.LadderAsync(ct);
        IReadOnlyCollection<Guid> contended = [];
        return await door.RunAsync(
            scope.Id,
            hash,
            async session =>
            {
                var load = new LoadBatch();
                // The code first: who waited for it then sees the answer that was given meanwhile.
                var codes = Ask(load, hash);
                var firsts = AskFirst(load, ticket);
                await session.LoadAsync(load, ct);
                if (firsts is [var first])
                    return ticket.Replay(first);
                var code = codes.Single();
                if (code.Version != 0)
                    return Refuse(code.RedeemedAt is null ? Refusal.Void : Refusal.AlreadyRedeemed);
                var grants = await CouponGrants.OpenAsync(session, scope.Tenant, ladder, [(member, template)], contended, ct);
                contended = [template.Id];
                if (grants.Holder(member) is null)
                    return Problem.NotFound("member").ToHttp();
                var (coupon, refusal) = grants.Grant(template, member, CouponWay.Code, scope.Now, code.BatchId);
                return coupon is null ? Refuse(refusal!.Value) : await StoreAsync(session, code, coupon, grants, ticket, ct);
            },
            ct,
            locked: true
        );
    }

    private async Task<IResult> StoreAsync(
        IDoorSession session,
        CouponCode code,
        Coupon coupon,
        CouponGrants grants,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        (code.RedeemedAt, code.CouponId, code.MemberId, code.Version) = (scope.Now, coupon.Id, coupon.MemberId, 1);
        var shape = CouponShape.Of(coupon, scope.Now);
        var store = new StoreBatch().Update<CouponCode>(Use, [code]);
        grants.Write(store);
        await session.StoreAsync(store.Insert([ticket.Answer(scope.Id, 201, Json.Write(shape))]), ct);
        return TypedResults.Created((string?)null, shape);
    }

    private IResult Refuse(Refusal refusal) => Refusals.Problem(refusal, scope.Language).ToHttp();
}
