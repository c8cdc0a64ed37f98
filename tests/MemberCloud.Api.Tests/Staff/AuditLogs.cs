using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Staff;

/// <summary>Who did what, and that nobody changed the record of it.</summary>
public sealed class AuditLogs(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task Every_act_of_staff_and_every_change_of_the_configuration_is_written_with_before_and_after(string engine)
    {
        var brand = await NewBrand(engine);
        var (owner, support) = (await brand.Owner(), await brand.Staff("support"));
        var ann = await brand.Member("ann");
        var gold = await brand.Tier("gold", 1, 100);

        (await brand.Patch($"/v1/tiers/{gold}", new { growth_threshold = 200 })).Must(200);
        (await support.Patch($"/v1/members/{ann}", new { name = "Ann" })).Must(200);
        (await support.Patch($"/v1/members/{ann}", new { phone = "nonsense" })).Must(400);
        (await support.Get($"/v1/members/{ann}")).Must(200);
        (await support.Post($"/v1/members/{ann}/points/adjust", new { amount = 5, reason = "goodwill" })).Must(201);

        var log = (await owner.Get("/v1/audit-log")).Must(200);
        Assert.Equal(
            ["AdjustPoints", "ChangeMember", "ChangeTier", "AddTier", "AcceptInvitation", "InviteStaff", "AcceptInvitation"],
            log.Each("data", "operation")
        );
        Assert.Equal(["7", "6", "5", "4", "3", "2", "1"], log.Each("data", "number"));
        Assert.Equal(
            (support.Id, ann, "goodwill"),
            (log.Text("data.0.actor_id"), log.Text("data.0.subject"), log.Text("data.0.reason"))
        );
        Assert.Equal("Ann", log.Text("data.1.changes.0.after.name"));
        Assert.Equal(
            ("100", "200"),
            (log.Text("data.2.changes.0.before.growth_threshold"), log.Text("data.2.changes.0.after.growth_threshold"))
        );
        Assert.Equal(("key", brand.KeyId), (log.Text("data.2.actor_kind"), log.Text("data.2.actor_id")));
        Assert.Equal(
            2,
            (await owner.Get($"/v1/audit-log?staff_id={support.Id}&operation=ChangeMember&limit=1")).Each("data", "number").Count
                + 1
        );
        (await support.Get("/v1/audit-log")).MustRefuse(403, "role_missing");
        await brand.LedgerIsClean();
    }

    [SkippableTheory, EveryEngine]
    public async Task The_same_key_again_is_one_act_and_a_refused_one_is_none(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();
        object tier = new
        {
            name = "gold",
            rank = 1,
            growth_threshold = 5,
        };

        (await owner.Post("/v1/tiers", tier, "k")).Must(201);
        (await owner.Post("/v1/tiers", tier, "k")).Must(201);
        Assert.True((await owner.Post("/v1/tiers", tier)).Status is 409 or 422);

        Assert.Single((await owner.Get("/v1/audit-log?operation=AddTier")).Each("data", "id"));
    }

    [SkippableTheory, EveryEngine]
    public async Task Many_at_once_are_numbered_without_gaps(string engine)
    {
        var brand = await NewBrand(engine);
        var owner = await brand.Owner();

        var answers = await AtOnce(16, i => owner.Post("/v1/attributes", new { name = $"a{i}", type = "text" }));

        Assert.All(answers, a => a.Must(201));
        Assert.Equal(
            Enumerable.Range(1, 17).Reverse().Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            (await owner.Get("/v1/audit-log")).Each("data", "number")
        );
        await brand.LedgerIsClean();
    }

    /// <summary>What is done behind the log's back, and what ledger.verify says of it.</summary>
    public static IEnumerable<object[]> Tampers =>
        [
            ["UPDATE audit_entries SET operation = 'Nothing' WHERE seq = 2 AND ", "line 2 was altered"],
            ["UPDATE audit_entries SET actor_kind = 'key' WHERE seq = 1 AND ", "line 1 was altered"],
            ["DELETE FROM audit_entries WHERE seq = 2 AND ", "line 2 is missing"],
            ["DELETE FROM audit_entries WHERE seq = 3 AND ", "its last line is not 2"],
        ];

    [SkippableTheory, EveryEngineAnd(nameof(Tampers))]
    public async Task A_line_altered_or_removed_behind_the_logs_back_is_named(string engine, string sql, string found)
    {
        var brand = await NewBrand(engine);
        await brand.Owner();
        await brand.Tier("base", 0, 0);
        await brand.Tier("gold", 1, 10);

        await brand.Cloud.Tamper(sql + brand.Mine);

        (await brand.Post("/v1/jobs/ledger.verify/run")).Must(200);
        Assert.Contains(found, (await brand.Get("/v1/jobs/ledger.verify/runs")).Raw, StringComparison.Ordinal);
    }
}
