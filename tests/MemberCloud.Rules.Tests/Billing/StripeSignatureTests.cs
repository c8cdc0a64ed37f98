using System.Text;
using MemberCloud.Billing;

namespace MemberCloud.Rules.Tests.Billing;

public sealed class StripeSignatureTests
{
    private const string Secret = "whsec_test_secret";
    private const long SignedAt = 1_767_225_600; // 2026-01-01T00:00:00Z
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":"evt_1"}""");
    private static readonly string Good = StripeSignature.Sign(SignedAt, Body, Secret);

    private static string? Check(string? header, int later = 0, string secret = Secret, byte[]? body = null) =>
        StripeSignature.Check(header, body ?? Body, secret, DateTime.UnixEpoch.AddSeconds(SignedAt + later))?.Code;

    /// <summary>Worked out with <c>openssl dgst -sha256 -hmac whsec_test_secret</c> over "1767225600.{"id":"evt_1"}".</summary>
    [Fact]
    public void The_signature_is_the_HMAC_of_time_dot_body() => Assert.Equal(OpenSsl, Good);

    private const string OpenSsl = "f6ef300ec2c3f1ea8e4bc6d2a62975f58477d6fcd4bd03529a148873f625b1ca";

    [Theory]
    [InlineData(0, null)]
    [InlineData(300, null)]
    [InlineData(301, "signature_expired")]
    [InlineData(-300, null)]
    [InlineData(-301, "signature_expired")] // signed ahead of our clock: it could be used later as well
    public void It_holds_for_five_minutes_either_way(int later, string? code) =>
        Assert.Equal(code, Check($"t={SignedAt},v1={Good}", later));

    [Fact]
    public void Of_several_signatures_one_has_to_fit()
    {
        var other = StripeSignature.Sign(SignedAt, Body, "whsec_old");
        Assert.Null(Check($"t={SignedAt},v1={other},v1={Good},v0=abc"));
        Assert.Null(Check($" t={SignedAt} , v1={Good}"));
        Assert.Equal("signature_invalid", Check($"t={SignedAt},v1={other},v1=abc"));
    }

    public static TheoryData<string?> NotSigned { get; } =
        new(
            null,
            "",
            "nonsense",
            $"t={SignedAt}",
            $"v1={Good}",
            $"t=,v1={Good}",
            $"t=-{SignedAt},v1={Good}",
            $"t={SignedAt}0,v1={Good}",
            $"t=99999999999999999999,v1={Good}",
            $"t={SignedAt},v0={Good}", // an older scheme, which anybody may choose to send
            $"t={SignedAt},V1={Good}",
            $"t={SignedAt},v1={Good[..^1]}",
            $"t={SignedAt},v1={Good}0",
            $"t={SignedAt},v1={Good.ToUpperInvariant()}",
            $"t={SignedAt},v1=",
            $"t={SignedAt},v1=\u00e4{Good}",
            $"t={SignedAt},{string.Join(',', Enumerable.Repeat("v1=0", 50))},v1={Good}" // not searched through without end
        );

    [Theory, MemberData(nameof(NotSigned))]
    public void Anything_else_is_not_Stripes(string? header) => Assert.Equal("signature_invalid", Check(header));

    [Fact]
    public void Another_body_another_secret_and_another_time_are_not_Stripes()
    {
        Assert.Equal("signature_invalid", Check($"t={SignedAt},v1={Good}", body: Encoding.UTF8.GetBytes("""{"id":"evt_2"}""")));
        Assert.Equal("signature_invalid", Check($"t={SignedAt},v1={Good}", secret: "whsec_other"));
        Assert.Equal("signature_invalid", Check($"t={SignedAt + 1},v1={Good}"));
    }

    /// <summary>What is old and false is false: nobody learns from the answer what was signed when.</summary>
    [Fact]
    public void A_false_signature_is_told_before_an_old_one() =>
        Assert.Equal("signature_invalid", Check($"t={SignedAt},v1=00", later: 1000));
}
