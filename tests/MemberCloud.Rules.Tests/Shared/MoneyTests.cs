using System.Globalization;
using FsCheck.Fluent;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class MoneyTests
{
    [Fact]
    public void Half_of_83_33_is_41_67_off_41_66_left()
    {
        var off = Money.Percent(83_33, 5_000, Rounding.HalfAwayFromZero);

        Assert.Equal((41_67, 41_66), (off, 83_33 - off));
    }

    [Theory]
    //          num den away even
    [InlineData(5, 2, 3, 2)]
    [InlineData(7, 2, 4, 4)]
    [InlineData(1, 2, 1, 0)]
    [InlineData(-5, 2, -3, -2)]
    [InlineData(-7, 2, -4, -4)]
    [InlineData(-1, 2, -1, 0)]
    [InlineData(4, 3, 1, 1)]
    [InlineData(5, 3, 2, 2)]
    [InlineData(-5, 3, -2, -2)]
    [InlineData(6, 3, 2, 2)]
    [InlineData(0, 3, 0, 0)]
    public void One_rounding_half_away_from_zero_or_half_even(long numerator, long denominator, long away, long even)
    {
        Assert.Equal(away, Money.Round(numerator, denominator, Rounding.HalfAwayFromZero));
        Assert.Equal(even, Money.Round(numerator, denominator, Rounding.HalfEven));
    }

    [Theory]
    [InlineData(100_00, 150, 1_50)]
    [InlineData(33, 10_000, 33)]
    [InlineData(33, 0, 0)]
    [InlineData(-83_33, 5_000, -41_67)]
    [InlineData(Money.Max, 10_000, Money.Max)]
    public void Percentages_are_basis_points(long amount, int basisPoints, long expected) =>
        Assert.Equal(expected, Money.Percent(amount, basisPoints, Rounding.HalfAwayFromZero));

    [Fact]
    public void Rounding_is_that_of_decimals() =>
        Cases.ForAll(
            Gen.Two(Gen.Choose(-1_000_000, 1_000_000)),
            pair =>
            {
                var (amount, basisPoints) = pair;
                var exact = (decimal)amount * basisPoints / 10_000;
                Assert.Equal(
                    decimal.Round(exact, MidpointRounding.AwayFromZero),
                    Money.Percent(amount, basisPoints, Rounding.HalfAwayFromZero)
                );
                Assert.Equal(
                    decimal.Round(exact, MidpointRounding.ToEven),
                    Money.Percent(amount, basisPoints, Rounding.HalfEven)
                );
            }
        );

    [Theory]
    [InlineData("JPY", 0)]
    [InlineData("CNY", 2)]
    [InlineData("KWD", 3)]
    public void Currencies_have_their_digits(string currency, int digits)
    {
        Assert.True(Money.IsCurrency(currency));
        Assert.Equal(digits, Money.Digits(currency));
    }

    [Theory]
    [InlineData("cny")]
    [InlineData("XXX")]
    [InlineData("")]
    public void What_is_no_currency_is_none(string code) => Assert.False(Money.IsCurrency(code));

    [Theory]
    [InlineData("12", "CNY", 12_00)]
    [InlineData("12.3", "CNY", 12_30)]
    [InlineData("12.34", "CNY", 12_34)]
    [InlineData("12.340", "CNY", 12_34)]
    [InlineData("-12.34", "CNY", -12_34)]
    [InlineData("0", "CNY", 0)]
    [InlineData("12", "JPY", 12)]
    [InlineData("12.345", "KWD", 12_345)]
    [InlineData("10000000000.00", "CNY", Money.Max)]
    [InlineData("1000000000000", "JPY", Money.Max)]
    [InlineData("-1000000000000", "JPY", -Money.Max)]
    public void Text_is_read_as_minor_units(string text, string currency, long minor)
    {
        Assert.True(Money.TryParse(text, currency, out var read));
        Assert.Equal(minor, read);
    }

    [Theory]
    [InlineData("", "CNY")]
    [InlineData("12.345", "CNY")]
    [InlineData("12.3", "JPY")]
    [InlineData("1,234.00", "CNY")]
    [InlineData("12,30", "CNY")]
    [InlineData(" 12", "CNY")]
    [InlineData("¥12", "CNY")]
    [InlineData("1e3", "CNY")]
    [InlineData("(12)", "CNY")]
    [InlineData("10000000000.01", "CNY")]
    [InlineData("1000000000001", "JPY")]
    [InlineData("79228162514264337593543950335", "KWD")]
    [InlineData("-79228162514264337593543950335", "JPY")]
    [InlineData("99999999999999999999999999999999", "CNY")]
    public void What_is_no_money_of_the_currency_is_refused(string text, string currency)
    {
        Assert.False(Money.TryParse(text, currency, out var minor));
        Assert.Equal(0, minor);
    }

    [Fact]
    public void Any_amount_is_read_as_it_is_written() =>
        Cases.ForAll(
            Gen.Choose(int.MinValue, int.MaxValue),
            minor =>
            {
                Assert.True(Money.TryParse((minor / 100m).ToString(CultureInfo.InvariantCulture), "EUR", out var read));
                Assert.Equal(minor, read);
            }
        );
}
