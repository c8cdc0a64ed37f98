using System.Text.RegularExpressions;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Jobs;

/// <summary>A job as it stands on this brand.</summary>
/// <param name="Schedule">In the brand's zone.</param>
/// <param name="LastRun">The brand's time of the last complete run.</param>
/// <param name="NextLook">By the wall clock.</param>
/// <param name="Name">For example points.expire.</param>
public sealed record JobShape(string Name, string Schedule, DateTime? LastRun, DateTime? NextLook);

/// <summary>One run that found something to look at, or failed.</summary>
/// <param name="At">The brand's time it worked at.</param>
/// <param name="TookMs">Milliseconds.</param>
/// <param name="Reasons">What could not be done, a line each.</param>
/// <param name="Job">Its name.</param>
/// <param name="StartedAt">When it began, by the wall clock.</param>
/// <param name="Looked">Rows looked at.</param>
/// <param name="Changed">Rows changed.</param>
/// <param name="Failed">Rows that could not be done.</param>
public sealed record JobRunShape(
    string Id,
    string Job,
    DateTime At,
    DateTime StartedAt,
    long TookMs,
    int Looked,
    int Changed,
    int Failed,
    string? Reasons
)
{
    public static JobRunShape Of(JobRun r) =>
        new(Ids.Show(IdPrefix.Run, r.Id), r.Job, r.At, r.StartedAt, r.TookMs, r.Looked, r.Changed, r.Failed, r.Reasons);
}

/// <summary>Where a sandbox's clock is to go: exactly one of the two.</summary>
/// <param name="AdvanceTo">An instant from now on, at most 100 years ahead.</param>
/// <param name="Advance">An ISO 8601 duration of years, months, weeks, days, hours, minutes: P1M, P7D, PT90M. Counted on the brand's wall clock.</param>
public sealed partial record ClockRequest([property: Instant] DateTime? AdvanceTo = null, string? Advance = null) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (AdvanceTo is null == (Advance is null))
            yield return new("/advance_to", "one_of", "Give advance_to or advance.");
        if (
            Advance is not null
            && !(
                Duration().Match(Advance) is { Success: true, Length: > 2 } match
                && match.Groups.Values.Skip(1).Any(g => g.Success)
            )
        )
            yield return new("/advance", "bad_format", "A duration is ISO 8601, for example P1M or PT90M.");
    }

    public DateTime From(DateTime now, LocalTime local)
    {
        if (AdvanceTo is { } to)
            return to;
        var match = Duration().Match(Advance!);
        int Part(string name) =>
            match.Groups[name].Success
                ? int.Parse(match.Groups[name].Value, System.Globalization.CultureInfo.InvariantCulture)
                : 0;
        var day = local.PlusDays(local.PlusMonths(now, Part("y") * 12 + Part("m")), Part("w") * 7 + Part("d"));
        return day.AddHours(Part("h")).AddMinutes(Part("min"));
    }

    [GeneratedRegex(
        @"^P(?:(?<y>\d{1,2})Y)?(?:(?<m>\d{1,3})M)?(?:(?<w>\d{1,3})W)?(?:(?<d>\d{1,4})D)?(?:T(?:(?<h>\d{1,5})H)?(?:(?<min>\d{1,6})M)?)?$"
    )]
    private static partial Regex Duration();
}

/// <summary>A sandbox's clock.</summary>
/// <param name="Now">Where it stands.</param>
/// <param name="Target">Where it is being moved to; null when it stands.</param>
/// <param name="RunId">Only when the move goes on beyond this answer.</param>
/// <param name="Runs">What the jobs did on the way.</param>
public sealed record ClockShape(DateTime Now, DateTime? Target, string? RunId = null, IReadOnlyList<JobTotal>? Runs = null);

/// <summary>Jobs, their runs, and the clock of a sandbox.</summary>
public static class JobsEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);
    private const int MaxYears = 100;

    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        JobTable.Add(services);
        return services
            .AddSingleton<JobTable>()
            .AddSingleton<JobRunner>()
            .AddSingleton<ClockMover>()
            .AddScoped<LedgerCheckpoint>()
            .AddScoped<Points.PointsSweep>();
    }

    public static void MapJobs(this IEndpointRouteBuilder app)
    {
        var jobs = app.MapBrand("/v1/jobs", "Operations");
        jobs.MapGet("", ListJobs);
        jobs.MapGet("{name}/runs", ListRuns);
        jobs.MapPost("{name}/run", RunJob).WithMetadata(new AnswersAfterwards()).TakesLong();
        var clock = app.MapBrand("/v1/test-clock", "Operations");
        clock.MapGet("", GetClock);
        clock.MapPost("", MoveClock).WithMetadata(new AnswersAfterwards()).TakesLong();
    }

    /// <summary>Lists the jobs, in the order in which they run on one instant.</summary>
    private static async Task<Ok<Page<JobShape>>> ListJobs(
        JobTable table,
        TenantDirectory directory,
        TenantScope scope,
        CancellationToken ct
    )
    {
        var due = (await directory.DueOfAsync(scope.Id, ct)).ToDictionary(d => d.Job);
        return TypedResults.Ok(
            new Page<JobShape>(
                [
                    .. table.Jobs.Select(j => new JobShape(
                        j.Name,
                        j.Schedule.ToString(),
                        due.GetValueOrDefault(j.Name)?.LastRun,
                        due.GetValueOrDefault(j.Name)?.NextDue
                    )),
                ],
                null
            )
        );
    }

    /// <summary>Lists a job's runs that found something to look at or failed, newest first.</summary>
    private static async Task<Results<Ok<Page<JobRunShape>>, ProblemHttpResult>> ListRuns(
        string name,
        [AsParameters] PageRequest page,
        JobTable table,
        MemberCloudDb db,
        CancellationToken ct
    )
    {
        if (table.Find(name) is null)
            return Problem.NotFound("job").ToHttp();
        var list = $"runs:{name}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<JobRun>().AsNoTracking().Where(r => r.Job == name);
        if (Ids.TryRead(IdPrefix.Run, after.Value, out var last))
            rows = rows.Where(r => r.Id.CompareTo(last) < 0);
        var found = await rows.OrderByDescending(r => r.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(Page.From(found, page, list, r => Ids.Show(IdPrefix.Run, r.Id), JobRunShape.Of));
    }

    /// <summary>Runs a job on this brand now. Sandbox only.</summary>
    /// <remarks>Errors: not_a_sandbox (409), not_found (404) for an unknown job.</remarks>
    private static async Task<Results<Ok<JobTotalShape>, ProblemHttpResult>> RunJob(
        string name,
        JobTable table,
        JobRunner runner,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        if (table.Find(name) is not { } job)
            return Problem.NotFound("job").ToHttp();
        if (scope.Tenant.Mode != TenantMode.Sandbox)
            return Problem.Conflict("not_a_sandbox", "Jobs of a live brand run by their schedule.").ToHttp();
        var tally = await runner.RunNowAsync(http.RequestServices, job, ct);
        return TypedResults.Ok(new JobTotalShape(name, tally.Looked, tally.Changed, tally.Failed));
    }

    /// <summary>Reads a sandbox's clock.</summary>
    /// <remarks>Errors: not_a_sandbox (409).</remarks>
    private static Results<Ok<ClockShape>, ProblemHttpResult> GetClock(TenantScope scope) =>
        scope.Tenant.Mode == TenantMode.Sandbox
            ? TypedResults.Ok(new ClockShape(scope.Now, scope.Tenant.ClockTarget))
            : Problem.Conflict("not_a_sandbox", "Only a sandbox has a test clock.").ToHttp();

    /// <summary>Moves a sandbox's clock forward, running on the way whatever falls due.</summary>
    /// <remarks>
    /// A move that takes longer than 50 s answers 202 and goes on: its target is read with GET. Errors: not_a_sandbox, clock_moving,
    /// clock_backwards (409), one_of, out_of_range (400) beyond 100 years.
    /// </remarks>
    private static async Task<Results<Ok<ClockShape>, Accepted<ClockShape>, ProblemHttpResult>> MoveClock(
        ClockRequest body,
        ClockMover mover,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (
            body.From(scope.Now, scope.Tenant.Local) is var to
            && (to > scope.Now.AddYears(MaxYears) || !new InstantAttribute().IsValid(to))
        )
            return Problem
                .Field("/advance_to", "out_of_range", $"A move goes at most {MaxYears} years ahead, and not beyond 2199.")
                .ToHttp();
        var result = await mover.MoveAsync(scope.Id, now => body.From(now, scope.Tenant.Local), Patience, ct);
        if (result.Problem is { } problem)
            return problem.ToHttp();
        var shape = new ClockShape(
            result.Value.Now,
            result.Value.Target,
            Ids.Show(IdPrefix.Run, result.Value.RunId),
            result.Value.Runs
        );
        return result.Value.Target is null ? TypedResults.Ok(shape) : TypedResults.Accepted((string?)null, shape);
    }
}

/// <summary>What running a job did.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Looked">Rows looked at.</param>
/// <param name="Changed">Rows changed.</param>
/// <param name="Failed">Rows that could not be done.</param>
public sealed record JobTotalShape(string Job, int Looked, int Changed, int Failed);
