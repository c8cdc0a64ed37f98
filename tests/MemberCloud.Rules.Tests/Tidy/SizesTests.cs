namespace MemberCloud.Rules.Tests.Tidy;

public sealed class SizesTests
{
    [Fact]
    public void Files_have_up_to_300_lines() => Repository.Keeps(Repository.All.SelectMany(Sizes.Files));

    [Fact]
    public void Methods_have_up_to_50_lines() => Repository.Keeps(Repository.All.SelectMany(Sizes.Methods));

    [Fact]
    public void Lines_have_up_to_200_characters() => Repository.Keeps(Repository.All.SelectMany(Sizes.Lines));

    [Fact]
    public void A_class_needs_up_to_five_others() => Repository.Keeps(Repository.Product.SelectMany(Sizes.Constructors));

    [Theory]
    [InlineData(300, false)]
    [InlineData(301, true)]
    public void A_long_file_is_caught(int lines, bool caught) =>
        Assert.Equal(caught, Sizes.Files(Of(string.Concat(Enumerable.Repeat("// a line\n", lines)))).Any());

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    public void A_long_line_is_caught(int length, bool caught) =>
        Assert.Equal(caught, Sizes.Lines(Of(new string('/', length))).Any());

    [Theory]
    [InlineData("class A { void B() {", 47, false)]
    [InlineData("class A { void B() {", 48, false)]
    [InlineData("class A { void B() {", 49, true)]
    [InlineData("class A { A() {", 49, true)]
    [InlineData("class A { int B { get {", 49, true)]
    [InlineData("class A { void B() { void C() {", 49, true)]
    [InlineData("class A {\n[Row(1)]\n[Row(2)]\nvoid B() {", 48, false)]
    public void A_long_method_is_caught(string opening, int inside, bool caught) =>
        Assert.Equal(caught, Sizes.Methods(Of($"{opening}{string.Concat(Enumerable.Repeat("\n;", inside))}\n}} }}")).Any());

    [Theory]
    [InlineData("class TierService(A a, B b, C c, D d, E e);", false)]
    [InlineData("class TierService(A a, B b, C c, D d, E e, F f);", true)]
    [InlineData("class TierService { TierService(A a, B b, C c, D d, E e, F f) { } }", true)]
    [InlineData("class PointsLedger(A a, B b, C c, D d, E e, F f);", true)]
    [InlineData("record TierService(A a, B b, C c, D d, E e, F f);", false)]
    [InlineData("class Point(A a, B b, C c, D d, E e, F f);", false)]
    public void A_class_that_needs_six_others_is_caught(string text, bool caught) =>
        Assert.Equal(caught, Sizes.Constructors(Of(text)).Any());

    private static Source Of(string text) => new("src/MemberCloud/Tiers/A.cs", text);
}
