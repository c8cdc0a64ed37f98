namespace MemberCloud.Rules.Tests.Tidy;

public sealed class PurityTests
{
    private static readonly HashSet<string> DataTypes = ["MemberCloudDb"];

    [Fact]
    public void Rules_are_pure()
    {
        var dataTypes = Purity.DataTypes(Repository.Product);
        Assert.Contains("MemberCloudDb", dataTypes);
        Repository.Keeps(Repository.Product.SelectMany(s => Purity.Check(s, dataTypes)));
    }

    [Theory]
    [InlineData("public sealed class TierRules;")]
    [InlineData("public interface ITierRules;")]
    [InlineData("static class A { static async void B() { } }")]
    [InlineData("static class A { static Task B() => null; }")]
    [InlineData("static class A { static ValueTask<int> B() => default; }")]
    [InlineData("using Microsoft.EntityFrameworkCore;")]
    [InlineData("using Microsoft.EntityFrameworkCore.Metadata;")]
    [InlineData("using System.Data.Common;")]
    [InlineData("using MemberCloud.Data; static class A { static void B(MemberCloudDb db) { } }")]
    [InlineData("static class A { static void B(Data.MemberCloudDb db) { } }")]
    [InlineData("static class A { static void B(MemberCloud.Data.MemberCloudDb db) { } }")]
    [InlineData("static class A { static DateTime B() => DateTime.UtcNow; }")]
    [InlineData("static class A { static DateTime B() => System.DateTime.UtcNow.AddDays(1); }")]
    [InlineData("static class A { static void B(TimeProvider clock) { } }")]
    [InlineData("static class A { static int B() => Random.Shared.Next(); }")]
    [InlineData("static class A { static int B() => new Random(1).Next(); }")]
    [InlineData("static class A { static Guid B() => Guid.NewGuid(); }")]
    [InlineData("static class A { static Guid B() => Ids.New(); }")]
    [InlineData("static class A { static int count; }")]
    [InlineData("static class A { static int Count { get; set; } }")]
    [InlineData("record struct A { public readonly int Count; }")]
    public void What_makes_a_rule_impure_is_caught(string text) => Assert.NotEmpty(Purity.Check(Of(text), DataTypes));

    [Theory]
    [InlineData("using MemberCloud.Shared; static class A { const int Max = 1; static readonly int[] Steps = [1]; }")]
    [InlineData("static class A { static string B(Kind kind) => Words<Kind>.Of(kind); }")]
    [InlineData("static class A { const int Random = 32; static int B(int[] random) => random[Random]; }")]
    [InlineData("public enum Step { Keep, Fall } public sealed record Decision(Step Step);")]
    [InlineData("// DateTime.UtcNow is passed in\nstatic class A;")]
    public void What_depends_on_its_arguments_only_is_fine(string text) => Assert.Empty(Purity.Check(Of(text), DataTypes));

    [Fact]
    public void A_service_may_wait() =>
        Assert.Empty(
            Purity.Check(new("src/MemberCloud/Tiers/TierService.cs", "using MemberCloud.Data; class A { Task b; }"), DataTypes)
        );

    private static Source Of(string text) => new("src/MemberCloud/Tiers/TierRules.cs", text);
}
