using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Tenancy;

namespace MemberCloud.Rules.Tests.Tenancy;

public sealed class KeyRulesTests
{
    private static readonly Gen<byte[]> Random = Gen.Choose(0, 255).Select(i => (byte)i).ArrayOf(32);

    [Theory]
    [InlineData(TenantMode.Live, "mc_live_sk_")]
    [InlineData(TenantMode.Sandbox, "mc_test_sk_")]
    public void A_prefix_says_what_a_key_opens(TenantMode mode, string prefix) => Assert.Equal(prefix, KeyRules.PrefixOf(mode));

    [Theory]
    [InlineData(KeyRules.Operator)]
    [InlineData(KeyRules.Live)]
    [InlineData(KeyRules.Sandbox)]
    public void A_made_key_is_well_formed(string prefix) =>
        Cases.ForAll(
            Random,
            random =>
            {
                var key = KeyRules.Make(prefix, random);
                Assert.True(KeyRules.IsWellFormed(key));
                Assert.StartsWith(prefix, key);
                Assert.Equal(prefix.Length + 38, key.Length);
            },
            200
        );

    [Fact]
    public void One_wrong_character_is_noticed_without_asking_the_database() =>
        Cases.ForAll(
            Random,
            random =>
            {
                var key = new StringBuilder(KeyRules.Make(KeyRules.Live, random));
                var place = KeyRules.Live.Length + random[0] % 38;
                key[place] = key[place] == '7' ? '8' : '7';
                Assert.False(KeyRules.IsWellFormed(key.ToString()));
            }
        );

    [Fact]
    public void Different_randomness_makes_different_keys()
    {
        var keys = Enumerable
            .Range(0, 32)
            .Select(i => KeyRules.Make(KeyRules.Live, [.. Enumerable.Range(0, 32).Select(j => (byte)(j == i ? 1 : 0))]));
        Assert.Distinct(keys.Append(KeyRules.Make(KeyRules.Live, new byte[32])).ToList());
    }

    [Fact]
    public void What_was_never_a_key_is_refused()
    {
        var key = KeyRules.Make(KeyRules.Live, new byte[32]);
        string[] others =
        [
            "",
            "mc_live_sk_",
            "sk_live_51H",
            key[..^1],
            key + "0",
            key.ToUpperInvariant(),
            " " + key,
            KeyRules.Sandbox + key[KeyRules.Live.Length..],
        ];

        Assert.All(others, other => Assert.False(KeyRules.IsWellFormed(other), other));
    }

    [Fact]
    public void Too_little_randomness_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyRules.Make(KeyRules.Live, new byte[31]));

    [Fact]
    public void A_key_is_kept_as_its_sha_256() =>
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            Convert.ToHexStringLower(KeyRules.HashOf("abc"))
        );
}
