using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Coupons;

/// <summary>Claims that people look at before they give a coupon.</summary>
public sealed class HeldClaims(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-03-10T04:00:00Z";

    [SkippableTheory, EveryEngine]
    public async Task More_than_the_brand_allows_in_an_hour_waits_for_people(string engine)
    {
        var brand = await Guarded(engine, new { device_per_hour = 2 });
        var template = await brand.Template(new { stock = 5 });
        var members = await Members(brand, 4);

        (await Claim(brand, template, members[0], device: "aa01")).Must(201);
        (await Claim(brand, template, members[1], device: "AA01")).Must(201);
        var held = (await Claim(brand, template, members[2], device: "aa01")).MustRefuse(409, "held_for_review");
        var again = (await Claim(brand, template, members[2], device: "bb02")).MustRefuse(409, "held_for_review");
        (await Claim(brand, template, members[3], device: "bb02")).Must(201);
        (await Claim(brand, template, members[3])).Must(201);

        var review = held.Text("review_id");
        Assert.Equal(review, again.Text("review_id"));
        Assert.Equal("4/0/0/0 1", await brand.Counts(template));
        var shown = (await brand.Get("/v1/reviews?state=held")).Must(200);
        Assert.Equal([review], shown.Each("data", "id"));
        Assert.Equal("[\"many_by_device\"]", shown.At("data.0.reasons")!.ToJsonString());
        Assert.Equal((members[2], "claim"), (shown.Text("data.0.member_id"), shown.Text("data.0.way")));

        var done = (await brand.Post($"/v1/reviews/{review}/approve", new { note = "A family" })).Must(200);
        Assert.Equal(("approved", "A family"), (done.Text("state"), done.Text("note")));
        Assert.Equal(done.Raw, (await brand.Post($"/v1/reviews/{review}/approve", new { note = "Again" })).Must(200).Raw);
        (await brand.Post($"/v1/reviews/{review}/reject", new { })).MustRefuse(409, "review_decided");
        Assert.Equal(members[2], (await brand.Get($"/v1/coupons/{done.Text("coupon_id")}")).Text("member_id"));
        Assert.Equal("5/0/0/0 0", await brand.Counts(template));
        Assert.Equal(
            (1, 1, 5),
            (await Told(brand, "claim.held"), await Told(brand, "claim.approved"), await Told(brand, "coupon.issued"))
        );
        (await Claim(brand, template, members[2], device: "aa01")).MustRefuse(409, "used_up");
    }

    [SkippableTheory, EveryEngine]
    public async Task What_was_turned_down_may_be_asked_again_and_is_looked_at_again(string engine)
    {
        var brand = await Guarded(engine, new { ip_per_hour = 1 });
        var template = await brand.Template(new { code = "SPRING" });
        var members = await Members(brand, 2);
        (await brand.Redeem("SPRING", members[0], ip: "0f")).Must(201);
        var first = (await brand.Redeem("SPRING", members[1], ip: "0F")).MustRefuse(409, "held_for_review").Text("review_id");

        (await brand.Post($"/v1/reviews/{first}/reject", new { })).Must(200);
        (await brand.Post($"/v1/reviews/{first}/reject", new { })).Must(200);
        (await brand.Post($"/v1/reviews/{first}/approve", new { })).MustRefuse(409, "review_decided");
        var second = (await brand.Redeem("SPRING", members[1], ip: "0f")).MustRefuse(409, "held_for_review").Text("review_id");

        Assert.NotEqual(first, second);
        Assert.Equal("", await brand.Wallet(members[1]));
        Assert.Equal("code", (await brand.Get($"/v1/reviews/{second}")).Text("way"));
        await brand.AnHourPasses();
        (await brand.Redeem("SPRING", members[1], ip: "0f")).MustRefuse(409, "held_for_review");
        (await brand.Post($"/v1/reviews/{second}/reject", new { })).Must(200);
        (await brand.Redeem("SPRING", members[1], ip: "0f")).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task Who_joined_just_now_waits_unless_the_coupon_is_for_newcomers(string engine)
    {
        var brand = await Guarded(engine, new { new_member_hours = 24 });
        var (any, welcome) = (await brand.Template(), await brand.Template(new { audience = new { new_member_days = 7 } }));
        var ann = await brand.Member("ann");

        (await brand.Claim(welcome, ann)).Must(201);
        (await brand.Claim(any, ann)).MustRefuse(409, "held_for_review");
        // What the brand's people give out is not looked at.
        (
            await brand.Post(
                $"/v1/coupon-templates/{any}/issue",
                new
                {
                    member_ids = new[] { ann },
                    reason = "Sorry",
                    dry_run = false,
                }
            )
        ).Must(201);
        await brand.MoveTo("2026-03-11T04:00:00Z");
        var bob = await brand.Member("bob");
        (await brand.Claim(any, bob)).MustRefuse(409, "held_for_review");
        (await brand.Patch("/v1/brand", new { claim_guards = new { } })).Must(200);
        (await brand.Claim(any, bob)).Must(201);
    }

    [SkippableTheory, EveryEngine]
    public async Task What_the_template_refuses_now_stays_held(string engine)
    {
        var brand = await Guarded(engine, new { member_per_hour = 1 });
        var template = await brand.Template(new { limits = new { per_member = 2 } });
        var other = await brand.Template();
        var ann = await brand.Member("ann");
        (await brand.Claim(other, ann)).Must(201);
        var review = (await brand.Claim(template, ann)).MustRefuse(409, "held_for_review").Text("review_id");

        (await brand.Post($"/v1/coupon-templates/{template}/pause", new { })).Must(200);
        (await brand.Post($"/v1/reviews/{review}/approve", new { })).MustRefuse(409, "paused");
        Assert.Equal("held", (await brand.Get($"/v1/reviews/{review}")).Text("state"));
        (await brand.Claim(template, ann)).MustRefuse(409, "paused");
        (await brand.Post($"/v1/coupon-templates/{template}/activate", new { })).Must(200);
        (await brand.Delete($"/v1/members/{ann}")).Must(204);
        (await brand.Post($"/v1/reviews/{review}/approve", new { })).MustRefuse(409, "erased_member");
        (await brand.Post($"/v1/reviews/{review}/reject", new { })).Must(200);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_members_own_claim_is_counted_by_its_address(string engine)
    {
        var brand = await Guarded(engine, new { ip_per_hour = 1 });
        var template = await brand.Template();
        var (ann, bob) = (await brand.MemberCaller("ann"), await brand.MemberCaller("bob"));

        (await ann.Post($"/v1/me/offers/{template}/claim", new { })).Must(201);
        (await bob.Post($"/v1/me/offers/{template}/claim", new { })).MustRefuse(409, "held_for_review");
    }

    [SkippableTheory, EveryEngine]
    public async Task Of_many_at_once_from_one_device_as_many_pass_as_may(string engine)
    {
        var brand = await Guarded(engine, new { device_per_hour = 5 });
        var templates = new[] { await brand.Template(), await brand.Template() };
        var members = await Members(brand, 30);

        var answers = await AtOnce(30, i => Claim(brand, templates[i % 2], members[i], device: "cc03"));

        Assert.Equal((5, 25), (answers.Count(a => a.Status == 201), answers.Count(a => a.Code == "held_for_review")));
        var reviews = (await brand.Get("/v1/reviews?limit=200")).Must(200).Each("data", "id").ToList();
        Assert.Equal(25, reviews.Count);
        // Two people decide on each at once, one for and one against.
        var decided = await AtOnce(
            20,
            i => brand.Post($"/v1/reviews/{reviews[i / 2]}/{(i % 2 == 0 ? "approve" : "reject")}", new { })
        );
        Assert.Equal((10, 10), (decided.Count(a => a.Status == 200), decided.Count(a => a.Code == "review_decided")));
        var given = decided.Where((a, i) => i % 2 == 0 && a.Status == 200).Count();
        Assert.Equal(5 + given, await Told(brand, "coupon.issued"));
    }

    [SkippableTheory, EveryEngine]
    public async Task One_member_asking_many_times_at_once_is_held_once(string engine)
    {
        var brand = await Guarded(engine, new { new_member_hours = 1 });
        var template = await brand.Template(new { limits = new { per_member = 1 } });
        var ann = await brand.Member("ann");

        var answers = await AtOnce(20, _ => brand.Claim(template, ann));

        Assert.All(answers, a => a.MustRefuse(409, "held_for_review"));
        Assert.Single(answers.Select(a => a.Text("review_id")).Distinct());
        var review = answers[0].Text("review_id");
        var approved = await AtOnce(10, _ => brand.Post($"/v1/reviews/{review}/approve", new { }));
        Assert.Single(approved.Select(a => a.Must(200).Text("coupon_id")).Distinct());
        Assert.Equal("issued", await brand.Wallet(ann));
    }

    [SkippableFact]
    public async Task Two_hosts_hold_the_same_claim_once()
    {
        var brand = await Guarded("postgres", new { new_member_hours = 1 });
        await using var second = await brand.Cloud.SecondHost();
        var both = new[] { brand, brand.At(second) };
        var template = await brand.Template();
        var members = await Members(brand, 10);

        var answers = await AtOnce(80, i => both[i % 2].Claim(template, members[i / 8]));

        Assert.All(answers, a => a.MustRefuse(409, "held_for_review"));
        Assert.Equal(10, answers.Select(a => a.Text("review_id")).Distinct().Count());
        Assert.Equal(10, (await brand.Get("/v1/reviews?limit=200")).Must(200).Each("data", "id").Count());
        Assert.Equal(10, await Told(brand, "claim.held"));
    }

    private async Task<Brand> Guarded(string engine, object guards)
    {
        var brand = await NewBrand(engine, Now);
        (await brand.Patch("/v1/brand", new { claim_guards = guards })).Must(200);
        return brand;
    }

    private static async Task<IReadOnlyList<string>> Members(Brand brand, int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
            ids.Add(await brand.Member($"m{i}"));
        return ids;
    }

    private static Task<Answer> Claim(Brand brand, string template, string member, string? device = null) =>
        brand.Post($"/v1/coupon-templates/{template}/claim", new { member_id = member, device_hash = device });

    private static async Task<int> Told(Brand brand, string type) => (await brand.Events(type)).Count;
}
