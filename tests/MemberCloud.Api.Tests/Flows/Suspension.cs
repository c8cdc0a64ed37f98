using MemberCloud.Api.Tests.Cloud;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>A suspended brand's members lose nothing while nobody can reach it: expiring waits until 7 days after resuming.</summary>
public sealed class Suspension(Clouds clouds) : ApiTests(clouds)
{
    // suspended 30 January, ends 1 February, resumed 10 February -> gone 17 February.
    [SkippableTheory, EveryEngine]
    public async Task What_would_have_ended_meanwhile_ends_7_days_after_resuming(string engine)
    {
        var brand = await NewBrand(engine, "2026-01-30T00:00:00Z");
        var ann = await brand.Member("ann");
        await brand.Earn(ann, 100, expiresAt: "2026-02-01T00:00:00Z");
        await brand.Earn(ann, 5, expiresAt: "2026-03-01T00:00:00Z");
        var path = $"/platform/v1/tenants/{brand.Id}";
        (await brand.Cloud.Operator.Post($"{path}/suspend", key: null)).Must(200);
        await brand.StandAt("2026-02-10T00:00:00Z");
        (await brand.Cloud.Operator.Post($"{path}/resume", key: null)).Must(200);

        Assert.Equal("105/0", await brand.Balance(ann));
        await brand.MoveTo("2026-02-16T23:00:00Z");
        Assert.Equal("105/0", await brand.Balance(ann));
        Assert.Equal("2026-02-17T00:00:00Z", (await brand.Points(ann)).Text("lots.0.expires_at"));
        await brand.MoveTo("2026-02-18T00:00:00Z");

        Assert.Equal("5/0", await brand.Balance(ann));
        Assert.Equal("2026-02-17T00:00:00Z", (await brand.Entries(ann)).Text("data.0.occurred_at"));
        Assert.Equal("2026-03-01T00:00:00Z", (await brand.Points(ann)).Text("lots.0.expires_at"));
        await brand.LedgerIsClean();
    }
}
