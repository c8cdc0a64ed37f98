using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>A member is erased while others write about the member.</summary>
public sealed class ErasureRaces(Clouds clouds) : ApiTests(clouds)
{
    private const string Then = "2026-01-09T00:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task Nothing_personal_and_no_open_lot_is_left_whoever_comes_first(string engine)
    {
        var brand = await NewBrand(engine);
        await brand.PointPerUnit(settleDays: 0);
        await brand.Rule(
            new
            {
                name = "check-in",
                trigger = "check_in",
                currency = "points",
                formula = new { @fixed = 3 },
            }
        );
        var members = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => brand.Member($"m-{i}", new { name = $"M {i}" })));
        // Half of them have an account already: there is a row to meet at, or there is none.
        foreach (var id in members.Where((_, i) => i % 2 == 0))
            (await brand.Earn(id, 50)).Must(201);

        var answers = await AtOnce(16 * 10, i => Act(brand, members[i / 10], $"m-{i / 10}", i % 10, i));

        Assert.All(
            answers,
            a => Assert.True(a.Status is >= 200 and < 300 || a.Code is "erased_member" or "points_insufficient", a.Raw)
        );
        foreach (var id in members)
        {
            var left = (await brand.Get($"/v1/members/{id}")).Must(200);
            Assert.NotNull(left.At("erased_at"));
            Assert.Null(left.At("name"));
            Assert.Empty(left.At("tags")!.AsArray());
            Assert.Empty((await brand.Get($"/v1/members/{id}/identities")).Each("data", "subject"));
            Assert.Equal("0/0", await brand.Balance(id));
            Assert.DoesNotContain((await brand.Get($"/v1/members/{id}/export")).Each("lots", "remaining"), r => r != "0");
            Assert.All(
                (await brand.Get($"/v1/members/{id}/consents")).Each("data", "proof"),
                proof => Assert.Equal("null", proof)
            );
        }
        await brand.LedgerIsClean();
    }

    private static Task<Answer> Act(Brand brand, string id, string externalId, int what, int i) =>
        what switch
        {
            0 or 1 => brand.Delete($"/v1/members/{id}"),
            2 => brand.Earn(id, 7),
            3 => brand.Spend(id, 5),
            4 => brand.Post("/v1/orders", brand.Order(null, Then, memberId: id, no: $"race-{i}")),
            5 => brand.Post(
                "/v1/events",
                new
                {
                    id = $"race-{i}",
                    type = "check_in",
                    member_id = id,
                    occurred_at = Then,
                }
            ),
            6 => brand.Patch($"/v1/members/{id}", new { name = "Raced", tags = new[] { "raced" } }, Caller.NewKey),
            7 => brand.Put($"/v1/members/by-external-id/{externalId}", new { name = "Raced" }, Caller.NewKey),
            8 => brand.Post($"/v1/members/{id}/identities", new { channel = "race", subject = $"s-{i}" }),
            _ => brand.Post(
                $"/v1/members/{id}/consents",
                new
                {
                    purpose = "race",
                    text_version = "1",
                    granted = true,
                    proof = "raced",
                }
            ),
        };
}
