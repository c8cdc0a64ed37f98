using System.Security.Cryptography;
using System.Text;

namespace MemberCloud.Data;

/// <summary>
/// The platform's master key and what is derived from it. Each tenant has a random data key, stored wrapped under the master key (AES-256-GCM);
/// purposes get keys of their own by HKDF (RFC 5869), so that none can stand in for another.
/// </summary>
public sealed class Secrets
{
    internal const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly byte[] master;

    public Secrets(byte[] master) =>
        this.master =
            master.Length == KeyBytes ? master : throw new ArgumentException("The master key is 32 bytes.", nameof(master));

    /// <summary>The key from <c>Platform:MasterKey</c> (base64), or the one in the file, made at first start and readable by its owner only.</summary>
    public static Secrets Open(string? configured, string file)
    {
        if (!string.IsNullOrWhiteSpace(configured))
            return new(Convert.FromBase64String(configured));
        if (!File.Exists(file))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            WriteOnce(file);
        }
        return new(Convert.FromBase64String(File.ReadAllText(file)));
    }

    /// <summary>The password of the serving database role: the same on every node that shares the master key.</summary>
    public string ServingPassword() => Convert.ToHexStringLower(Derive(master, "postgres serving role"));

    /// <summary>Random bytes that every node finds again without storing them: what the demo brands' keys and passwords are made of.</summary>
    public byte[] DemoSecret(string name) => Derive(master, $"demo {name}");

    public byte[] NewWrappedKey(Guid tenant) => Seal(master, RandomNumberGenerator.GetBytes(KeyBytes), tenant.ToByteArray());

    /// <summary>Opens a tenant's data key. Fails when this node's master key is not the one it was wrapped with.</summary>
    public TenantKeys Unwrap(Guid tenant, byte[] wrapped) => new(Open(master, wrapped, tenant.ToByteArray()));

    internal static byte[] Derive(byte[] key, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyBytes, info: Encoding.UTF8.GetBytes(purpose));

    /// <summary>AES-256-GCM: nonce, ciphertext, tag. The context is bound but not stored.</summary>
    internal static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(
            nonce,
            plain,
            sealedBytes.AsSpan(NonceBytes, plain.Length),
            sealedBytes.AsSpan(NonceBytes + plain.Length),
            context
        );
        return sealedBytes;
    }

    internal static byte[] Open(byte[] key, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> context)
    {
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], plain, context);
        return plain;
    }

    /// <summary>Whole or not at all: of two nodes that start at once one's file stands, and both read it.</summary>
    private static void WriteOnce(string file)
    {
        var draft = $"{file}.{Environment.ProcessId}";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(draft, options))
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
        try
        {
            File.Move(draft, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(draft);
        }
    }
}

/// <summary>One tenant's keys, by purpose.</summary>
public sealed class TenantKeys(byte[] dataKey)
{
    private readonly byte[] fields = Secrets.Derive(dataKey, "personal fields");
    private readonly byte[] index = Secrets.Derive(dataKey, "blind index");
    private readonly byte[] members = Secrets.Derive(dataKey, "member keys");

    /// <summary>Seals the ledger's entries into a chain.</summary>
    public byte[] Ledger { get; } = Secrets.Derive(dataKey, "ledger chain");

    /// <summary>Seals the audit log's lines into a chain.</summary>
    public byte[] Audit { get; } = Secrets.Derive(dataKey, "audit chain");

    /// <summary>Makes fingerprints of what was asked: nobody without the key can find a phone number by trying them all.</summary>
    public byte[] Requests { get; } = Secrets.Derive(dataKey, "requests");

    /// <summary>Makes the codes of coupon pools: nobody without the key can work out one from where it stands.</summary>
    public byte[] Codes { get; } = Secrets.Derive(dataKey, "coupon codes");

    public byte[] SealText(string text, Guid owner) => Secrets.Seal(fields, Encoding.UTF8.GetBytes(text), owner.ToByteArray());

    public string OpenText(byte[] sealedText, Guid owner) =>
        Encoding.UTF8.GetString(Secrets.Open(fields, sealedText, owner.ToByteArray()));

    /// <summary>A new key of one member, wrapped under this tenant's.</summary>
    public byte[] NewMemberKey(Guid member) =>
        Secrets.Seal(members, RandomNumberGenerator.GetBytes(Secrets.KeyBytes), member.ToByteArray());

    /// <summary>Seals a text under a member's wrapped key.</summary>
    public byte[] SealText(string text, Guid member, byte[] wrappedKey) =>
        Secrets.Seal(Unwrap(member, wrappedKey), Encoding.UTF8.GetBytes(text), member.ToByteArray());

    public string OpenText(byte[] sealedText, Guid member, byte[] wrappedKey) =>
        Encoding.UTF8.GetString(Secrets.Open(Unwrap(member, wrappedKey), sealedText, member.ToByteArray()));

    private byte[] Unwrap(Guid member, byte[] wrappedKey) => Secrets.Open(members, wrappedKey, member.ToByteArray());

    /// <summary>Finds an encrypted value without storing it: equal values have equal indexes, within one tenant and field only.</summary>
    public byte[] BlindIndex(string field, string value) =>
        HMACSHA256.HashData(index, Encoding.UTF8.GetBytes($"{field}\n{value}"));
}
