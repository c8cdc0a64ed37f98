using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Earning;

/// <summary>
/// Gives what perks of the kind birthday_gift say: coupons or points, once a year, on the local day, to who has the perk then. Who gets it later in the year celebrates the next one.
/// </summary>
public sealed class BirthdayGiftsJob(
    Transactions transactions,
    EarningService earning,
    Entitlements entitlements,
    PackService packs,
    TenantScope scope
) : ITenantJob
{
    public const string Name = "perks.birthday";

    /// <summary>Points of a gift end after so many months.</summary>
    private const int PointsMonths = 12;

    public async Task<DateTime?> NextDueAsync(JobProgress progress, CancellationToken ct) =>
        (await earning.RulesAsync(ct)).Perks.AnyBirthdayGifts
            ? Birthdays.When.NextAfter(progress.LastRun ?? scope.Tenant.CreatedAt, scope.Tenant.Local)
            : null;

    public async Task<JobOutcome> RunAsync(JobProgress progress, int batch, CancellationToken ct)
    {
        var found = await Birthdays.CelebratedAsync(transactions.Db, scope, Name, progress, batch, ct);
        var (given, failures) = await OneByOne.RunAsync(
            found,
            some => GiveAsync(some[0].MemberId, some[0].Day, ct),
            f => Ids.Show(IdPrefix.Member, f.MemberId)
        );
        return new(found.Count, given, found.Count == batch && failures.Count == 0, Failures: failures);
    }

    /// <summary>How many gifts. The effect is stored with them, also where there is none.</summary>
    private Task<int> GiveAsync(Guid memberId, DateOnly day, CancellationToken ct) =>
        transactions.RunAsync(
            async () =>
            {
                var held = await MemberService.HoldAsync(transactions.Door, memberId, ct);
                transactions.Db.Add(Birthdays.Effect(scope, Name, memberId, day));
                await transactions.Db.SaveChangesAsync(ct);
                if (held.Refused)
                    return 0;
                var gifts = (await entitlements.OfAsync(held.Value, ct))
                    .Where(p => p.Body is { Kind: PerkKind.BirthdayGift, Active: true })
                    .ToList();
                foreach (var gift in gifts)
                    await GiveAsync(held.Value.Id, gift, day, ct);
                return gifts.Count;
            },
            ct
        );

    private async Task GiveAsync(Guid member, HeldPerk gift, DateOnly day, CancellationToken ct)
    {
        if (gift.Body.Config?.Points is { } points)
        {
            var since = scope.Tenant.Local.StartOf(day);
            var source = new Reference("birthday_gift", $"{Birthdays.Year(day)} {Ids.Show(IdPrefix.Perk, gift.Id)}");
            var given = await earning.EarnByHandAsync(
                member,
                Currencies.Points,
                new(points, since, since, new(ExpiryKind.Months, PointsMonths), source),
                ct
            );
            if (given.Refused)
                throw new InvalidOperationException($"A birthday gift was refused: {given.Problem!.Code}.");
            return;
        }
        var store = new StoreBatch();
        await packs.GiveAsync(member, gift, 1, store, ct);
        await transactions.Door.StoreAsync(store, ct);
    }
}
