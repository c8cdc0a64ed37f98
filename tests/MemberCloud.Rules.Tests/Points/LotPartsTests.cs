using MemberCloud.Points;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Points;

/// <summary>Out of which lots points were taken, and to which a part of them goes back.</summary>
public sealed class LotPartsTests
{
    private static readonly Guid[] Lots = [Ids.New(), Ids.New(), Ids.New()];

    // Taken: 30 of the first, 12 of the second, 5 of the third.
    private static readonly LotParts Taken = new([new(Lots[0], 30), new(Lots[1], 12), new(Lots[2], 5)]);

    [Theory]
    [InlineData(0, 47, "5 12 30")]
    [InlineData(40, 7, "5 2")] // the last 7: the lot taken last first
    [InlineData(35, 5, "5")]
    [InlineData(10, 25, "5 20")]
    [InlineData(0, 30, "30")]
    [InlineData(47, 0, "")]
    public void What_goes_back_goes_to_the_lot_taken_last_first(long skip, long take, string expected) =>
        Assert.Equal(expected, string.Join(' ', Taken.LastFirst(skip, take).Select(p => p.Amount)));

    [Fact]
    public void They_are_stored_as_text_and_read_back()
    {
        var read = LotParts.Parse(Taken.ToString());
        Assert.Equal(Taken.Each, read.Each);
        Assert.Equal((47, Lots[1]), (read.Amount, read.Lots.ElementAt(1)));
        Assert.Equal("30 2", string.Join(' ', Taken.First(32).Each.Select(p => p.Amount)));
        Assert.Empty(LotParts.Parse("").Each);
        Assert.Throws<FormatException>(() => LotParts.Parse("lot:3"));
    }
}
