using MemberCloud.Api.Tests.Checkouts;
using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Races;

/// <summary>A member is merged or erased at the moment a checkout is made for them.</summary>
public sealed class BuyersRaces(Clouds clouds) : ApiTests(clouds)
{
    private const int Limit = 10;
    private const int Pairs = 16;

    // bob's checkout of all the limit has | bob into ann | then ann buys as many again: at the limited price only what is left
    [SkippableTheory, EveryEngine]
    public async Task Two_who_become_one_buy_no_more_at_a_limited_price_than_one(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        await brand.LimitedTea(Limit);
        var anns = await AtOnce(Pairs, i => brand.Member($"ann-{i}"));
        var bobs = await AtOnce(Pairs, i => brand.Member($"bob-{i}"));

        var answers = await AtOnce(
            Pairs * 2,
            i =>
                i % 2 == 0
                    ? brand.Checkout(Shop.Cart(bobs[i / 2], [Shop.Line("1", "tea", Limit)]))
                    : brand.Post($"/v1/members/{anns[i / 2]}/merge", new { from_member_id = bobs[i / 2] })
        );

        for (var i = 0; i < Pairs; i++)
        {
            var (made, merged) = (answers[i * 2].Must(201), answers[(i * 2) + 1]);
            if (made.Text("member_id") == bobs[i])
            {
                merged.MustRefuse(409, "open_checkout");
                continue;
            }
            merged.Must(200);
            Assert.Equal(anns[i], made.Text("member_id"));
            Assert.Equal(0, await brand.Left(anns[i], "tea"));
        }
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_is_erased_has_no_open_checkout(string engine)
    {
        var brand = await NewBrand(engine, Shop.Now);
        var members = await AtOnce(Pairs, i => brand.Member($"m-{i}"));

        var answers = await AtOnce(
            Pairs * 2,
            i => i % 2 == 0 ? brand.Checkout(Shop.Cart(members[i / 2])) : brand.Delete($"/v1/members/{members[i / 2]}")
        );

        for (var i = 0; i < Pairs; i++)
        {
            var (made, erased) = (answers[i * 2], answers[(i * 2) + 1]);
            if (made.Status == 201)
                erased.MustRefuse(409, "open_checkout");
            else
                made.MustRefuse(409, "erased_member");
            Assert.Equal(made.Status == 201, erased.Status == 409);
        }
    }

    // quoted for bob | waits: bob is held | bob is ann | made for ann
    [SkippableFact]
    public async Task A_checkout_that_waited_for_a_merge_is_the_other_members()
    {
        TestCloud.RequirePostgres();
        var brand = await NewBrand("postgres", Shop.Now);
        await brand.LimitedTea(Limit);
        var (ann, bob) = (await brand.Member("ann"), await brand.Member("bob"));
        Task<Answer> made;
        await using (var held = await HeldRows.MembersAsync(brand))
        {
            made = brand.Checkout(Shop.Cart(bob, [Shop.Line("1", "tea", Limit)]));
            await Task.Delay(TimeSpan.FromSeconds(1));
            Assert.False(made.IsCompleted);
            await held.ChangeAsync(
                $"UPDATE members SET merged_into = (SELECT id FROM members WHERE external_id = 'ann' AND {brand.Mine}) "
                    + $"WHERE external_id = 'bob' AND {brand.Mine}"
            );
        }

        Assert.Equal(ann, (await made).Must(201).Text("member_id"));
    }
}
