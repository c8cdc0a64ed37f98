using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Members;

/// <summary>A segment to be kept.</summary>
/// <param name="Name">Up to 100 characters, unlike that of every other segment.</param>
/// <param name="Filter">Which members.</param>
public sealed record SegmentRequest(
    [property: Required, Text(Segment.NameLength, IsName = true)] string Name,
    [property: Required] SegmentFilter Filter
);

/// <summary>What to change of a segment; what is absent stays.</summary>
/// <param name="Name">Up to 100 characters, unlike that of every other segment.</param>
/// <param name="Filter">In place of the whole filter before.</param>
public sealed record SegmentChange(
    [property: Text(Segment.NameLength, IsName = true)] string? Name = null,
    SegmentFilter? Filter = null
);

/// <summary>A segment.</summary>
/// <param name="Id"><c>seg_...</c></param>
/// <param name="Filter">Which members.</param>
public sealed record SegmentShape(string Id, string Name, SegmentFilter Filter, DateTime CreatedAt)
{
    public static SegmentShape Of(Segment s) =>
        new(Ids.Show(IdPrefix.Segment, s.Id), s.Name, Json.Read<SegmentFilter>(s.Filter), s.CreatedAt);
}

/// <summary>Whom a segment matches now.</summary>
/// <param name="Members">How many members were counted.</param>
/// <param name="Complete">False when there are more than could be counted in two seconds.</param>
/// <param name="Sample">Ids of the first of them, at most 10, by when they were made.</param>
public sealed record SegmentPreview(long Members, bool Complete, IReadOnlyList<string> Sample)
{
    public static SegmentPreview Of(SegmentCount count) =>
        new(count.Members, count.IsComplete, [.. count.First.Select(id => Ids.Show(IdPrefix.Member, id))]);
}

/// <summary>Saved filters of members.</summary>
public static class SegmentsEndpoints
{
    public static IServiceCollection AddSegments(this IServiceCollection services) =>
        services.AddScoped<Segments>().AddScoped<SegmentService>().AddScoped<ISegmentPart, SegmentByProfile>();

    public static void MapSegments(this IEndpointRouteBuilder app)
    {
        var segments = app.MapBrand("/v1/segments", "Configuration");
        segments.MapPost("", AddSegment);
        segments.MapGet("", ListSegments);
        segments.MapGet("{id}", GetSegment);
        segments.MapPatch("{id}", ChangeSegment);
        segments.MapDelete("{id}", RemoveSegment);
        segments.MapGet("{id}/preview", PreviewSegment);
    }

    /// <summary>Keeps a filter of members under a name.</summary>
    /// <remarks>
    /// All parts given must hold. Errors: segment_empty_filter, not_applicable, one_of, out_of_order (400), segment_exists, too_many_segments (409) beyond 200, tier_unknown,
    /// plan_unknown, attribute_unknown, attribute_type_mismatch (422).
    /// </remarks>
    private static async Task<Results<Created<SegmentShape>, ProblemHttpResult>> AddSegment(
        SegmentRequest body,
        SegmentService segments,
        CancellationToken ct
    ) => (await segments.AddAsync(body, ct)).ToCreated(SegmentShape.Of);

    /// <summary>Lists the segments, oldest first.</summary>
    private static async Task<Ok<Page<SegmentShape>>> ListSegments(SegmentService segments, CancellationToken ct) =>
        TypedResults.Ok(new Page<SegmentShape>([.. (await segments.AllAsync(ct)).Select(SegmentShape.Of)], null));

    /// <summary>Reads a segment.</summary>
    private static async Task<Results<Ok<SegmentShape>, ProblemHttpResult>> GetSegment(
        string id,
        SegmentService segments,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (await segments.FindAsync(id, ct) is not { } segment)
            return Problem.NotFound("segment").ToHttp();
        ETags.Show(http, segment.Version);
        return TypedResults.Ok(SegmentShape.Of(segment));
    }

    /// <summary>Changes a segment. What is under way by it goes on with the filter it began with.</summary>
    /// <remarks>
    /// If-Match is honoured (412 stale). Errors: segment_empty_filter, not_applicable, one_of, out_of_order (400), segment_exists (409), tier_unknown, plan_unknown,
    /// attribute_unknown, attribute_type_mismatch (422).
    /// </remarks>
    private static async Task<Results<Ok<SegmentShape>, ProblemHttpResult>> ChangeSegment(
        string id,
        SegmentChange body,
        SegmentService segments,
        HttpContext http,
        CancellationToken ct
    ) =>
        Ids.TryRead(IdPrefix.Segment, id, out var segmentId)
            ? (await segments.ChangeAsync(segmentId, body, version => ETags.Stale(http, version), ct)).ToOk(SegmentShape.Of)
            : Problem.NotFound("segment").ToHttp();

    /// <summary>Removes a segment. Its members are not touched.</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveSegment(
        string id,
        SegmentService segments,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Segment, id, out var segmentId))
            return Problem.NotFound("segment").ToHttp();
        var removed = await segments.RemoveAsync(segmentId, ct);
        return removed.Problem is { } problem ? problem.ToHttp() : TypedResults.NoContent();
    }

    /// <summary>Counts the members a segment matches now.</summary>
    /// <remarks>Counts for two seconds at most: complete says whether that was enough.</remarks>
    private static async Task<Results<Ok<SegmentPreview>, ProblemHttpResult>> PreviewSegment(
        string id,
        SegmentService segments,
        Segments members,
        CancellationToken ct
    ) =>
        await segments.FindAsync(id, ct) is { } segment
            ? TypedResults.Ok(
                SegmentPreview.Of(await members.CountAsync(Json.Read<SegmentFilter>(segment.Filter), Segments.CountFor, ct))
            )
            : Problem.NotFound("segment").ToHttp();
}
