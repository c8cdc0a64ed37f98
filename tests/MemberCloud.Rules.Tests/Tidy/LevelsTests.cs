namespace MemberCloud.Rules.Tests.Tidy;

public sealed class LevelsTests
{
    [Fact]
    public void A_folder_uses_only_those_to_its_left() => Repository.Keeps(Repository.Product.SelectMany(Levels.Check));

    [Fact]
    public void The_product_refers_to_no_host_and_no_scheduler() =>
        Repository.Keeps(Repository.Projects.SelectMany(Levels.CheckProject));

    [Theory]
    [InlineData("Members", "using MemberCloud.Points;")]
    [InlineData("Members", "global using MemberCloud.Points;")]
    [InlineData("Members", "using static MemberCloud.Points.Currencies;")]
    [InlineData("Members", "using Ledger = MemberCloud.Points.PointsLedger;")]
    [InlineData("Members", "class A { MemberCloud.Points.PointsLot lot; }")]
    [InlineData("Members", "class A { global::MemberCloud.Points.PointsLot lot; }")]
    [InlineData("Members", "class A { Points.PointsLot lot; }")]
    [InlineData("Members", "class A { long B() => Points.Currencies.Max; }")]
    [InlineData("Members", "class A { int Points; Points.PointsLot lot; }")]
    [InlineData("Data", "class A { object B() => new Tenancy.Tenant(); }")]
    [InlineData("Shared", "using MemberCloud.Data;")]
    [InlineData("Insights", "using MemberCloud.Host;")]
    [InlineData("Jobs", "using Quartz;")]
    [InlineData("Jobs", "using Quartz.Impl;")]
    [InlineData("Jobs", "class A { Hangfire.BackgroundJob job; }")]
    [InlineData("Utilities", "class A;")]
    public void A_use_of_what_is_above_or_outside_is_caught(string folder, string text) =>
        Assert.NotEmpty(Levels.Check(new($"src/MemberCloud/{folder}/A.cs", text)));

    [Theory]
    [InlineData("Points", "using MemberCloud.Members;\nusing MemberCloud.Data;")]
    [InlineData("Points", "namespace MemberCloud.Points; class A { Points.PointsLot lot; }")]
    [InlineData("Members", "class A { Data.Lookup<int> lookup; }")]
    [InlineData("Members", "class A(int[] Points) { int B() => Points.Length; }")]
    [InlineData("Members", "class A { int B(Page page) => page.Points.Length; }")]
    [InlineData("Members", "// Points.PointsLedger writes\nclass A;")]
    [InlineData("Jobs", "/// <summary>Quartz.NET fires these.</summary>\nclass A;")]
    public void A_use_of_what_is_below_is_fine(string folder, string text) =>
        Assert.Empty(Levels.Check(new($"src/MemberCloud/{folder}/A.cs", text)));

    [Fact]
    public void A_file_beside_the_folders_is_caught() => Assert.NotEmpty(Levels.Check(new("src/MemberCloud/A.cs", "class A;")));

    [Fact]
    public void The_host_may_use_all() =>
        Assert.Empty(Levels.Check(new("src/MemberCloud.Host/A.cs", "using Quartz; using MemberCloud.Jobs;")));

    [Theory]
    [InlineData("<PackageReference Include=\"Quartz\" />", 1)]
    [InlineData("<PackageReference Include=\"Hangfire.Core\" />", 1)]
    [InlineData("<ProjectReference Include=\"../MemberCloud.Host/MemberCloud.Host.csproj\" />", 1)]
    [InlineData("<PackageReference Include=\"NodaTime\" />", 0)]
    public void A_reference_to_a_host_or_scheduler_is_caught(string text, int breaches) =>
        Assert.Equal(breaches, Levels.CheckProject(new("src/MemberCloud/MemberCloud.csproj", text)).Count());
}
