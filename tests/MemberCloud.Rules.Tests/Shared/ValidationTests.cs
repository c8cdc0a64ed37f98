using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class ValidationTests
{
    public sealed record Line([Required, Text(5)] string Sku, [property: Range(1, 9)] int Quantity = 1);

    public sealed record Cart(
        [property: Required] string Name = "a",
        [property: StringLength(3)] string? Code = null,
        [property: MinLength(2), MaxLength(3)] string? Slug = null,
        [property: MaxLength(2)] IReadOnlyList<Line>? Lines = null,
        [property: MinLength(1)] IReadOnlyList<string>? Tags = null,
        [property: RegularExpression("[a-z]+")] string? Word = null,
        [property: Instant] DateTime? At = null,
        Line? Gift = null,
        IReadOnlyDictionary<string, string>? Extra = null,
        Dictionary<string, string>? More = null,
        Lazy<Line>? Later = null,
        DayOfWeek Day = DayOfWeek.Monday
    ) : IChecked
    {
        public IEnumerable<FieldProblem> Check()
        {
            if (Name == Code)
                yield return new("/code", "same", "A code is not the name.");
        }
    }

    public sealed record Order(Cart Cart);

    public static TheoryData<string, string, object> Wrong { get; } =
        new()
        {
            { "/name", "required", new Cart(Name: null!) },
            { "/code", "too_long", new Cart(Code: "abcd") },
            { "/slug", "too_short", new Cart(Slug: "a") },
            { "/slug", "too_long", new Cart(Slug: "abcd") },
            { "/lines", "too_many", new Cart(Lines: [new("a"), new("b"), new("c")]) },
            { "/tags", "too_few", new Cart(Tags: []) },
            { "/tags/1", "required", new Cart(Tags: ["a", null!]) },
            { "/tags/0", "too_long", new Cart(Tags: [new string('a', 201)]) },
            { "/tags/0", "bad_characters", new Cart(Tags: ["a\0"]) },
            { "/word", "bad_format", new Cart(Word: "A") },
            { "/at", "out_of_range", new Cart(At: new(1969, 12, 31, 0, 0, 0, DateTimeKind.Utc)) },
            { "/at", "out_of_range", new Cart(At: new(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc)) },
            { "/gift/quantity", "out_of_range", new Cart(Gift: new("a", 0)) },
            { "/gift/sku", "too_long", new Cart(Gift: new("abcdef")) },
            { "/lines/1/sku", "required", new Cart(Lines: [new("a"), new(null!)]) },
            { "/lines/0", "required", new Cart(Lines: [null!]) },
            { "/code", "same", new Cart("a", "a") },
            { "/cart/code", "same", new Order(new("a", "a")) },
            { "/limit", "out_of_range", new PageRequest(null, 0) },
            { "/limit", "out_of_range", new PageRequest(null, 201) },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_field_is_named_with_its_code(string pointer, string code, object request)
    {
        var problem = Validation.Check(request);

        Assert.Equal((400, code), (problem?.Status, problem?.Code));
        Assert.Equal((pointer, code), (problem!.Errors[0].Pointer, problem.Errors[0].Code));
        Assert.Equal(problem.Detail, problem.Errors[0].Message);
    }

    [Fact]
    public void What_is_right_has_no_problem()
    {
        Assert.Null(
            Validation.Check(
                new Cart(
                    "a",
                    "b",
                    "abc",
                    [new("a")],
                    ["a"],
                    "word",
                    DateTime.UnixEpoch,
                    new("b"),
                    new Dictionary<string, string> { [""] = "" }
                )
            )
        );
        Assert.Null(Validation.Check(new PageRequest(null, 200)));
        Assert.Null(Validation.Check(new PageRequest(null, null)));
    }

    [Fact]
    public void Every_wrong_field_is_named()
    {
        var problem = Validation.Check(new Cart(null!, "abcd", Gift: new("abcdef", 10)));

        Assert.Equal(["/name", "/code", "/gift/sku", "/gift/quantity"], problem!.Errors.Select(e => e.Pointer));
    }

    [Fact]
    public void Fields_that_depend_on_each_other_are_looked_at_when_each_is_right_by_itself() =>
        Assert.DoesNotContain(Validation.Check(new Cart("abcd", "abcd"))!.Errors, e => e.Code == "same");

    [Fact]
    public void Not_more_than_fifty_are_named()
    {
        var problem = Validation.Check(new Cart(Tags: [.. Enumerable.Repeat("", 60)], Gift: new("abcdef")));

        Assert.Equal(50, problem!.Errors.Count);
    }

    [Theory]
    [InlineData("a", null)]
    [InlineData("abcde", null)]
    [InlineData("茶😀", null)]
    [InlineData("abcdef", "too_long")]
    [InlineData("", "too_short")]
    [InlineData("  ", "too_short")]
    [InlineData("a\0", "bad_characters")]
    [InlineData("a\nb", "bad_characters")]
    [InlineData("a\u0085", "bad_characters")]
    [InlineData(null, null)]
    [InlineData(7, null)]
    public void Text_has_a_length_and_no_control_characters(object? text, string? code)
    {
        Assert.Equal(code, new TextAttribute(5).Problem(text));
        Assert.Equal(code is null, new TextAttribute(5).IsValid(text));
    }

    [Theory]
    [InlineData("a", 0xD83D, "")] // cut off
    [InlineData("a", 0xD83D, "b")]
    [InlineData("a", 0xDE00, "b")] // without its first half
    public void A_lone_surrogate_is_no_text(string left, int half, string right) =>
        Assert.Equal("bad_characters", new TextAttribute(5).Problem(left + (char)half + right));

    [Fact]
    public void Text_that_may_be_empty_may_be_blank()
    {
        Assert.Null(new TextAttribute(5) { Min = 0 }.Problem(""));
        Assert.Null(new TextAttribute(5) { Min = 0 }.Problem("  "));
        Assert.Equal("too_short", new TextAttribute(5) { Min = 3 }.Problem("ab"));
    }

    [Fact]
    public void An_instant_lies_between_1970_and_2200()
    {
        var rule = new InstantAttribute();
        Assert.True(rule.IsValid(DateTime.UnixEpoch));
        Assert.True(rule.IsValid(new DateTime(2199, 12, 31, 23, 59, 59, DateTimeKind.Utc)));
        Assert.False(rule.IsValid(DateTime.UnixEpoch.AddTicks(-1)));
        Assert.False(rule.IsValid(new DateTime(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        Assert.True(rule.IsValid(null));
        Assert.Contains("1970", rule.FormatErrorMessage("At"));
    }
}
