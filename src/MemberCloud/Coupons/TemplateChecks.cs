using MemberCloud.Shared;

namespace MemberCloud.Coupons;

/// <summary>What fields of a template say together. Pure.</summary>
public static class TemplateChecks
{
    public static IEnumerable<FieldProblem> Check(TemplateBody body) =>
        Parameters(body).Concat(Windows(body)).Concat(Scope(body.Scope)).Concat(Code(body.Code));

    /// <summary>Each kind has its own parameters: it needs its first, and takes none of another's.</summary>
    private static IEnumerable<FieldProblem> Parameters(TemplateBody b)
    {
        (string Name, bool IsGiven, CouponKind Kind, bool Needed)[] parameters =
        [
            ("amount_off", b.AmountOff is not null, CouponKind.AmountOff, true),
            ("percent_off_bp", b.PercentOffBp is not null, CouponKind.PercentOff, true),
            ("max_off", b.MaxOff is not null, CouponKind.PercentOff, false),
            ("fixed_price", b.FixedPrice is not null, CouponKind.FixedPrice, true),
            ("max_pieces", b.MaxPieces is not null, CouponKind.FixedPrice, false),
            ("gift", b.Gift is not null, CouponKind.Gift, true),
            ("nth_item", b.NthItem is not null, CouponKind.NthItem, true),
        ];
        foreach (var (name, isGiven, kind, needed) in parameters)
        {
            if (kind == b.Kind && needed && !isGiven)
                yield return new($"/{name}", "required", $"This kind needs {name}.");
            if (kind != b.Kind && isGiven)
                yield return new($"/{name}", "not_applicable", $"{name} belongs to another kind.");
        }
    }

    private static IEnumerable<FieldProblem> Windows(TemplateBody b)
    {
        if (b.OpensAt >= b.Validity.Until)
            yield return new("/opens_at", "out_of_order", "It opens before its coupons end.");
        if (b.ReturnPolicy == ReturnPolicy.ExtendDays != b.ReturnExtendDays is not null)
            yield return new("/return_extend_days", "one_of", "return_extend_days goes with extend_days, which needs it.");
    }

    private static IEnumerable<FieldProblem> Scope(CouponScope? scope)
    {
        if (scope is not { Include: { } include, Exclude: { } exclude })
            yield break;
        (string Name, IReadOnlyList<string>? In, IReadOnlyList<string>? Out)[] sides =
        [
            ("skus", include.Skus, exclude.Skus),
            ("categories", include.Categories, exclude.Categories),
            ("brands", include.Brands, exclude.Brands),
            ("channels", include.Channels, exclude.Channels),
            ("stores", include.Stores, exclude.Stores),
        ];
        foreach (var (name, named, without) in sides)
        {
            if (named is { Count: > 0 } && !named.Except(without ?? [], StringComparer.Ordinal).Any())
                yield return new($"/scope/exclude/{name}", "scope_empty", $"All {name} that are included are excluded.");
        }
    }

    /// <summary>The brand's own word: nothing that could be one of a pool's codes.</summary>
    private static IEnumerable<FieldProblem> Code(string? code)
    {
        if (code is null)
            yield break;
        var read = CodeRules.Normalise(code);
        if (read.Length < 4 || !code.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            yield return new("/code", "bad_format", "A code has letters, digits and hyphens, at least four of them no hyphens.");
        else if (CodeRules.IsOurs(read))
            yield return new("/code", "code_reserved", "16 letters and digits are a code of a pool: take more or fewer.");
    }

    /// <summary>A coupon that takes more off than must be bought, where the brand forbids it.</summary>
    public static Problem? AboveThreshold(TemplateBody body, bool isForbidden) =>
        isForbidden && body.Kind == CouponKind.AmountOff && body.AmountOff > (body.Threshold?.Amount ?? 0)
            ? Problem.Contradiction(
                "amount_above_threshold",
                "The brand forbids coupons that take off more than their threshold asks for."
            )
            : null;
}
