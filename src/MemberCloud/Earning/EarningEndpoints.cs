using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Earning;

/// <summary>What to change of a rule; what is absent stays. Makes a new version; what was earned keeps its own.</summary>
/// <param name="Budget">
/// 0 to 10^12; null lifts it. What was issued out of it so far stays counted: below that, nothing is left. What the rule issued while it had no budget does not count.
/// </param>
/// <param name="Active">false stops the rule; what it earned stays.</param>
public sealed record RuleChange(
    string? Name = null,
    RuleConditions? Conditions = null,
    RuleFormula? Formula = null,
    RuleCaps? Caps = null,
    Optional<long?> Budget = default,
    RuleSettle? Settle = null,
    RuleExpiry? Expiry = null,
    bool? Active = null
)
{
    public RuleBody ApplyTo(RuleBody body) =>
        body with
        {
            Name = Name ?? body.Name,
            Conditions = Conditions ?? body.Conditions,
            Formula = Formula ?? body.Formula,
            Caps = Caps ?? body.Caps,
            Budget = Budget.Or(body.Budget),
            Settle = Settle ?? body.Settle,
            Expiry = Expiry ?? body.Expiry,
            Active = Active ?? body.Active,
        };
}

/// <summary>A rule as it stands.</summary>
/// <param name="Version">1, 2, 3 ... with every change.</param>
/// <param name="Trigger">What makes the rule look.</param>
/// <param name="Budget">Points it may issue in all; null = no limit.</param>
/// <param name="BudgetUsed">What it issued so far out of its budget, less what was reversed; null without a budget.</param>
/// <param name="Active">Whether it earns now.</param>
public sealed record RuleShape(
    string Id,
    int Version,
    string Name,
    string Trigger,
    string Currency,
    RuleConditions Conditions,
    RuleFormula Formula,
    RuleCaps Caps,
    long? Budget,
    long? BudgetUsed,
    RuleSettle? Settle,
    RuleExpiry Expiry,
    bool Active
)
{
    public static RuleShape Of(RuleState state)
    {
        var rule = state.Rule;
        var b = Json.Read<RuleBody>(rule.Body);
        var settle = b.Formula.Coupon is null ? b.Settle ?? new RuleSettle(EarningRules.SettleDays(b)) : null;
        return new(
            Ids.Show(IdPrefix.Rule, rule.Id),
            rule.RuleVersion,
            b.Name,
            b.Trigger,
            b.Currency,
            b.Conditions ?? new(),
            b.Formula,
            b.Caps ?? new(),
            b.Budget,
            b.Budget is null ? null : state.Used,
            settle,
            b.Expiry ?? new(ExpiryName.Never),
            b.Active
        );
    }
}

/// <summary>Points to be given by hand.</summary>
/// <param name="Amount">1 to 10^12.</param>
/// <param name="Currency">points unless given. Growth may lift the member's tier.</param>
/// <param name="SettleAt">When they become available; at once unless given.</param>
/// <param name="ExpiresAt">The first instant at which they are gone; never unless given.</param>
public sealed record EarnRequest(
    [property: Required, Range(1, Money.Max)] long Amount,
    [property: Required] ReferenceShape Reference,
    [property: StringLength(Currencies.CodeLength)] string? Currency = null,
    [property: Instant] DateTime? SettleAt = null,
    [property: Instant] DateTime? ExpiresAt = null,
    [property: Text(PointsEntry.ReasonLength)] string? Reason = null
);

/// <summary>Something a member did that the brand tells.</summary>
/// <param name="Id">The brand's id of the event, up to 100 characters: it happens once.</param>
/// <param name="Type">check_in, review, share, referral, profile.completed or custom:&lt;type&gt;.</param>
/// <param name="MemberId">Either this or external_id. An unknown external_id makes the member.</param>
/// <param name="Data">What rules look at.</param>
public sealed record EventRequest(
    [property: Required, Text(ReportedEvent.IdLength)] string Id,
    [property: Required, RegularExpression(EarningRules.EventPattern), StringLength(60)] string Type,
    [property: Required, Instant] DateTime OccurredAt,
    [property: Text(60)] string? MemberId = null,
    [property: Text(Member.ExternalIdLength, InPath = true)] string? ExternalId = null,
    EventData? Data = null
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (MemberId is null == (ExternalId is null))
            yield return new("/member_id", "one_of", "Name the member by member_id or by external_id.");
    }

    public Fact ToFact(Guid memberId, IEnumerable<string>? tags) =>
        new(
            Type,
            memberId,
            OccurredAt,
            Data is { Amount: not null } or { Sku: not null } or { Category: not null }
                ? [new(Data.Sku, Data.Category, Data.Amount ?? 0)]
                : [],
            Data?.Channel,
            Data?.Store,
            [.. tags ?? []],
            false
        );
}

/// <summary>What rules look at in an event; everything is optional.</summary>
/// <param name="Amount">Minor units, for per_amount and min_amount.</param>
public sealed record EventData(
    [property: Range(0, Money.Max)] long? Amount = null,
    [property: Text(100)] string? Sku = null,
    [property: Text(100)] string? Category = null,
    [property: Text(100)] string? Channel = null,
    [property: Text(100)] string? Store = null
);

/// <summary>What an event earned.</summary>
/// <param name="Earned">One for each rule that applied; none is no error.</param>
/// <param name="Coupons">Coupons that rules gave, <c>cpn_...</c>; null where the event was reported before rules gave coupons.</param>
public sealed record EventShape(IReadOnlyList<EventEarned> Earned, IReadOnlyList<string>? Coupons = null);

/// <summary>One earning.</summary>
/// <param name="Amount">Points.</param>
/// <param name="EntryId">The ledger's line, <c>ent_...</c></param>
public sealed record EventEarned(string Currency, long Amount, string EntryId);

/// <summary>Earning rules, events, and points given by hand.</summary>
public static class EarningEndpoints
{
    public static IServiceCollection AddEarning(this IServiceCollection services) =>
        services
            .AddScoped<EarningService>()
            .AddScoped<RuleBook>()
            .AddScoped<RulesInForce>()
            .AddScoped<RuleChecks>()
            .AddScoped<EventService>()
            .AddScoped<AdjustService>()
            .AddScoped<IApprovedAct, AdjustAct>();

    public static void MapEarning(this IEndpointRouteBuilder app)
    {
        var rules = app.MapBrand("/v1/earning-rules", "Configuration");
        rules.MapPost("", AddRule);
        rules.MapGet("", ListRules);
        rules.MapGet("{id}", GetRule);
        rules.MapPatch("{id}", ChangeRule);
        app.MapBrand("/v1/events", "Events").MapPost("", ReportEvent);
        app.MapAdjust();
        app.MapBrand("/v1/members/{id}/points/earn", "Points").MapPost("", EarnPoints).RequireIdempotencyKey();
    }

    /// <summary>Adds an earning rule.</summary>
    /// <remarks>
    /// Errors: currency_unknown, tier_unknown, template_unknown, rule_without_limit (422), one_of, out_of_order, not_applicable (400), template_ended, too_many_rules
    /// (409) beyond 200. Points per an amount that an event only reports need a cap or a budget. A rule of coupons has the currency coupons, a formula.coupon, and
    /// neither settle nor expiry; an order that is cancelled or refunded whole loses what of them was not used.
    /// </remarks>
    private static async Task<Results<Created<RuleShape>, ProblemHttpResult>> AddRule(
        RuleBody body,
        RuleBook rules,
        CancellationToken ct
    ) => (await rules.AddAsync(body, ct)).ToCreated(RuleShape.Of);

    /// <summary>Lists the earning rules, oldest first.</summary>
    private static async Task<Ok<Page<RuleShape>>> ListRules(RuleBook rules, CancellationToken ct) =>
        TypedResults.Ok(new Page<RuleShape>([.. (await rules.ReadAsync(null, ct)).Select(RuleShape.Of)], null));

    /// <summary>Reads an earning rule.</summary>
    private static async Task<Results<Ok<RuleShape>, ProblemHttpResult>> GetRule(
        string id,
        RuleBook rules,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Rule, id, out var ruleId) || await rules.ReadAsync(ruleId, ct) is not [var state])
            return Problem.NotFound("earning rule").ToHttp();
        ETags.Show(http, state.Rule.Version);
        return TypedResults.Ok(RuleShape.Of(state));
    }

    /// <summary>Changes an earning rule: a new version for what is earned from now on.</summary>
    /// <remarks>
    /// Trigger and currency stay: another trigger is another rule. If-Match is honoured (412 stale). Errors: tier_unknown, template_unknown, rule_without_limit (422),
    /// one_of, out_of_order, not_applicable (400), template_ended (409).
    /// </remarks>
    private static async Task<Results<Ok<RuleShape>, ProblemHttpResult>> ChangeRule(
        string id,
        RuleChange body,
        RuleBook rules,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Rule, id, out var ruleId)
            ? (await rules.ChangeAsync(ruleId, body.ApplyTo, version => ETags.Stale(http, version), ct)).ToOk(RuleShape.Of)
            : Problem.NotFound("earning rule").ToHttp();

    /// <summary>Reports something a member did. The same id again gets the first answer.</summary>
    /// <remarks>Errors: in_future, one_of (400), event_differs (422) for the same id with other contents, not_found (404) for an unknown member_id.</remarks>
    private static async Task<Results<Ok<EventShape>, ProblemHttpResult>> ReportEvent(
        EventRequest body,
        EventService events,
        TenantScope scope,
        CancellationToken ct
    ) =>
        scope.InFuture(body.OccurredAt, "/occurred_at") is { } future
            ? future.ToHttp()
            : (await events.ReportAsync(body, ct)).ToOk(shape => shape);

    /// <summary>Gives a member points by hand.</summary>
    /// <remarks>Errors: currency_unknown (422), erased_member (409), in_past (400) for an end that has passed or comes before settling.</remarks>
    private static async Task<Results<Created<PointsEntryShape>, ProblemHttpResult>> EarnPoints(
        string id,
        EarnRequest body,
        EarningService earning,
        Currencies currencies,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        var currency = body.Currency ?? Currencies.Points;
        if (!await currencies.ExistsAsync(currency, ct))
            return PointsEndpoints.UnknownCurrency(currency).ToHttp();
        var now = scope.Now;
        if (body.ExpiresAt <= (body.SettleAt > now ? body.SettleAt : now))
            return Problem.Field("/expires_at", "in_past", "Points end after now and after they settle.").ToHttp();
        var expiry = body.ExpiresAt is null ? ExpiryPolicy.Never : ExpiryPolicy.Fixed;
        var request = new NewPoints(
            body.Amount,
            now,
            body.SettleAt ?? now,
            expiry,
            body.Reference.ToReference(),
            body.Reason,
            null,
            body.ExpiresAt
        );
        return (await earning.EarnByHandAsync(memberId, currency, request, ct)).ToCreated(PointsEntryShape.Of);
    }
}
