using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Members;

/// <summary>An erased member: nothing personal is left anywhere, the ledger stays.</summary>
public sealed class Erasure(Clouds clouds) : ApiTests(clouds)
{
    private const string Now = "2026-01-10T00:00:00Z";

    /// <summary>A person with values of their own, which stand in no other test's rows.</summary>
    private sealed record Person(string Mark)
    {
        public string ExternalId => $"crm-{Mark}";
        public string OldName => $"Maiden {Mark}";
        public string Name => $"Married {Mark}";
        public string Email => $"{Mark}@example.com";
        public string Phone => $"+86139{Mark[^8..].Select(c => (char)('0' + c % 10)).Aggregate("", (a, c) => a + c)}";
        public string Birthday => "1987-03-14";
        public string Nickname => $"nick {Mark}";
        public string Tag => $"tag {Mark}";
        public string Channel => $"booth {Mark}"[..28];
        public string Subject => $"openid-{Mark}";
        public string Proof => $"signature {Mark}";

        /// <summary>What stands in the clear in the member's rows; phone and e-mail never do.</summary>
        public string[] InTheClear => [ExternalId, Name, Nickname, Tag, Channel, Subject];

        public string[] All => [.. InTheClear, OldName, Email, Phone, Birthday, Proof];

        public static Person New() => new(Ids.New().ToString("N"));
    }

    private static async Task<string> WholeLife(Brand brand, Person p)
    {
        (await brand.Post("/v1/attributes", new { name = "nickname", type = "text" })).Must(201);
        await brand.PointPerUnit();
        await brand.GrowthPerUnit();
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 50);
        var made = await brand.Put(
            $"/v1/members/by-external-id/{p.ExternalId}",
            new
            {
                name = p.OldName,
                phone = p.Phone,
                email = p.Email,
                birthday = p.Birthday,
                channel = p.Channel,
                tags = new[] { p.Tag },
                attributes = new { nickname = p.Nickname },
            },
            "put"
        );
        var id = made.Must(201).Text("id");
        (await brand.Patch($"/v1/members/{id}", new { name = p.Name }, "patch")).Must(200);
        (await brand.Post($"/v1/members/{id}/identities", new { channel = "wechat", subject = p.Subject }, "bind")).Must(201);
        (await brand.Post($"/v1/members/{id}/consents", Consent(p), "consent")).Must(201);
        (await brand.Post($"/v1/members/{id}/tokens", "{}", "token")).Must(201);
        await brand.Report(brand.Order(p.ExternalId, "2026-01-09T00:00:00Z", no: $"O-{p.Mark}"));
        (await CheckIn(brand, p, "e-1")).Must(200);
        (await brand.Earn(id, 70)).Must(201);
        (await brand.Spend(id, 20)).Must(201);
        return id;
    }

    private static object Consent(Person p) =>
        new
        {
            purpose = "marketing.email",
            text_version = "v1",
            granted = true,
            proof = p.Proof,
        };

    private static Task<Answer> CheckIn(Brand brand, Person p, string id) =>
        brand.Post(
            "/v1/events",
            new
            {
                id = $"{id}-{p.Mark}",
                type = "check_in",
                external_id = p.ExternalId,
                occurred_at = "2026-01-09T00:00:00Z",
            }
        );

    [SkippableTheory, EveryEngine]
    public async Task No_personal_value_is_left_anywhere_in_the_database(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var p = Person.New();
        var id = await WholeLife(brand, p);
        var before = await Traces.Of(brand.Cloud, p.All);

        (await brand.Delete($"/v1/members/{id}")).Must(204);

        Assert.Empty(p.InTheClear.Except(before));
        Assert.Empty(before.Intersect([p.Email, p.Phone, p.Proof]));
        // Other members of other tests may be born on that day.
        Assert.Empty((await Traces.Of(brand.Cloud, p.All)).Except([p.Birthday]));
        var left = (await brand.Get($"/v1/members/{id}")).Must(200);
        foreach (var field in new[] { "name", "phone", "email", "birthday", "channel" })
            Assert.Null(left.At(field));
        Assert.Equal(
            (Now, 0, 0),
            (left.Text("erased_at"), left.At("tags")!.AsArray().Count, left.At("attributes")!.AsObject().Count)
        );
        Assert.Empty((await brand.Get($"/v1/members/{id}/identities")).Each("data", "subject"));
        Assert.Null((await brand.Get($"/v1/members/{id}/consents")).Must(200).At("data.0.proof"));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Points_end_debt_is_given_up_and_the_ledger_can_be_read(string engine)
    {
        var brand = await NewBrand(engine, Now);
        await brand.PointPerUnit(trigger: "order.paid");
        var ann = await brand.Member("ann");
        await brand.Report(brand.Order("ann", "2026-01-09T00:00:00Z", no: "A-1", completed: null)); // 100, pending
        (await brand.Earn(ann, 70)).Must(201);
        (await brand.Earn(ann, 5, "growth")).Must(201);
        var bob = await brand.Member("bob");
        await brand.Report(brand.Order("bob", "2026-01-09T00:00:00Z", no: "B-1", completed: null));
        (await brand.Post("/v1/orders/B-1/settle", "{}")).Must(200);
        (await brand.Spend(bob, 100)).Must(201);
        (await brand.Post("/v1/orders/B-1/cancel", "{}")).Must(200); // 100 of debt

        (await brand.Delete($"/v1/members/{ann}")).Must(204);
        (await brand.Delete($"/v1/members/{bob}")).Must(204);

        Assert.Equal("0/0", await brand.Balance(ann));
        Assert.Equal("0/0", await brand.Balance(ann, "growth"));
        var entries = await brand.Entries(ann);
        Assert.Equal(["expire", "expire"], entries.Each("data", "kind").Take(2));
        Assert.Equal(["erased", "erased"], entries.Each("data", "reason").Take(2));
        Assert.Equal(["-100", "0"], entries.Each("data", "delta_pending").Take(2));
        var off = (await brand.Entries(bob)).At("data.0")!;
        Assert.Equal(("write_off", -100, "erased"), ((string)off["kind"]!, (int)off["delta_debt"]!, (string)off["reason"]!));
        Assert.Equal(0, (await brand.Points(bob)).Number("debt"));
        Assert.Equal(
            [ann, bob],
            (await brand.Events("member.erased")).Select(e => Json.Read<Dictionary<string, string>>(e.Data)["member_id"])
        );
        await brand.LedgerIsClean();
        await brand.Move("P10D");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Whatever_is_written_about_an_erased_member_is_refused(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var p = Person.New();
        var id = await WholeLife(brand, p);
        await brand.Report(brand.Order(p.ExternalId, "2026-01-09T00:00:00Z", no: $"P-{p.Mark}", paid: null));
        (await brand.Delete($"/v1/members/{id}")).Must(204);
        object reference = new { type = "test", id = "x" };

        var refused = new[]
        {
            await brand.Patch($"/v1/members/{id}", new { name = "Back" }),
            await brand.Patch($"/v1/members/{id}", "{}"),
            await brand.Put($"/v1/members/by-external-id/{(await brand.Get($"/v1/members/{id}")).Text("external_id")}", "{}"),
            await brand.Earn(id, 1),
            await brand.Spend(id, 1),
            await brand.Post($"/v1/members/{id}/points/settle", new { reference }),
            await brand.Post($"/v1/members/{id}/identities", new { channel = "c", subject = p.Subject }),
            await brand.Post($"/v1/members/{id}/consents", Consent(p)),
            await brand.Post($"/v1/members/{id}/tokens", "{}"),
            await brand.Post("/v1/orders", brand.Order(null, "2026-01-09T00:00:00Z", memberId: id)),
            await brand.Post("/v1/orders", brand.Order(p.ExternalId, "2026-01-09T00:00:00Z", no: $"O-{p.Mark}")),
            await brand.Post($"/v1/orders/P-{p.Mark}/pay", "{}"),
            await brand.Post($"/v1/orders/O-{p.Mark}/complete", "{}"),
            await brand.Post($"/v1/orders/P-{p.Mark}/cancel", "{}"),
            await brand.Post($"/v1/orders/O-{p.Mark}/settle", "{}"),
            await brand.Post(
                "/v1/events",
                new
                {
                    id = $"e-2-{p.Mark}",
                    type = "check_in",
                    member_id = id,
                    occurred_at = Now,
                }
            ),
        };

        Assert.All(refused, a => a.MustRefuse(409, "erased_member"));
        Assert.Equal("0/0", await brand.Balance(id));
        (await brand.Summary(id)).At("member.name").IsNull();
        (await brand.Get($"/v1/members/{id}/tier-history")).Must(200);
        (await brand.Get($"/v1/members/{id}/export")).Must(200);
        Assert.Empty((await Traces.Of(brand.Cloud, p.All)).Except([p.Birthday]));
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task Again_is_the_same_and_the_brands_id_makes_a_new_member(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var p = Person.New();
        var id = await WholeLife(brand, p);
        (await brand.Delete($"/v1/members/{id}")).Must(204);
        (await brand.Delete($"/v1/members/{id}")).Must(204);
        (await brand.Send(HttpMethod.Delete, $"/v1/members/{id}", null, "erase")).Must(204);
        (await brand.Send(HttpMethod.Delete, $"/v1/members/{id}", null, "erase")).Must(204);
        Assert.Single(await brand.Events("member.erased"));

        var next = (await brand.Put($"/v1/members/by-external-id/{p.ExternalId}", new { phone = p.Phone })).Must(201);

        Assert.NotEqual(id, next.Text("id"));
        Assert.Equal("0/0", await brand.Balance(next.Text("id")));
        Assert.Equal([next.Text("id")], (await brand.Post("/v1/members/search", new { phone = p.Phone })).Each("data", "id"));
        (await brand.Post($"/v1/members/{next.Text("id")}/identities", new { channel = "wechat", subject = p.Subject })).Must(
            201
        );
        // The event was reported before: its id happens once, whoever that was.
        (await CheckIn(brand, p, "e-1")).Must(200);
        Assert.Equal(2, (await brand.Get("/v1/members")).Each("data", "id").Count);
    }

    [SkippableTheory, EveryEngine]
    public async Task Answers_kept_for_their_keys_are_erased_with_the_member(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var p = Person.New();
        var id = await WholeLife(brand, p);
        var other = await brand.Put("/v1/members/by-external-id/bob", new { name = "Bob" }, "bob");
        Task<Answer>[] Again() =>
            [
                brand.Patch($"/v1/members/{id}", new { name = p.Name }, "patch"),
                brand.Post($"/v1/members/{id}/identities", new { channel = "wechat", subject = p.Subject }, "bind"),
                brand.Post($"/v1/members/{id}/consents", Consent(p), "consent"),
                brand.Post($"/v1/members/{id}/tokens", "{}", "token"),
            ];
        var before = await Task.WhenAll(Again());

        (await brand.Delete($"/v1/members/{id}")).Must(204);

        Assert.All(before, a => Assert.True(a.Status is 200 or 201, a.Raw));
        Assert.Contains(p.Email, before[0].Raw);
        Assert.All(await Task.WhenAll(Again()), a => a.MustRefuse(410, "erased_member"));
        (await brand.Patch($"/v1/members/{id}", new { name = "another" }, "patch")).MustRefuse(422, "idempotency_key_reused");
        Assert.Equal(other.Raw, (await brand.Put("/v1/members/by-external-id/bob", new { name = "Bob" }, "bob")).Must(201).Raw);
    }

    [SkippableTheory, EveryEngine]
    public async Task Many_are_erased_out_of_full_pages_and_the_others_stay(string engine)
    {
        var brand = await NewBrand(engine, Now);
        var mark = Ids.New().ToString("N");
        string Gone(int i) => $"{mark}-{i:0000}-{new string('g', 40)}";
        var ids = await AtOnce(240, i => brand.Member(Gone(i), new { name = Gone(i), tags = new[] { $"{mark}-{i:0000}" } }));

        await AtOnce(240, async i => i % 3 == 0 ? null : (await brand.Delete($"/v1/members/{ids[i]}")).Must(204));

        var all = Enumerable.Range(0, 240).Select(i => $"{mark}-{i:0000}").ToArray();
        Assert.Equal(all.Where((_, i) => i % 3 == 0), await Traces.Of(brand.Cloud, all));
    }
}

internal static class JsonNulls
{
    public static void IsNull(this System.Text.Json.Nodes.JsonNode? node) => Assert.Null(node);
}
