using MemberCloud.Checkouts;

namespace MemberCloud.Rules.Tests.Checkouts;

/// <summary>What may become of a checkout, by its state and the time.</summary>
public sealed class CheckoutRulesTests
{
    private static readonly DateTime Made = new(2026, 3, 10, 4, 0, 0, DateTimeKind.Utc);

    private static Checkout In(CheckoutState state) =>
        new()
        {
            State = state,
            CreatedAt = Made,
            ExpiresAt = Made.AddMinutes(15),
            OrderNo = state == CheckoutState.Committed ? "A-1" : null,
            Asked = "",
            Cart = "",
            Quote = "",
        };

    [Theory]
    [InlineData(CheckoutState.Open, 0, "A-1", "")]
    [InlineData(CheckoutState.Open, 899, "A-1", "")]
    [InlineData(CheckoutState.Open, 900, "A-1", "checkout_expired")] // though no job has run
    [InlineData(CheckoutState.Expired, 900, "A-1", "checkout_expired")]
    [InlineData(CheckoutState.Cancelled, 0, "A-1", "checkout_cancelled")]
    [InlineData(CheckoutState.Committed, 0, "A-1", "")] // that order
    [InlineData(CheckoutState.Committed, 9000, "A-1", "")]
    [InlineData(CheckoutState.Committed, 0, "A-2", "checkout_committed")]
    public void A_commit(CheckoutState state, int seconds, string no, string expected) =>
        Assert.Equal(expected, CheckoutRules.Commit(In(state), new(no), Made.AddSeconds(seconds))?.Code ?? "");

    [Theory]
    [InlineData(-1, "out_of_order")]
    [InlineData(0, "")]
    [InlineData(60, "")]
    public void It_was_paid_after_it_was_made(int seconds, string expected) =>
        Assert.Equal(
            expected,
            CheckoutRules.Commit(In(CheckoutState.Open), new("A-1", Made.AddSeconds(seconds)), Made.AddSeconds(60))?.Code ?? ""
        );

    [Theory]
    [InlineData(CheckoutState.Open, 0, "")]
    [InlineData(CheckoutState.Open, 900, "checkout_expired")]
    [InlineData(CheckoutState.Expired, 0, "checkout_expired")]
    [InlineData(CheckoutState.Cancelled, 9000, "")]
    [InlineData(CheckoutState.Committed, 0, "checkout_committed")]
    public void A_cancellation(CheckoutState state, int seconds, string expected) =>
        Assert.Equal(expected, CheckoutRules.Cancel(In(state), Made.AddSeconds(seconds))?.Code ?? "");
}
