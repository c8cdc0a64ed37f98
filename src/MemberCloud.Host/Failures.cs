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
        if (exception is OperationCanceledException or IOException && http.RequestAborted.IsCancellationRequested)
            return true;
        var problem = ProblemOf(exception);
        if (problem.Status == 503)
            LogAway(problem.Code, Told.Cause(exception));
        else if (problem.Status >= 500)
            LogFailure(problem.Code, Told.Of(exception));
        await Refusals.WriteAsync(http, problem);
        return true;
    }

    /// <summary>Answers that the framework gives without a body (no such path, wrong method, unreadable media type).</summary>
    public static Task BareStatusAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var problem = status switch
        {
            // The generated code says no more of a parameter that it could not read.
            400 when context.HttpContext.GetEndpoint() is not null => BadParameter,
            404 => new Problem("not_found", "There is no such path.", status),
            405 => new Problem("method_not_allowed", "This path does not take this method.", status),
            408 => TooSlow,
            413 => TooLarge,
            415 => MediaType,
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
            BadHttpRequestException { StatusCode: 413 } => TooLarge,
            BadHttpRequestException { StatusCode: 415 } => MediaType,
            BadHttpRequestException { StatusCode: 408 } => TooSlow,
            BadHttpRequestException bad when bad.Message.Contains("body", StringComparison.OrdinalIgnoreCase) => new(
                "body_not_json",
                "This operation takes a JSON body.",
                400
            ),
            BadHttpRequestException => BadParameter,
            // A charset that nobody knows, or one that is not allowed any more.
            InvalidOperationException or NotSupportedException or ArgumentException when IsCharset(exception) => MediaType,
            _ when OfTheValues(exception) is { } theirs => theirs,
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
            // Not the caller's doing, who is still there: this node stops.
            OperationCanceledException => new("interrupted", "The request was interrupted here; ask again.", 503)
            {
                RetryAfter = 1,
            },
            _ => new("internal", "Something went wrong here; it was noted.", 500),
        };

    private static Problem BadParameter => new("bad_request", "A parameter of the request is not what the operation takes.", 400);

    private static Problem TooSlow => new("request_too_slow", "The body came too slowly.", 408);

    private static Problem TooLarge => new("body_too_large", "The body is larger than this operation takes.", 413);

    private static Problem MediaType => new("media_type_unsupported", "Send application/json.", 415);

    private static bool IsCharset(Exception exception) =>
        exception.Message.Contains("charset", StringComparison.OrdinalIgnoreCase)
        || exception.TargetSite?.DeclaringType == typeof(System.Text.Encoding);

    /// <summary>What no rule checked, and the database or the arithmetic cannot hold: the values are to blame, not we.</summary>
    private static Problem? OfTheValues(Exception exception) =>
        exception switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter
            } => new("bad_characters", "A value holds characters that no text has.", 400),
            PostgresException
            {
                SqlState: PostgresErrorCodes.StringDataRightTruncation
                    or PostgresErrorCodes.NumericValueOutOfRange
                    or PostgresErrorCodes.DatetimeFieldOverflow
                    or PostgresErrorCodes.ProgramLimitExceeded
            }
            or OverflowException => new("out_of_range", "A value is larger than can be held.", 400),
            Microsoft.EntityFrameworkCore.DbUpdateException { InnerException: { } inner } => OfTheValues(inner),
            _ => null,
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
            // Busy, locked, disk error, disk full, cannot open.
            SqliteException { SqliteErrorCode: 5 or 6 or 10 or 13 or 14 } => true,
            { InnerException: { } inner } => IsAway(inner),
            _ => false,
        };

    /// <summary>A line a request, no more: while the database is away there are many.</summary>
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Code}: {What}")]
    private partial void LogAway(string code, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Code}: {What}")]
    private partial void LogFailure(string code, string what);
}

/// <summary>An exception as it may be logged: types, places, codes of the database; messages only of those that never quote a value.</summary>
public static class Told
{
    private const int Longest = 8000;

    public static string Of(Exception exception)
    {
        var told = new System.Text.StringBuilder();
        for (var error = exception; error is not null; error = error.InnerException)
            told.Append(error.GetType().FullName).Append(MessageOf(error)).Append('\n').Append(error.StackTrace).Append('\n');
        return told.Length > Longest ? told.ToString(0, Longest) : told.ToString();
    }

    /// <summary>What was at the bottom of it, in one line.</summary>
    public static string Cause(Exception exception)
    {
        var cause = exception.GetBaseException();
        return cause.GetType().Name + MessageOf(cause);
    }

    private static string MessageOf(Exception error) =>
        error switch
        {
            PostgresException p => $" {p.SqlState} {p.TableName} {p.ConstraintName}",
            SqliteException or NpgsqlException or TimeoutException or InvalidOperationException => $" {error.Message}",
            _ => "",
        };
}
