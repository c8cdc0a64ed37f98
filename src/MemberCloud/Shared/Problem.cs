using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace MemberCloud.Shared;

/// <summary>Why something was refused: a stable code for programs, a sentence for people, the HTTP status for both (RFC 9457).</summary>
public sealed record Problem(string Code, string Detail, int Status)
{
    /// <summary>The fields that are wrong, each with a JSON pointer (RFC 6901) and a code of its own.</summary>
    public IReadOnlyList<FieldProblem> Errors { get; init; } = [];

    /// <summary>Seconds after which trying again makes sense, sent as <c>Retry-After</c>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>What a caller needs beside the code, as further members of the document (RFC 9457 section 3.2).</summary>
    public IReadOnlyDictionary<string, object?> Extra { get; init; } = new Dictionary<string, object?>();

    /// <summary>One wrong field.</summary>
    public static Problem Field(string pointer, string code, string message) =>
        new(code, message, StatusCodes.Status400BadRequest) { Errors = [new(pointer, code, message)] };

    /// <summary>An id that is unknown, malformed or another tenant's: all three look the same from outside.</summary>
    public static Problem NotFound(string what) => new("not_found", $"There is no such {what}.", StatusCodes.Status404NotFound);

    public static Problem Conflict(string code, string detail) => new(code, detail, StatusCodes.Status409Conflict);

    public static Problem Contradiction(string code, string detail) =>
        new(code, detail, StatusCodes.Status422UnprocessableEntity);

    /// <summary>The one place where a problem becomes problem+json.</summary>
    public ProblemHttpResult ToHttp()
    {
        var details = new ProblemDetails
        {
            Type = $"urn:membercloud:problem:{Code}",
            Title = Titles.Of(Status),
            Status = Status,
            Detail = Detail,
        };
        details.Extensions["code"] = Code;
        if (Errors.Count > 0)
            details.Extensions["errors"] = Errors;
        foreach (var (name, value) in Extra)
            details.Extensions[name] = value;
        if (RetryAfter is { } seconds)
            details.Extensions["retry_after"] = seconds;
        return TypedResults.Problem(details);
    }
}

/// <summary>Endpoint filter: who is told to wait is told how long in the header field too.</summary>
public static class RetryAfter
{
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var answer = await next(context);
        var inner = answer is INestedHttpResult nested ? nested.Result : answer;
        if (inner is ProblemHttpResult problem && problem.ProblemDetails.Extensions.TryGetValue("retry_after", out var seconds))
            context.HttpContext.Response.Headers.RetryAfter = $"{seconds}";
        return answer;
    }
}

/// <summary>One wrong field of a request.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) into the request; /headers/... for a header, /name for a query parameter.</param>
/// <param name="Code">lower_snake_case, stable.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record FieldProblem(
    [property: JsonPropertyName("pointer")] string Pointer,
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message
);

/// <summary>Thrown at the border only (reading a request, a credential); everything that decides returns a <see cref="Result{T}"/>.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}

/// <summary>A problem as it is shown (RFC 9457).</summary>
/// <param name="Code">lower_snake_case, stable: what a program decides by.</param>
/// <param name="Detail">A sentence for people.</param>
/// <param name="Errors">The wrong fields of a request, each with a JSON pointer and a code of its own.</param>
/// <param name="TraceId">Finds the request in our logs.</param>
/// <param name="Type">urn:membercloud:problem: and the code.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The HTTP status.</param>
public sealed record ProblemShape(
    string Type,
    string Title,
    int Status,
    string Code,
    string Detail,
    string TraceId,
    IReadOnlyList<FieldProblem>? Errors = null
);

internal static class Titles
{
    public static string Of(int status) =>
        status switch
        {
            400 => "Bad request",
            401 => "Not signed in",
            403 => "Not allowed",
            404 => "Not found",
            409 => "Conflict",
            408 => "Too slow",
            410 => "Gone",
            413 => "Too large",
            414 => "Too long",
            415 => "Unsupported media type",
            422 => "Contradicts what is stored",
            429 => "Too many requests",
            503 => "Not available now",
            504 => "Took too long",
            _ => "Error",
        };
}
