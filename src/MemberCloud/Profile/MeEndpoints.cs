using System.Globalization;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>What a member's page shows and does, by the member's own token: the brand's operations, with the member named by the token.</summary>
public static class MeEndpoints
{
    public static void MapMe(this IEndpointRouteBuilder app)
    {
        var me = app.MapBrand("/v1/me", "Me");
        me.MapGet("", GetMe);
        me.MapGet("points", GetMyPoints);
        me.MapGet("points/entries", ListMyEntries);
        me.MapGet("perks", ListMyPerks);
        me.MapPost("check-ins", CheckIn);
        app.MapMyCoupons();
        app.MapMyPrices();
        app.MapMyMemberships();
    }

    /// <summary>Reads the member's own summary: tier, points and what else they hold, as of now.</summary>
    private static Task<Results<Ok<SummaryShape>, ProblemHttpResult>> GetMe(
        ProfileService profile,
        MemberService members,
        MemberPerks perks,
        TenantScope scope,
        CancellationToken ct
    ) => ProfileEndpoints.GetSummary(Me(scope), profile, members, perks, scope, ct);

    /// <summary>Reads what the member has of one currency, lot by lot, now or as of any past instant.</summary>
    /// <remarks>Errors: in_future, bad_format (400), currency_unknown (422).</remarks>
    /// <param name="currency">points, growth, or one of the brand's own.</param>
    private static Task<Results<Ok<PointsShape>, ProblemHttpResult>> GetMyPoints(
        [AsParameters] AsOfRequest asked,
        MemberService members,
        Currencies currencies,
        PointsReads reads,
        PointsHistory history,
        TenantScope scope,
        CancellationToken ct,
        string currency = Currencies.Points
    ) => PointsEndpoints.GetPoints(Me(scope), asked, members, currencies, reads, history, ct, currency);

    /// <summary>Lists the lines of the member's own ledger, newest first: all of them, or those recorded by a past instant.</summary>
    /// <remarks>Errors: in_future, bad_format (400), currency_unknown (422).</remarks>
    /// <param name="currency">points, growth, or one of the brand's own.</param>
    private static Task<Results<Ok<Page<PointsEntryShape>>, ProblemHttpResult>> ListMyEntries(
        [AsParameters] PageRequest page,
        [AsParameters] AsOfRequest asked,
        MemberService members,
        Currencies currencies,
        PointsHistory history,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct,
        string currency = Currencies.Points
    ) => PointsEndpoints.ListEntries(Me(scope), page, asked, members, currencies, history, db, ct, currency);

    /// <summary>Lists the perks the member has now, by tier and paid plans, with what is left of each.</summary>
    private static Task<Results<Ok<Page<MemberPerkShape>>, ProblemHttpResult>> ListMyPerks(
        MemberService members,
        MemberPerks perks,
        TenantScope scope,
        CancellationToken ct
    ) => PerkUseEndpoints.ListMemberPerks(Me(scope), members, perks, ct);

    /// <summary>Checks the member in: once a local day of the brand; again the same day gets the first answer.</summary>
    /// <remarks>Earns what the brand's rules for check_in give.</remarks>
    private static async Task<Results<Ok<EventShape>, ProblemHttpResult>> CheckIn(
        EventService events,
        TenantScope scope,
        CancellationToken ct
    )
    {
        var today = scope.Tenant.Local.DateOf(scope.Now).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var id = $"check_in:{Me(scope)}:{today}";
        var report = new EventRequest(id, "check_in", scope.Now, MemberId: Me(scope));
        return (await events.ReportAsync(report, ct, byIdAlone: true)).ToOk(shape => shape);
    }

    internal static string Me(TenantScope scope) => Ids.Show(IdPrefix.Member, scope.Caller.SubjectId!.Value);
}
