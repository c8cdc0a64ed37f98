using System.Globalization;
using FsCheck.Fluent;
using MemberCloud.Members;

namespace MemberCloud.Rules.Tests.Members;

public sealed class AttributeRulesTests
{
    [Fact]
    public void Numbers_sort_as_their_keys_do()
    {
        string[] rising =
        [
            "-79228162514264337593543950335",
            "-1000.5",
            "-10",
            "-9.99",
            "-1",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "0.1",
            "9",
            "9.99",
            "10",
            "1000.5",
            "12345678901234567890",
            "12345678901234567891",
            "79228162514264337593543950335",
        ];
        var keys = rising.Select(n => AttributeRules.KeyOf(decimal.Parse(n, CultureInfo.InvariantCulture))).ToList();

        Assert.Equal(keys, keys.Order(StringComparer.Ordinal));
        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(58, key.Length));
    }

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("0", "-0.00")]
    [InlineData("1e2", "100")]
    public void One_number_has_one_key_however_it_is_written(string one, string other) => Assert.Equal(Key(one), Key(other));

    [Fact]
    public void Keys_compare_as_numbers_do() =>
        Cases.ForAll(
            Gen.Zip(Decimals, Decimals),
            pair =>
                Assert.Equal(
                    Math.Sign(pair.Item1.CompareTo(pair.Item2)),
                    Math.Sign(string.CompareOrdinal(AttributeRules.KeyOf(pair.Item1), AttributeRules.KeyOf(pair.Item2)))
                )
        );

    private static FsCheck.Gen<decimal> Decimals =>
        from whole in Cases.Amounts
        from scale in Gen.Choose(0, 28)
        select new decimal((int)whole, (int)(whole >> 32) & int.MaxValue, 0, whole < 0, (byte)scale);

    [Theory]
    [InlineData("\"Tea\"", "Tea")]
    [InlineData("\"\"", "")]
    [InlineData("\"2024-02-29\"", "2024-02-29")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    public void Everything_else_stands_as_it_is(string json, string key) => Assert.Equal(key, Key(json));

    // before, after; whose row goes, whose comes
    [Theory]
    [InlineData("{}", "{}", "", "")]
    [InlineData("{}", """{"b":"x","a":true}""", "", "a=true b=x")]
    [InlineData("""{"a":"x"}""", "{}", "a", "")]
    [InlineData("""{"a":"x"}""", """{"a":"y"}""", "a", "a=y")]
    [InlineData("""{"a":"x","b":"y"}""", """{"a":"x","c":"z"}""", "b", "c=z")]
    [InlineData("""{"a":1}""", """{"a":1.0}""", "", "")]
    public void Only_rows_of_what_changed_go_and_come(string before, string after, string gone, string come)
    {
        var changes = AttributeRules.Changes(before, after);

        Assert.Equal(
            (gone, come),
            (string.Join(' ', changes.Gone), string.Join(' ', changes.Come.Select(c => $"{c.Key}={c.Value}")))
        );
    }

    private static string Key(string json) =>
        AttributeRules.KeyOf(MemberCloud.Shared.Json.Read<System.Text.Json.JsonElement>(json));
}
