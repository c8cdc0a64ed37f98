namespace MemberCloud.Api.Tests.Flows;

/// <summary>The calculation itself: against figures found with another program in another language, and by hand.</summary>
public sealed class CdnowExpectedTests
{
    [SkippableFact]
    public void The_whole_file_comes_to_what_another_program_found() =>
        Assert.Equal(
            "orders 69659, members 23570, money 250031563, issued 2453159, pending 0, available 978692, expired 1474467, "
                + "tiers 19701/2733/1006/130",
            CdnowExpected.At(Cdnow.Whole(), Cdnow.End).Total.ToString()
        );

    // bought 1997-03-10, there on 03-17 at noon, gone with the end of 1998-03-17; tier 1 to the end of 1998-03-10
    [Theory]
    [InlineData("1997-03-17T16:59:59Z", 120, 0, 0, 1)]
    [InlineData("1997-03-17T17:00:00Z", 0, 120, 0, 1)]
    [InlineData("1998-03-11T04:59:59Z", 0, 120, 0, 1)]
    [InlineData("1998-03-11T05:00:00Z", 0, 120, 0, 0)]
    [InlineData("1998-03-18T04:59:59Z", 0, 120, 0, 0)]
    [InlineData("1998-03-18T05:00:00Z", 0, 0, 120, 0)]
    public void One_purchase_of_120_dollars(string instant, long pending, long available, long expired, int tier)
    {
        var file = Path.GetTempFileName();
        File.WriteAllLines(file, ["customer_id,date,items,amount", "ann,1997-03-10,1,120.99"]);

        Assert.Equal(new MemberFigures(pending, available, expired, tier), CdnowExpected.At(file, instant).Members["ann"]);
    }
}
