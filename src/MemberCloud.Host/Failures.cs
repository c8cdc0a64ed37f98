using System.Text.Json;
using MemberCloud.Data;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MemberCloud.Host;

/// <summary>Foreign errors, translated at the border: whatever goes wrong is answered with problem+json and a stable code.</summary>
public sealed partial class Failures(ILogger<Failures> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (exception is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
            return true;
        var problem = ProblemOf(exception);
        if (problem.Status >= 500)
            LogFailure(exception, problem.Code, http.TraceIdentifier);
        if (problem.RetryAfter is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await problem.ToHttp().ExecuteAsync(http);
        return true;
    }

    /// <summary>Answers that the framework gives without a body (no such path, wrong method, unreadable media type).</summary>
    public static Task BareStatusAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var problem = status switch
        {
            404 => new Problem("not_found", "There is no such path.", status),
            405 => new Problem("method_not_allowed", "This path does not take this method.", status),
            415 => new Problem("media_type_unsupported", "Send application/json.", status),
            _ => new Problem("refused", "The request was refused.", status),
        };
        return problem.ToHttp().ExecuteAsync(context.HttpContext);
    }

    private static Problem ProblemOf(Exception exception) =>
        exception switch
        {
            ProblemException known => known.Problem,
            BadHttpRequestException { InnerException: JsonException json } => JsonProblems.Of(json),
            JsonException json => JsonProblems.Of(json),
            BadHttpRequestException { StatusCode: 413 } => new("body_too_large", "The body is larger than 8 MiB.", 413),
            BadHttpRequestException { StatusCode: 415 } => new("media_type_unsupported", "Send application/json.", 415),
            BadHttpRequestException bad when bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) => new(
                "body_not_json",
                "This operation takes a JSON body.",
                400
            ),
            BadHttpRequestException => new("bad_request", "A parameter of the request is not what the operation takes.", 400),
            PostgresException
            {
                SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter
            } => new("bad_characters", "A value holds characters that no text has.", 400),
            _ when IsAway(exception) => new("database_away", "The database cannot be reached; try again.", 503)
            {
                RetryAfter = 2,
            },
            _ when Transactions.LostRace(exception) => new(
                "conflict",
                "Others changed the same rows at the same time, again and again; try again.",
                409
            )
            {
                RetryAfter = 1,
            },
            _ => new("internal", "Something went wrong here; it was noted.", 500),
        };

    private static bool IsAway(Exception exception) =>
        exception switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.AdminShutdown
                    or PostgresErrorCodes.CannotConnectNow
                    or PostgresErrorCodes.CrashShutdown
                    or PostgresErrorCodes.TooManyConnections
            } => true,
            PostgresException => false,
            NpgsqlException or TimeoutException => true,
            SqliteException { SqliteErrorCode: 5 or 6 } => true,
            { InnerException: { } inner } => IsAway(inner),
            _ => false,
        };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Code} on request {Trace}")]
    private partial void LogFailure(Exception exception, string code, string trace);
}
