using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Coupons;

/// <summary>What the member is about to buy.</summary>
/// <param name="Lines">1 to 200.</param>
/// <param name="Channel">Where; coupons for other channels do not apply.</param>
/// <param name="Store">Where; coupons for other stores do not apply.</param>
public sealed record Cart(
    [property: Required, MinLength(1), MaxLength(200)] IReadOnlyList<CartLine> Lines,
    [property: Text(100)] string? Channel = null,
    [property: Text(100)] string? Store = null
);

/// <summary>One line of a cart.</summary>
/// <param name="Id">Unique within the cart.</param>
/// <param name="Quantity">Pieces, 1 to 10^6.</param>
/// <param name="ListPrice">Of one piece, minor units.</param>
/// <param name="Brand">The brand of the goods, up to 100 characters.</param>
public sealed record CartLine(
    [property: Required, Text(100)] string Id,
    [property: Required, Text(100)] string Sku,
    [property: Required, Range(1, 1_000_000)] long Quantity,
    [property: Required, Range(0, Money.Max)] long ListPrice,
    [property: Text(100)] string? Category = null,
    [property: Text(100)] string? Brand = null
);

/// <summary>A coupon beside a cart.</summary>
/// <param name="Coupon">The coupon.</param>
/// <param name="Usable">Whether it could be used on this cart, looked at alone.</param>
/// <param name="Code">Why not, of the list of refusals; null when it could.</param>
/// <param name="Message">The same as a sentence in the member's language.</param>
/// <param name="Missing">For below_threshold: what is missing, minor units or pieces.</param>
public sealed record CheckedCoupon(CouponShape Coupon, bool Usable, Refusal? Code, string? Message, long? Missing);

/// <summary>Which of a member's coupons a cart could use, and why not the others.</summary>
internal static class CheckEndpoints
{
    /// <summary>Coupons looked at: the newest.</summary>
    private const int Most = 500;

    public static void MapCheck(this IEndpointRouteBuilder app) =>
        app.MapBrand("/v1/members/{id}/coupons/check", "Coupons").MapPost("", CheckCoupons).WithMetadata(new OnlyReads());

    /// <summary>Says of each coupon a member has whether this cart could use it, and why not.</summary>
    /// <remarks>
    /// Each is looked at alone: which of several go together, and what they take off, a quote will say. Those that can still be used sometime, at most the newest 500; reasons
    /// in the language of Accept-Language, else the brand's. Nothing is kept.
    /// </remarks>
    private static async Task<Results<Ok<Page<CheckedCoupon>>, ProblemHttpResult>> CheckCoupons(
        string id,
        Cart body,
        MemberService members,
        CouponService coupons,
        TemplateBook book,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var wallet = (await coupons.WalletAsync(member.Id, null, null, Most, ct))
            .Where(c => c.StateAt(scope.Now) is CouponState.Issued or CouponState.Locked)
            .ToList();
        var terms = await book.TermsAsync([.. wallet.Select(c => (c.TemplateId, c.TemplateVersion))], ct);
        return TypedResults.Ok(
            new Page<CheckedCoupon>([.. wallet.Select(c => Look(c, terms[(c.TemplateId, c.TemplateVersion)], body, scope))], null)
        );
    }

    private static CheckedCoupon Look(Coupon coupon, TemplateBody terms, Cart cart, TenantScope scope)
    {
        var why = CouponRules.Usable(coupon, coupon.MemberId, null, scope.Now) is { } unusable
            ? (unusable, null)
            : Fits(terms, cart);
        return new(
            CouponShape.Of(coupon, scope.Now),
            why is null,
            why?.Refusal,
            why is { } no ? Refusals.Message(no.Refusal, scope.Language) : null,
            why?.Missing
        );
    }

    private static (Refusal Refusal, long? Missing)? Fits(TemplateBody terms, Cart cart)
    {
        List<FitLine> lines = [.. cart.Lines.Select(l => new FitLine(l.Sku, l.Category, l.Brand, l.Quantity))];
        return CouponFit
            .Of(terms, lines, cart.Channel, cart.Store)
            .Refuses(terms, i => (Int128)cart.Lines[i].ListPrice * cart.Lines[i].Quantity);
    }
}
