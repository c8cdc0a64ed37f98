using FsCheck;
using FsCheck.Fluent;
using MemberCloud.Shared;

namespace MemberCloud.Rules.Tests.Shared;

public sealed class IdsTests
{
    private static readonly Gen<Guid> Guids = Gen.Choose(0, 255)
        .ArrayOf(16)
        .Select(b => new Guid([.. b.Select(i => (byte)i)], bigEndian: true));

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", "mem_00000000000000000000000000")]
    [InlineData("00000000-0000-0000-0000-00000000001f", "mem_0000000000000000000000000z")]
    [InlineData("ffffffff-ffff-ffff-ffff-ffffffffffff", "mem_7zzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void An_id_is_a_prefix_and_26_characters(string id, string shown)
    {
        Assert.Equal(shown, Ids.Show(IdPrefix.Member, Guid.Parse(id)));
        Assert.True(Ids.TryRead(IdPrefix.Member, shown, out var read));
        Assert.Equal(Guid.Parse(id), read);
    }

    [Fact]
    public void An_id_is_read_as_it_is_shown() =>
        Cases.ForAll(
            Guids,
            id =>
            {
                Assert.True(Ids.TryRead(IdPrefix.Order, Ids.Show(IdPrefix.Order, id), out var read));
                Assert.Equal(id, read);
            }
        );

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("mem_")]
    [InlineData("mem_0000000000000000000000000")] // one short
    [InlineData("mem_000000000000000000000000000")] // one more
    [InlineData("ord_00000000000000000000000000")]
    [InlineData("MEM_00000000000000000000000000")]
    [InlineData("mem-00000000000000000000000000")]
    [InlineData("mem_80000000000000000000000000")] // more than 128 bits
    [InlineData("mem_0000000000000000000000000Z")]
    [InlineData("mem_0000000000000000000000000i")]
    [InlineData("mem_0000000000000000000000000l")]
    [InlineData("mem_0000000000000000000000000o")]
    [InlineData("mem_0000000000000000000000000u")]
    [InlineData("mem_ 0000000000000000000000000")]
    [InlineData("mem_0000000000000000000000000\0")]
    [InlineData("mem_0000000000000000000000000０")]
    public void A_malformed_id_is_one_that_does_not_exist(string? text)
    {
        Assert.False(Ids.TryRead(IdPrefix.Member, text, out var id));
        Assert.Equal(Guid.Empty, id);
    }

    [Fact]
    public void New_ids_are_uuids_of_version_7()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var bytes = Ids.New().ToByteArray(bigEndian: true);

        Assert.Equal((0x70, 0x80), (bytes[6] & 0xF0, bytes[8] & 0xC0));
        var at = Convert.ToInt64(Convert.ToHexString(bytes, 0, 6), 16);
        Assert.InRange(at, before, before + 60_000);
    }

    [Fact]
    public void New_ids_rise_strictly_and_so_do_their_texts()
    {
        var texts = Enumerable.Range(0, 20_000).Select(_ => Ids.Show(IdPrefix.Entry, Ids.New())).ToList();

        Assert.True(
            texts.Zip(texts.Skip(1)).All(p => string.CompareOrdinal(p.First, p.Second) < 0),
            "Each is greater than the one before."
        );
    }

    [Fact]
    public void New_ids_differ_between_threads() =>
        Assert.Distinct(Enumerable.Range(0, 20_000).AsParallel().Select(_ => Ids.New()).ToList());

    [Fact]
    public void Prefixes_differ() => Assert.Distinct(typeof(IdPrefix).GetFields().Select(f => f.GetRawConstantValue()));
}
