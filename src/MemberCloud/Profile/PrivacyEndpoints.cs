using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Profile;

/// <summary>What a person may ask of a brand: all that is held on them, and that it be erased.</summary>
public static class PrivacyEndpoints
{
    public static void MapPrivacy(this IEndpointRouteBuilder app)
    {
        var members = app.MapBrand("/v1/members/{id}", "Members");
        members.MapDelete("", EraseMember);
        members.MapGet("export", ExportMember);
    }

    /// <summary>Erases a member: everything personal goes, for good. Again is fine.</summary>
    /// <remarks>
    /// Name, contacts, birthday, attributes, tags, identities and the brand's own id are removed, the key of everything else that is personal is destroyed, tokens stop; points end
    /// with the reason erased, debt is given up. The ledger stays under our id and can be read; whatever else is asked of the member answers 409 erased_member. The brand's own id makes a new member.
    /// Errors: open_checkout (409) while somebody is about to pay.
    /// </remarks>
    private static async Task<Results<NoContent, ProblemHttpResult>> EraseMember(
        string id,
        EraseService erase,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Member, id, out var memberId))
            return Problem.NotFound("member").ToHttp();
        return (await erase.EraseAsync(memberId, ct)).Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();
    }

    /// <summary>Reads all that is held on a member.</summary>
    /// <remarks>One JSON document. Lists in it are not cut into pages; they are sent while they are read.</remarks>
    private static async Task<Results<Ok<ExportShape>, ProblemHttpResult>> ExportMember(
        string id,
        MemberExport export,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Member, id, out var memberId) && await export.ReadAsync(memberId, ct) is { } shape
            ? TypedResults.Ok(shape)
            : Problem.NotFound("member").ToHttp();
}
