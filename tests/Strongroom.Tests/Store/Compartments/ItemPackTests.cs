using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Store.Compartments;

namespace Strongroom.Tests.Store.Compartments;

public sealed class ItemPackTests
{
    // Format 1, held by a vector: data written once must be readable for ever.
    private const string Vector =
        "01" + "0002"
        + "05" + "656d61696c" + "00000002" + "000000000000000a" + "00000000000000000000000000000005" + "00000003" + "aabbcc"
        + "06" + "6d6f62696c65" + "00000001" + "0000018bcfe56800" + "00000000000000000000000000000006" + "00000000";

    private static PackedItem Item(string key, int version, long at, int intake, params byte[] bytes) =>
        new(ItemKey.Of(key), version, at, IntakeId.From((UInt128)(uint)intake), bytes);

    [Fact]
    public void The_format_is_the_vector()
    {
        var written = ItemPack.Write([Item("mobile", 1, 1_700_000_000_000, 6), Item("email", 2, 10, 5, 0xaa, 0xbb, 0xcc)]);

        Assert.Equal(Vector, Convert.ToHexStringLower(written));
        Assert.True(ItemPack.TryRead(Convert.FromHexString(Vector), out var read));
        Assert.Equal(["email", "mobile"], read.Select(item => item.Key.Value));
        Assert.Equal((2, 10L, IntakeId.From(5), false), (read[0].Version, read[0].At, read[0].Intake, read[0].IsRemoved));
        Assert.Equal([0xaa, 0xbb, 0xcc], read[0].Sealed);
        Assert.True(read[1].IsRemoved);
    }

    [Fact]
    public void Every_shortening_and_every_lengthening_is_refused()
    {
        var vector = Convert.FromHexString(Vector);
        for (var length = 0; length < vector.Length; length++)
        {
            Assert.False(ItemPack.TryRead(vector.AsSpan(0, length), out var none));
            Assert.Empty(none);
        }

        Assert.False(ItemPack.TryRead((byte[])[.. vector, 0], out _));
    }

    [Fact]
    public void A_changed_byte_gives_another_content_or_a_refusal_and_never_an_exception()
    {
        var vector = Convert.FromHexString(Vector);
        for (var i = 0; i < vector.Length; i++)
        {
            for (var value = 0; value < 256; value++)
            {
                if (value != vector[i])
                {
                    var changed = (byte[])vector.Clone();
                    changed[i] = (byte)value;
                    if (ItemPack.TryRead(changed, out var read))
                    {
                        Assert.Equal(changed, ItemPack.Write(read));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("01" + "0002" + "0161" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "00000000"
        + "0161" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "00000000")]
    [InlineData("01" + "0002" + "0162" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "00000000"
        + "0161" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "00000000")]
    [InlineData("01" + "0001" + "0161" + "00000000" + "0000000000000000" + "00000000000000000000000000000000" + "00000000")]
    [InlineData("01" + "0001" + "0161" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "7fffffff")]
    [InlineData("01" + "0001" + "0161" + "00000001" + "0000000000000000" + "00000000000000000000000000000000" + "ffffffff")]
    [InlineData("01" + "ffff")]
    [InlineData("02" + "0000")]
    public void Twice_one_item_wrong_order_no_version_too_long_too_many_or_another_format_is_refused(string hex) =>
        Assert.False(ItemPack.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void What_is_written_is_read_and_any_bytes_are_survived()
    {
        Prop.ForAll<byte[]>(bytes => !ItemPack.TryRead(bytes, out var read) || ItemPack.Write(read).AsSpan().SequenceEqual(bytes)).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[], int, long>((bytes, count, at) =>
        {
            var items = Enumerable.Range(0, Math.Abs(count % 20)).Select(i => Item($"k{i}", i + 1, at, i, bytes)).ToList();
            return ItemPack.TryRead(ItemPack.Write(items), out var read) && read.Count == items.Count
                && read.All(item => item.Sealed.AsSpan().SequenceEqual(bytes) && item.At == at);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Writing_refuses_what_reading_would()
    {
        Assert.Throws<ArgumentException>(() => ItemPack.Write([Item("a", 1, 0, 0), Item("a", 2, 0, 0)]));
        Assert.Throws<ArgumentException>(() => ItemPack.Write([Item("a", 0, 0, 0)]));
        Assert.Throws<ArgumentException>(() => ItemPack.Write([Item("a", 1, 0, 0, new byte[ItemPack.LongestSealed + 1])]));
        Assert.Throws<ArgumentException>(() => ItemPack.Write(Enumerable.Range(0, 257).Select(i => Item($"k{i}", 1, 0, 0))));
    }
}
