using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>Merges that meet: each is done or refused, and a person stays one person.</summary>
public sealed class MergeRaces(Clouds clouds) : ApiTests(clouds)
{
    private const int Others = 6;

    // cat is bob already | bob into ann, while others ask again for cat into bob, which locks the same rows
    [SkippableTheory, EveryEngine]
    public async Task A_merge_that_takes_others_along_meets_merges_of_those(string engine)
    {
        var brand = await NewBrand(engine);
        for (var round = 0; round < 8; round++)
        {
            // The oldest is the one that moves along: a merge comes to its row last.
            var cat = await brand.Member($"cat-{round}");
            var bob = await brand.Member($"bob-{round}");
            var ann = await brand.Member($"ann-{round}");
            (await MergeAsync(brand, bob, cat)).Must(200);

            var answers = await AtOnce(
                Others + 1,
                i => i == 0 ? MergeAsync(brand, ann, bob) : MergeAsync(brand, i % 2 == 0 ? bob : ann, cat)
            );

            answers[0].Must(200);
            Assert.All(answers.Skip(1), a => a.MustRefuse(409, "member_merged"));
            foreach (var name in new[] { "bob", "cat" })
                Assert.Equal(ann, await brand.Member($"{name}-{round}"));
        }
        await brand.LedgerIsClean();
    }

    private static Task<Answer> MergeAsync(Brand brand, string into, string from) =>
        brand.Post($"/v1/members/{into}/merge", new { from_member_id = from });
}
