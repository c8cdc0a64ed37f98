using System.ComponentModel.DataAnnotations;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace MemberCloud.Members;

/// <summary>What a member agreed to, or took back.</summary>
/// <param name="Purpose">What for, for example marketing.email: up to 40 of a-z, 0-9, _ and ., beginning with a letter.</param>
/// <param name="TextVersion">Which text the member saw, up to 60 characters.</param>
/// <param name="Granted">false takes it back.</param>
/// <param name="At">When the member said so; now unless given, not in the future.</param>
/// <param name="Channel">Where, up to 40 characters.</param>
/// <param name="Proof">What proves it, up to 2,000 characters. Kept under the member's own key, gone when the member is erased.</param>
public sealed record NewConsent(
    [property: Required, RegularExpression("[a-z][a-z0-9_.]*"), StringLength(Consent.PurposeLength)] string Purpose,
    [property: Required, Text(Consent.TextVersionLength)] string TextVersion,
    [property: Required] bool? Granted,
    [property: Instant] DateTime? At = null,
    [property: Text(Consent.ChannelLength)] string? Channel = null,
    [property: Text(Consent.ProofLength)] string? Proof = null
);

/// <summary>A consent as it was recorded.</summary>
/// <param name="At">When the member said so; of one purpose the latest counts.</param>
/// <param name="Proof">Null when none was given, or the member was erased.</param>
public sealed record ConsentShape(
    string Id,
    string MemberId,
    string Purpose,
    string TextVersion,
    bool Granted,
    DateTime At,
    string? Channel,
    string? Proof,
    DateTime RecordedAt
) : IPersonal
{
    string IPersonal.Whose => MemberId;

    public static ConsentShape Of(Consent c, string? proof) =>
        new(
            Ids.Show(IdPrefix.Consent, c.Id),
            Ids.Show(IdPrefix.Member, c.MemberId),
            c.Purpose,
            c.TextVersion,
            c.Granted,
            c.At,
            c.Channel,
            proof,
            c.RecordedAt
        );
}

/// <summary>What members agreed to.</summary>
public static class ConsentsEndpoints
{
    public static void MapConsents(this IEndpointRouteBuilder app)
    {
        var consents = app.MapBrand("/v1/members/{id}/consents", "Members");
        consents.MapPost("", AddConsent);
        consents.MapGet("", ListConsents);
    }

    /// <summary>Records that a member agreed to something, or took it back.</summary>
    /// <remarks>Nothing recorded before is changed. Errors: in_future (400), erased_member, too_many_consents (409) beyond 1,000 of a member.</remarks>
    private static async Task<Results<Created<ConsentShape>, ProblemHttpResult>> AddConsent(
        string id,
        NewConsent body,
        ConsentService consents,
        TenantScope scope,
        CancellationToken ct
    ) =>
        scope.InFuture(body.At, "/at") is { } future ? future.ToHttp()
        : Ids.TryRead(IdPrefix.Member, id, out var memberId)
            ? (await consents.AddAsync(memberId, body, ct)).ToCreated(c => ConsentShape.Of(c, body.Proof))
        : Problem.NotFound("member").ToHttp();

    /// <summary>Lists a member's consents, newest first; with current=true only what counts now, one per purpose.</summary>
    /// <param name="current">true: only the latest of each purpose.</param>
    private static async Task<Results<Ok<Page<ConsentShape>>, ProblemHttpResult>> ListConsents(
        string id,
        [AsParameters] PageRequest page,
        MemberService members,
        ConsentService consents,
        CancellationToken ct,
        bool current = false
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        if (current)
            return TypedResults.Ok(new Page<ConsentShape>(await consents.CurrentAsync(member.Id, ct), null));
        var list = $"consents:{id}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        Guid? before = Ids.TryRead(IdPrefix.Consent, after.Value, out var last) ? last : null;
        var rows = await consents.ListAsync(member.Id, before, page.Size + 1, ct);
        return TypedResults.Ok(Page.From(rows, page, list, c => c.Id, c => c));
    }
}
