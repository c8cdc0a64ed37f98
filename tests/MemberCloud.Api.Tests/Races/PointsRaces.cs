using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>Many want the same points at the same moment.</summary>
public sealed class PointsRaces(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Of_64_racers_for_the_last_100_points_exactly_100_spends_succeed(string engine)
    {
        var brand = await NewBrand(engine);
        var member = await brand.Member("ann");
        (await brand.Earn(member, 60)).Must(201);
        (await brand.Earn(member, 40)).Must(201);

        var answers = (
            await AtOnce(
                64,
                async _ => new[] { await brand.Spend(member, 1), await brand.Spend(member, 1), await brand.Spend(member, 1) }
            )
        )
            .SelectMany(a => a)
            .ToList();

        Assert.Equal(100, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "points_insufficient"));
        Assert.Equal("0/0", await brand.Balance(member));
        Assert.Equal(100, answers.Where(a => a.Status == 201).Select(a => a.Number("available_after")).Distinct().Count());
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task The_last_point_goes_to_one_racer_every_time(string engine)
    {
        var brand = await NewBrand(engine);
        var members = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => brand.Member($"member-{i}")));
        foreach (var member in members)
            (await brand.Earn(member, 1)).Must(201);

        var answers = await AtOnce(20 * 8, async i => (Member: i % 20, Answer: await brand.Spend(members[i % 20], 1)));

        Assert.All(answers.GroupBy(a => a.Member), racers => Assert.Single(racers, r => r.Answer.Status == 201));
        Assert.All(answers.Where(a => a.Answer.Status != 201), a => a.Answer.MustRefuse(409, "points_insufficient"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task One_idempotency_key_50_times_at_once_has_one_effect_and_one_answer(string engine)
    {
        var brand = await NewBrand(engine);
        var member = await brand.Member("ann");
        (await brand.Earn(member, 500)).Must(201);

        var spends = await AtOnce(50, _ => brand.Spend(member, 3, key: "once-spent"));
        var earns = await AtOnce(50, _ => brand.Earn(member, 7, key: "once-earned"));

        Assert.Single(spends.Select(a => (a.Must(201).Raw, a.Status)).Distinct());
        Assert.Single(earns.Select(a => (a.Must(201).Raw, a.Status)).Distinct());
        Assert.Equal("504/0", await brand.Balance(member));
    }

    [SkippableTheory, EveryEngine]
    public async Task First_earnings_of_a_member_that_has_no_account_yet_all_arrive(string engine)
    {
        var brand = await NewBrand(engine);
        var member = await brand.Member("ann");

        var earned = await AtOnce(16, i => brand.Earn(member, 1 + i));

        Assert.All(earned, a => a.Must(201));
        Assert.Equal("136/0", await brand.Balance(member));
        await brand.LedgerIsClean();
    }
}
