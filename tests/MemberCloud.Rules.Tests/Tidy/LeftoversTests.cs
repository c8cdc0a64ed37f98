namespace MemberCloud.Rules.Tests.Tidy;

public sealed class LeftoversTests
{
    [Fact]
    public void The_root_holds_what_it_should() => Repository.Keeps(Leftovers.AtTheTop(Repository.TopLevelNames()));

    [Fact]
    public void Nothing_is_put_off() => Repository.Keeps(Repository.All.SelectMany(Leftovers.Promises));

    [Fact]
    public void The_root_is_seen_and_so_are_its_sources()
    {
        Assert.Contains("MemberCloud.sln", Repository.TopLevelNames());
        Assert.Contains(Repository.Product, s => s.Path == "src/MemberCloud/Points/PointsJournal.cs");
        Assert.Contains(Repository.All, s => s.Path == "tests/MemberCloud.Rules.Tests/Tidy/Leftovers.cs");
        Assert.DoesNotContain(Repository.All, s => s.Path.Contains("/obj/"));
    }

    [Theory]
    [InlineData("PLAN.md", true)]
    [InlineData("tools", true)]
    [InlineData("README.md.bak", true)]
    [InlineData("README.md", false)]
    [InlineData("MemberCloud.sln", false)]
    [InlineData(".ci", false)]
    [InlineData("Directory.Packages.props", false)]
    public void A_stranger_at_the_root_is_caught(string name, bool caught) =>
        Assert.Equal(caught, Leftovers.AtTheTop([name]).Any());

    [Theory]
    [InlineData("// TO", "DO: later", true)]
    [InlineData("// FIX", "ME", true)]
    [InlineData("/* HA", "CK */", true)]
    [InlineData("class A { void B() => throw new NotImplemented", "Exception(); }", true)]
    [InlineData("class TO", "DOs;", false)]
    public void A_promise_is_caught(string left, string right, bool caught) =>
        Assert.Equal(caught, Leftovers.Promises(new("src/MemberCloud/Tiers/A.cs", left + right)).Any());
}
