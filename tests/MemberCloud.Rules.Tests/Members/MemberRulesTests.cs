using System.Globalization;
using System.Text.Json;
using MemberCloud.Members;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Members;

public sealed class MemberRulesTests
{
    private static readonly Dictionary<string, AttributeType> Defined = new()
    {
        ["colour"] = AttributeType.Text,
        ["height"] = AttributeType.Number,
        ["vegan"] = AttributeType.Boolean,
        ["since"] = AttributeType.Date,
    };

    [Theory]
    [InlineData("Wang.Li@Example.COM", "wang.li@example.com")]
    [InlineData(" a@b ", "a@b")]
    [InlineData("a+tag@b.cn", "a+tag@b.cn")]
    [InlineData("王@例子.cn", "王@例子.cn")]
    [InlineData("@b", null)]
    [InlineData("a@", null)]
    [InlineData("ab", null)]
    [InlineData("a@b@c", null)]
    [InlineData("a b@c", null)]
    [InlineData("a\u0001@c", null)]
    [InlineData("", null)]
    public void An_email_address_has_one_at_sign_with_something_on_both_sides(string text, string? email) =>
        Assert.Equal(email, Emails.Read(text));

    [Theory]
    [InlineData(254, true)]
    [InlineData(255, false)]
    public void An_email_address_has_up_to_254_characters(int length, bool taken) =>
        Assert.Equal(taken, Emails.Read($"{new string('a', length - 2)}@b") is not null);

    [Theory]
    [InlineData("1990-05-17", 517)]
    [InlineData("1900-01-01", 101)]
    [InlineData("2000-02-29", 229)]
    [InlineData("2026-03-01", 301)] // born today
    [InlineData("2026-03-02", null)] // tomorrow
    [InlineData("1899-12-31", null)]
    [InlineData("2001-02-29", null)]
    [InlineData("1990-5-17", null)]
    [InlineData("17.05.1990", null)]
    [InlineData("", null)]
    public void A_birthday_is_a_day_between_1900_and_today(string text, int? key)
    {
        var birthday = MemberRules.Birthday(text, new(2026, 3, 1));

        Assert.Equal(key, birthday?.Key);
        Assert.Equal(key is null ? null : text, birthday?.Text);
    }

    [Theory]
    [InlineData("2026-02-28", new[] { 228, 229 })] // no 29th this year
    [InlineData("2028-02-28", new[] { 228 })]
    [InlineData("2028-02-29", new[] { 229 })]
    [InlineData("2026-03-01", new[] { 301 })]
    [InlineData("2026-12-31", new[] { 1231 })]
    [InlineData("2026-01-28", new[] { 128 })]
    public void A_birthday_of_29_february_is_celebrated_on_the_28th_when_there_is_no_29th(string day, int[] keys) =>
        Assert.Equal(keys, MemberRules.BirthKeysOn(DateOnly.Parse(day, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("{}", """{"colour":"red"}""", """{"colour":"red"}""")]
    [InlineData("""{"colour":"red"}""", """{"colour":"blue"}""", """{"colour":"blue"}""")]
    [InlineData("""{"colour":"red","vegan":true}""", """{"colour":null}""", """{"vegan":true}""")]
    [InlineData("""{"vegan":true}""", """{"colour":null}""", """{"vegan":true}""")]
    [InlineData("""{"vegan":true}""", """{"height":1.75,"colour":""}""", """{"colour":"","height":1.75,"vegan":true}""")]
    [InlineData("{}", """{"vegan":false}""", """{"vegan":false}""")]
    [InlineData("{}", """{"since":"2028-02-29"}""", """{"since":"2028-02-29"}""")]
    [InlineData("""{"old":1}""", "{}", """{"old":1}""")] // kept, though no longer defined
    public void Attributes_are_merged_by_key(string stored, string change, string merged) =>
        Assert.Equal(merged, Merge(stored, change).Value);

    [Theory]
    [InlineData("""{"shoe":42}""", "/attributes/shoe", "unknown_attribute")]
    [InlineData("""{"shoe":null}""", "/attributes/shoe", "unknown_attribute")]
    [InlineData("""{"colour":1}""", "/attributes/colour", "bad_type")]
    [InlineData("""{"colour":"\u0000"}""", "/attributes/colour", "bad_type")]
    [InlineData("""{"height":"1"}""", "/attributes/height", "bad_type")]
    [InlineData("""{"height":1e400}""", "/attributes/height", "bad_type")]
    [InlineData("""{"vegan":"true"}""", "/attributes/vegan", "bad_type")]
    [InlineData("""{"since":"2026-02-29"}""", "/attributes/since", "bad_type")]
    [InlineData("""{"since":20260301}""", "/attributes/since", "bad_type")]
    [InlineData("""{"colour":["red"]}""", "/attributes/colour", "bad_type")]
    public void An_attribute_that_does_not_fit_is_named(string change, string pointer, string code)
    {
        var problem = Merge("{}", change).Problem!;

        Assert.Equal((pointer, code, 400), (problem.Errors[0].Pointer, problem.Code, problem.Status));
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void A_text_attribute_has_up_to_500_characters(int length, bool taken) =>
        Assert.Equal(taken, !Merge("{}", $$"""{"colour":"{{new string('a', length)}}"}""").Refused);

    [Theory]
    [InlineData(49, true)]
    [InlineData(50, false)]
    public void A_member_has_up_to_50_attributes(int before, bool taken)
    {
        var stored = Json.Write(Enumerable.Range(0, before).ToDictionary(i => $"a{i}", i => i));

        Assert.Equal(taken ? null : "too_many", Merge(stored, """{"vegan":true}""").Problem?.Code);
    }

    private static Result<string> Merge(string stored, string change) =>
        MemberRules.Merge(stored, Json.Read<Dictionary<string, JsonElement>>(change), Defined);
}
