using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Coupons;

/// <summary>Codes for coupons: a template's one code for everyone, or one of a pool. Both give a coupon under the template's limits and stock.</summary>
internal sealed class CodeService(IDoor door, TenantScope scope, TemplateBook book, CouponService coupons, UniqueCodes unique)
{
    private readonly CodeTries tries = new(door, scope);

    /// <summary>
    /// One code for one member. Wrong codes are counted before they are answered; who sent too many learns nothing, right codes included. A refusal keeps nothing of
    /// its Idempotency-Key.
    /// </summary>
    /// <param name="member">Who is there.</param>
    /// <param name="written">As it was typed.</param>
    /// <param name="source">From where, as far as it is known.</param>
    /// <param name="ticket">The caller's key.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<IResult> RedeemAsync(
        Guid member,
        string written,
        ClaimSource source,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var code = CodeRules.Normalise(written);
        var subjects = tries.Subjects(member, source.Address);
        var (first, pooled, closedUntil) = await LookAsync(code, subjects, ticket, ct);
        if (first is not null)
            return ticket.Replay(first);
        if (closedUntil is { } until)
            return tries.TooMany(until).ToHttp();
        if (pooled is not null)
        {
            var from = (await book.FindAsync(pooled.TemplateId, ct))!;
            return await unique.RedeemAsync(pooled.CodeHash, from, member, ticket, ct);
        }
        if ((await book.LiveAsync(ct)).OfCode(code) is { } generic)
            return await coupons.ClaimAsync(generic, member, ticket, source, ct, CouponWay.Code);
        if (await tries.CountAsync(subjects, ct) is { } closed)
            return tries.TooMany(closed).ToHttp();
        var wrong = CodeRules.IsTypo(code) ? Refusal.CodeTypo : Refusal.CodeInvalid;
        return Refusals.Problem(wrong, scope.Language).ToHttp();
    }

    private Task<(IdempotentAnswer? First, CouponCode? Code, DateTime? ClosedUntil)> LookAsync(
        string code,
        IReadOnlyList<Guid> subjects,
        IdempotencyTicket ticket,
        CancellationToken ct
    )
    {
        var hash = PoolCodes.HashOf(scope.Tenant.Keys, code);
        return door.RunAsync(
            scope.Id,
            hash,
            async session =>
            {
                var load = new LoadBatch();
                var firsts = UniqueCodes.AskFirst(load, ticket);
                var known = HourCount.Ask(load, subjects);
                var codes = UniqueCodes.Ask(load, hash);
                await session.LoadAsync(load, ct);
                return (firsts.SingleOrDefault(), codes.SingleOrDefault(), tries.ClosedUntil(known));
            },
            ct
        );
    }
}
