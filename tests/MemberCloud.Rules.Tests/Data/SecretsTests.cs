using System.Security.Cryptography;
using MemberCloud.Data;

namespace MemberCloud.Rules.Tests.Data;

public sealed class SecretsTests
{
    private static readonly byte[] Master = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly Guid Brand = Guid.Parse("018f3c2e-0000-7000-8000-000000000001");
    private static readonly Guid Other = Guid.Parse("018f3c2e-0000-7000-8000-000000000002");

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void The_master_key_has_32_bytes(int length) => Assert.Throws<ArgumentException>(() => new Secrets(new byte[length]));

    [Fact]
    public void A_wrapped_key_opens_again_on_every_node_with_the_master_key()
    {
        var wrapped = new Secrets(Master).NewWrappedKey(Brand);

        Assert.Equal(new Secrets(Master).Unwrap(Brand, wrapped).Ledger, new Secrets(Master).Unwrap(Brand, wrapped).Ledger);
        Assert.Equal(60, wrapped.Length);
    }

    [Fact]
    public void A_wrapped_key_opens_for_nobody_else()
    {
        var secrets = new Secrets(Master);
        var wrapped = secrets.NewWrappedKey(Brand);
        var altered = (byte[])wrapped.Clone();
        altered[20] ^= 1;

        Assert.ThrowsAny<CryptographicException>(() => secrets.Unwrap(Other, wrapped));
        Assert.ThrowsAny<CryptographicException>(() => secrets.Unwrap(Brand, altered));
        Assert.ThrowsAny<CryptographicException>(() => new Secrets(new byte[32]).Unwrap(Brand, wrapped));
    }

    [Fact]
    public void Every_tenant_has_a_key_of_its_own()
    {
        var secrets = new Secrets(Master);

        Assert.NotEqual(
            secrets.Unwrap(Brand, secrets.NewWrappedKey(Brand)).Ledger,
            secrets.Unwrap(Brand, secrets.NewWrappedKey(Brand)).Ledger
        );
    }

    [Fact]
    public void A_sealed_text_is_opened_for_its_owner_only()
    {
        var keys = new TenantKeys(Master);
        var phone = keys.SealText("+8613800138000", Brand);

        Assert.Equal("+8613800138000", keys.OpenText(phone, Brand));
        Assert.ThrowsAny<CryptographicException>(() => keys.OpenText(phone, Other));
        Assert.ThrowsAny<CryptographicException>(() => new TenantKeys(new byte[32]).OpenText(phone, Brand));
    }

    [Theory]
    [InlineData("")]
    [InlineData("茶 😀")]
    public void Any_text_is_sealed(string text)
    {
        var keys = new TenantKeys(Master);

        Assert.Equal(text, keys.OpenText(keys.SealText(text, Brand), Brand));
    }

    [Fact]
    public void One_text_sealed_twice_looks_different() =>
        Assert.NotEqual(new TenantKeys(Master).SealText("a", Brand), new TenantKeys(Master).SealText("a", Brand));

    [Fact]
    public void Equal_values_have_equal_indexes_within_one_tenant_and_field_only()
    {
        var keys = new TenantKeys(Master);
        var index = keys.BlindIndex("phone", "+8613800138000");

        Assert.Equal(index, new TenantKeys(Master).BlindIndex("phone", "+8613800138000"));
        Assert.NotEqual(index, keys.BlindIndex("email", "+8613800138000"));
        Assert.NotEqual(index, keys.BlindIndex("phone", "+8613800138001"));
        Assert.NotEqual(index, new TenantKeys(new byte[32]).BlindIndex("phone", "+8613800138000"));
    }

    [Fact]
    public void No_purpose_has_anothers_key()
    {
        var keys = new TenantKeys(Master);
        byte[][] derived =
        [
            keys.Ledger,
            keys.Audit,
            keys.Requests,
            Convert.FromHexString(new Secrets(Master).ServingPassword()),
            Master,
        ];

        Assert.Distinct(derived.Select(Convert.ToHexString).ToList());
    }

    [Fact]
    public void A_members_key_opens_what_it_sealed_for_that_member_and_tenant_only()
    {
        var keys = new TenantKeys(Master);
        var (ann, bob) = (Guid.Parse("018f3c2e-0000-7000-8000-000000000001"), Guid.Parse("018f3c2e-0000-7000-8000-000000000002"));
        var (annKey, other) = (keys.NewMemberKey(ann), keys.NewMemberKey(ann));

        var text = keys.SealText("proof", ann, annKey);

        Assert.Equal("proof", keys.OpenText(text, ann, annKey));
        Assert.ThrowsAny<CryptographicException>(() => keys.OpenText(text, bob, annKey));
        Assert.ThrowsAny<CryptographicException>(() => keys.OpenText(text, ann, other));
        Assert.ThrowsAny<CryptographicException>(() => keys.OpenText(text, ann));
        Assert.ThrowsAny<CryptographicException>(() => new TenantKeys(new byte[32]).OpenText(text, ann, annKey));
    }

    [Fact]
    public void The_serving_password_is_that_of_every_node() =>
        Assert.Equal(new Secrets(Master).ServingPassword(), new Secrets((byte[])Master.Clone()).ServingPassword());

    [Fact]
    public void A_configured_key_needs_no_file() =>
        Assert.Equal(
            new Secrets(Master).ServingPassword(),
            Secrets.Open(Convert.ToBase64String(Master), "/nowhere/master.key").ServingPassword()
        );

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void A_key_that_is_not_configured_is_made_once_and_readable_by_its_owner_only(string? configured)
    {
        var folder = Directory.CreateTempSubdirectory("membercloud-");
        try
        {
            var file = Path.Combine(folder.FullName, "deeper", "master.key");
            Assert.Equal(Secrets.Open(configured, file).ServingPassword(), Secrets.Open(configured, file).ServingPassword());
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_configured_key_that_is_none_is_refused()
    {
        Assert.Throws<FormatException>(() => Secrets.Open("not base64", "/nowhere/master.key"));
        Assert.Throws<ArgumentException>(() => Secrets.Open("AAAA", "/nowhere/master.key"));
    }
}
