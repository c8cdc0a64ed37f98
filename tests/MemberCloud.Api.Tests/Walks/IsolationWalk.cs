using System.Text.Json.Nodes;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Every operation of the documents, called by one brand with the ids of another: unknown, nothing comes back, nothing changes.</summary>
public sealed class IsolationWalk(WalkClouds clouds) : WalkTests(clouds)
{
    /// <summary>Where the answer to an id that the brand has not is another one than 404: operation and place, status and code, and why.</summary>
    private static readonly Dictionary<(string Operation, string Slot), (int Status, string Code)> Otherwise = new()
    {
        // A rule that names a tier contradicts the brand's ladder; every unknown tier gets this answer.
        [("AddRule", "body conditions.tier_ids.0")] = (422, "tier_unknown"),
        [("ChangeRule", "body conditions.tier_ids.0")] = (422, "tier_unknown"),
        [("AddPlan", "body tier_id")] = (422, "tier_unknown"),
        [("ChangePlan", "body tier_id")] = (422, "tier_unknown"),
        [("AddSegment", "body filter.tier_ids.0")] = (422, "tier_unknown"),
        [("ChangeSegment", "body filter.tier_ids.0")] = (422, "tier_unknown"),
        [("AddPriceList", "body audience.tier_ids.0")] = (422, "tier_unknown"),
        [("ChangePriceList", "body audience.tier_ids.0")] = (422, "tier_unknown"),
        [("AddTemplate", "body audience.tier_ids.0")] = (422, "tier_unknown"),
        [("ChangeTemplate", "body audience.tier_ids.0")] = (422, "tier_unknown"),
        // A coupon beside the sample's points is refused before it is looked for; Rewards tries theirs alone.
        [("AddRule", "body formula.coupon.template_id")] = (400, "one_of"),
        [("ChangeRule", "body formula.coupon.template_id")] = (400, "one_of"),
        // So with plans and perks.
        [("AddTemplate", "body audience.plan_ids.0")] = (422, "plan_unknown"),
        [("ChangeTemplate", "body audience.plan_ids.0")] = (422, "plan_unknown"),
        [("AddPriceList", "body audience.plan_ids.0")] = (422, "plan_unknown"),
        [("ChangePriceList", "body audience.plan_ids.0")] = (422, "plan_unknown"),
        [("AddSegment", "body filter.plan_ids.0")] = (422, "plan_unknown"),
        [("ChangeSegment", "body filter.plan_ids.0")] = (422, "plan_unknown"),
        [("BuyMembership", "body plan_id")] = (422, "plan_unknown"),
        [("ChangeMembershipPlan", "body plan_id")] = (422, "plan_unknown"),
        [("BuyMyMembership", "body plan_id")] = (422, "plan_unknown"),
        [("AddTier", "body perks.0")] = (422, "perk_unknown"),
        [("ChangeTier", "body perks.0")] = (422, "perk_unknown"),
        [("AddPlan", "body perks.0")] = (422, "perk_unknown"),
        [("ChangePlan", "body perks.0")] = (422, "perk_unknown"),
        // The walk's perk gives no coupons: what a kind's config names is refused before it is looked for.
        [("AddPerk", "body config.coupons.0.template_id")] = (400, "not_applicable"),
        [("ChangePerk", "body config.coupons.0.template_id")] = (400, "not_applicable"),
        // Not known at all yet, whoever's they are.
        [("IssueCoupons", "body member_ids.0")] = (422, "member_unknown"),
        // The walk's template has no price, so that members may claim it.
        [("ExchangeCoupon", "body member_id")] = (409, "not_exchangeable"),
        [("MakeActivationCodes", "body plan_id")] = (422, "plan_unknown"),
        [("AddRule", "body conditions.plan_ids.0")] = (422, "plan_unknown"),
        [("ChangeRule", "body conditions.plan_ids.0")] = (422, "plan_unknown"),
    };

    [SkippableTheory, EveryEngine]
    public async Task Every_operation_with_another_brands_ids_finds_nothing_and_changes_nothing(string engine) =>
        await new Strangers(await On(engine), Otherwise).WalkAsync();

    [SkippableFact]
    public async Task Without_the_applications_filter_row_security_alone_gives_the_same_answers()
    {
        TestCloud.RequirePostgres();
        await using var cloud = await WalkClouds.StartAsync("postgres", NoTenantFilter.Apply);

        await new Strangers(cloud, Otherwise).WalkAsync();
    }

    /// <summary>The switch switches: on SQLite, which has no row security, the filter is the wall.</summary>
    [Fact]
    public async Task Without_the_applications_filter_an_engine_without_row_security_shows_another_brands_rows()
    {
        await using var cloud = await WalkClouds.StartAsync("sqlite", NoTenantFilter.Apply);
        var (mine, theirs) = (await cloud.NewBrand(), await cloud.NewBrand());
        await theirs.Member("ann");

        Assert.Equal(["ann"], (await mine.Get("/v1/members")).Each("data", "external_id"));
    }

    /// <summary>Operations that a brand's own ids and the schema are not enough for, and why.</summary>
    private static readonly string[] NotAlone =
    [
        "AcceptInvitation", // wants the invitation's token
        "RedeemActivationCode", // wants a code, which a file alone tells
        "RedeemMyActivationCode",
        "ReleaseHold", // the one hold was captured
        "TransferPoints", // wants a second member
        "ExchangeCoupon", // wants a template with a price
        "ExchangeMyOffer",
        "DownloadCodes", // wants the job to have made them
        "RedeemCode", // wants a code
        "RedeemMyCode",
        "ApproveBatch", // wants one that waits
        "ChangeMembershipPlan", // wants a second plan of the family
        "ResumeMembership", // wants a paused one
        "ReportPayment", // wants what is due
        "ReservePerk", // wants a perk that the member holds
        "ConsumePerk",
        "ReleasePerk",
        "ReceiveStripeEvent", // wants Stripe's signature
    ];

    /// <summary>The control: made from the documents alone, the same requests do their work where the ids are one's own.</summary>
    [SkippableTheory, EveryEngine]
    public async Task Every_operation_with_a_brands_own_ids_does_its_work(string engine)
    {
        var cloud = await On(engine);
        var documents = await ApiDocuments.ReadAsync(cloud);
        var walker = await Walker.StartAsync(cloud, documents, "zqown");

        var answers = await walker.FillAsync();

        var failed = answers.Where(a => a.Value.Status >= 300 && !NotAlone.Contains(a.Key.Name));
        var told = string.Join('\n', failed.Select(a => $"{a.Value.Request}: {a.Value.Status} {a.Value.Raw}"));
        Assert.True(told.Length == 0, told);
    }

    [SkippableTheory, EveryEngine]
    public async Task A_header_that_names_another_brand_is_refused_by_every_operation(string engine)
    {
        var cloud = await On(engine);
        var documents = await ApiDocuments.ReadAsync(cloud);
        var mine = await Walker.StartAsync(cloud, documents, "named");
        var theirs = await cloud.NewBrand();
        await using var eye = await OwnersEye.OpenAsync(cloud);
        var before = await eye.RowsAsync(theirs);

        foreach (var operation in documents.Operations)
        foreach (var person in mine.People.Where(p => p.May(operation.Permission) && !operation.Permission.Anyone))
        {
            var answer = await mine.CallAsync(operation, mine.Crew.Of(person), [], ("X-Tenant", theirs.Slug));
            answer.MustRefuse(403, "tenant_mismatch");
        }

        Assert.Equal(before, await eye.RowsAsync(theirs));
    }
}

/// <summary>Two brands on one cloud: theirs has one of everything, mine calls with what it has seen of it.</summary>
public sealed class Strangers(TestCloud cloud, Dictionary<(string Operation, string Slot), (int Status, string Code)> otherwise)
{
    private ApiDocuments documents = null!;
    private Walker mine = null!;
    private Walker theirs = null!;
    private OwnersEye eye = null!;
    private Dictionary<string, string> before = null!;
    private readonly List<string> faults = [];
    private readonly HashSet<string> sent = [];
    private HashSet<string> theirIds = [];
    private string tick = "";
    private int called;

    public async Task WalkAsync()
    {
        documents = await ApiDocuments.ReadAsync(cloud);
        mine = await Walker.StartAsync(cloud, documents, "zqmine");
        theirs = await Walker.StartAsync(cloud, documents, "zqtheirs");
        await mine.FillAsync();
        await theirs.FillAsync();
        theirIds = [.. theirs.Known.Ids];
        await using var owner = eye = await OwnersEye.OpenAsync(cloud);
        before = await eye.RowsAsync(theirs.Brand);

        foreach (var operation in documents.Operations)
            await IdsAsync(operation);
        foreach (var operation in documents.Operations)
            await PlainAsync(operation);
        foreach (var operation in documents.Operations.Where(o => !o.Permission.Operator))
            await TextsAsync(operation);

        Assert.True(
            faults.Count == 0,
            string.Join('\n', faults.Take(40)) + $"\n({faults.Count} faults in {called} calls on {cloud.Engine})"
        );
        Assert.True(called > 4 * documents.Operations.Count, $"Only {called} calls were made.");
    }

    private List<Slot> Slots(Operation operation) => Slot.Of(operation, documents, theirs.Samples);

    /// <summary>Their id in each place that takes one: what an id gets that nobody has.</summary>
    private async Task IdsAsync(Operation operation)
    {
        foreach (var slot in Slots(operation))
        {
            if (Theirs(operation, slot) is not { } id)
                continue;
            foreach (var person in mine.People)
            {
                var answer = await CallAsync(operation, person, new() { [slot.ToString()] = id });
                if (!person.May(operation.Permission))
                {
                    Expect(answer, answer.Status == 403, slot, "403");
                    continue;
                }
                var nobodys = await CallAsync(operation, person, new() { [slot.ToString()] = Nobodys(id) });
                if (slot.In == "query" && answer.Status == 200)
                    Expect(answer, answer.At("data") is JsonArray { Count: 0 }, slot, "an empty list");
                else if (otherwise.TryGetValue((operation.Name, slot.ToString()), out var other))
                    Expect(answer, (answer.Status, answer.Code) == other, slot, other.ToString());
                else
                    Expect(answer, answer.Status is 404 or 403 || Inside(answer, 404), slot, "404 or 403");
                Expect(
                    answer,
                    (answer.Status, answer.Code) == (nobodys.Status, nobodys.Code),
                    slot,
                    $"what an id of nobody gets ({nobodys.Status} {nobodys.Code})"
                );
            }
        }
    }

    /// <summary>A list of answers, each for itself (bulk).</summary>
    private static bool Inside(Answer answer, int status) =>
        answer.At("results") is JsonArray { Count: > 0 } results && results.All(r => (int?)r!["status"] == status);

    /// <summary>Called as the brand would for itself: nothing of theirs is in the answer.</summary>
    private async Task PlainAsync(Operation operation)
    {
        if (operation.In("path").Any() && Walker.Ends(operation))
            return;
        foreach (var person in mine.People)
            await CallAsync(operation, person, []);
    }

    /// <summary>
    /// Their texts (external ids, order numbers, phones, codes, anything) in each place that takes text. A brand's own numbers are its own: the same text makes or finds
    /// mine, if anything. So no status is expected, only that nothing of theirs comes or changes.
    /// </summary>
    private async Task TextsAsync(Operation operation)
    {
        foreach (var slot in Slots(operation))
        {
            // A token or a password is no text of theirs: who has it, is let in.
            if ((Walker.Ends(operation) && slot.In == "path") || slot.Name is "token" or "password")
                continue;
            var text = theirs.Known.Value(operation.Kind, ApiDocuments.Snake(slot.Name)) ?? theirs.Known.Id("members")!;
            sent.Add(text);
            await CallAsync(operation, mine.WhoMay(operation), new() { [slot.ToString()] = text });
        }
    }

    private async Task<Answer> CallAsync(Operation operation, Person person, Dictionary<string, string> instead)
    {
        called++;
        var answer = await mine.CallAsync(operation, mine.Crew.Of(person), instead);
        if (answer.Status >= 500)
            faults.Add($"{person.Name}: {answer.Request}: {answer.Raw}");
        foreach (var secret in Leaks(answer))
            faults.Add($"{person.Name}: {answer.Request}: their {secret} is in the answer {answer.Raw}");
        if (await eye.TickAsync() is var moved && moved == tick)
            return answer;
        tick = moved;
        var now = await eye.RowsAsync(theirs.Brand);
        foreach (var table in now.Where(t => before[t.Key] != t.Value))
            faults.Add($"{person.Name}: {answer.Request}: changed their {table.Key}: {answer.Raw}");
        before = now;
        return answer;
    }

    /// <summary>What is theirs in an answer, but for what was sent in the request, and texts that mine has sent as its own by now.</summary>
    private IEnumerable<string> Leaks(Answer answer)
    {
        string[] texts =
            sent.Count == 0 ? [theirs.Samples.Mark, theirs.Samples.Phone, theirs.Brand.Secret] : [theirs.Brand.Secret];
        return Known
            .IdsIn(answer.Raw)
            .Where(theirIds.Contains)
            .Concat(texts.Where(t => answer.Raw.Contains(t, StringComparison.OrdinalIgnoreCase)))
            .Where(s => !answer.Request.Contains(s, StringComparison.OrdinalIgnoreCase) && !sent.Contains(s));
    }

    private void Expect(Answer answer, bool holds, Slot slot, string what)
    {
        if (!holds)
            faults.Add($"{answer.Request}: {what} expected for their id in {slot}: {answer.Status} {answer.Raw}");
    }

    /// <summary>What goes there of theirs. A walk that has none is blind there: that is a fault of the walk.</summary>
    private string? Theirs(Operation operation, Slot slot)
    {
        if (slot.Kind is { } kind)
        {
            var id = theirs.Known.Id(kind);
            if (id is null && !otherwise.ContainsKey((operation.Name, slot.ToString())))
                faults.Add($"{operation}: they have none of the {kind} that {slot} takes");
            return id ?? Ids.Show("none", Ids.New());
        }
        // An order's number in a path is theirs as an id is; in a body it is the brand's own word.
        var name = ApiDocuments.Snake(slot.Name);
        return slot.In == "path" && name is not ("external_id" or "name") ? theirs.Known.Value(operation.Kind, name) : null;
    }

    /// <summary>An id, or a number, of the same form that nobody has.</summary>
    private static string Nobodys(string id) =>
        Known.IdsIn(id).Any() ? Ids.Show(id.Split('_')[0], Ids.New()) : $"{id}-{Ids.New():N}";
}
