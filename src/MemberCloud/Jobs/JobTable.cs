using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Earning;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Jobs;

/// <summary>One job.</summary>
/// <param name="Batch">Subjects in one transaction at most.</param>
/// <param name="MovesWithClock">Its instants are a sandbox clock's; otherwise it goes by the wall clock alone.</param>
public sealed record JobDefinition(string Name, Schedule Schedule, int Batch, Type Type, bool MovesWithClock = true);

/// <summary>Every job, in the order in which they run on one instant: settle, renew, expire points, expire coupons, review tiers, notify.</summary>
public sealed class JobTable
{
    public IReadOnlyList<JobDefinition> Jobs { get; } =
    [
        new("points.settle", Schedule.Every(TimeSpan.FromMinutes(5)), 1000, typeof(SettlePointsJob)),
        new(RenewMembershipsJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), 1000, typeof(RenewMembershipsJob)),
        new(CollectPaymentsJob.Name, Schedule.Every(TimeSpan.FromMinutes(1)), 50, typeof(CollectPaymentsJob)),
        new(GatewayEventsJob.Name, Schedule.Every(TimeSpan.FromMinutes(1)), 50, typeof(GatewayEventsJob), MovesWithClock: false),
        new(ExpireMembershipsJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), 500, typeof(ExpireMembershipsJob)),
        new(ReleaseCheckoutsJob.Name, Schedule.Every(TimeSpan.FromMinutes(1)), 200, typeof(ReleaseCheckoutsJob)),
        new("points.holds", Schedule.Every(TimeSpan.FromMinutes(1)), 1000, typeof(ReleaseHoldsJob)),
        new(ReleasePerksJob.Name, Schedule.Every(TimeSpan.FromMinutes(1)), 200, typeof(ReleasePerksJob)),
        new("points.expire", Schedule.Every(TimeSpan.FromMinutes(5)), 1000, typeof(ExpirePointsJob)),
        new("coupons.expire", Schedule.Every(TimeSpan.FromMinutes(5)), 1000, typeof(ExpireCouponsJob)),
        new(IssueCouponsJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), IssueRules.AtOnce, typeof(IssueCouponsJob)),
        new(BirthdayJob.Name, Birthdays.When, 500, typeof(BirthdayJob)),
        new(BirthdayGiftsJob.Name, Birthdays.When, 200, typeof(BirthdayGiftsJob)),
        new("tiers.review", Schedule.Every(TimeSpan.FromMinutes(5)), 500, typeof(ReviewTiersJob)),
        new(NoticeMembershipsJob.Name, Schedule.Every(TimeSpan.FromHours(1)), 500, typeof(NoticeMembershipsJob)),
        new(IssuePerksJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), 200, typeof(IssuePerksJob)),
        new(NoticePointsJob.Name, NoticePointsJob.When, 500, typeof(NoticePointsJob)),
        new(MakeCodesJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), 2000, typeof(MakeCodesJob), MovesWithClock: false),
        new(SimulationJob.Name, Schedule.Every(TimeSpan.FromMinutes(5)), 500, typeof(SimulationJob), MovesWithClock: false),
        new("ledger.verify", VerifyLedgerJob.When, 500, typeof(VerifyLedgerJob), MovesWithClock: false),
        new("idempotency.prune", Schedule.Every(TimeSpan.FromHours(1)), 5000, typeof(PruneAnswersJob), MovesWithClock: false),
    ];

    public IReadOnlyList<string> Names => [.. Jobs.Select(j => j.Name)];

    public JobDefinition? Find(string name) => Jobs.FirstOrDefault(j => j.Name == name);

    internal static void Add(IServiceCollection services)
    {
        foreach (var job in new JobTable().Jobs)
            services.AddScoped(job.Type);
    }
}
