using MemberCloud.Jobs;
using Quartz;

namespace MemberCloud.Host;

/// <summary>Quartz.NET as the clock that calls the job runner: one trigger a job, every minute. What is due, and whose turn it is, the due list knows.</summary>
public static class Scheduler
{
    public static void AddScheduler(this IServiceCollection services, IConfiguration settings)
    {
        var tick = TimeSpan.FromSeconds(settings.GetValue("Jobs:TickSeconds", 60));
        services.AddQuartz(quartz =>
        {
            foreach (var job in new JobTable().Jobs)
            {
                var key = new JobKey(job.Name);
                quartz.AddJob<TickJob>(configure => configure.WithIdentity(key));
                quartz.AddTrigger(trigger =>
                    trigger.ForJob(key).StartNow().WithSimpleSchedule(every => every.WithInterval(tick).RepeatForever())
                );
            }
            var clock = new JobKey("clock.resume");
            quartz.AddJob<ResumeMovesJob>(configure => configure.WithIdentity(clock));
            quartz.AddTrigger(trigger =>
                trigger.ForJob(clock).StartNow().WithSimpleSchedule(every => every.WithInterval(tick).RepeatForever())
            );
        });
        services.AddQuartzHostedService(options => options.WaitForJobsToComplete = true);
    }

    /// <summary>One tick of one job. The runner logs and records what fails; the next tick comes anyway. A host that stops lets it finish its batch.</summary>
    [DisallowConcurrentExecution]
    public sealed class TickJob(JobRunner runner, JobTable table, IHostApplicationLifetime life) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await runner.RunDueAsync(table.Find(context.JobDetail.Key.Name)!, cancellationToken, life.ApplicationStopping);
    }

    /// <summary>Carries on clock moves whose mover died.</summary>
    [DisallowConcurrentExecution]
    public sealed class ResumeMovesJob(ClockMover mover) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) =>
            await mover.ResumeAsync(cancellationToken);
    }
}
