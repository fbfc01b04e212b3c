using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Tests.Spine.Audit.Tlog;

/// <summary>Parsers are total: whatever comes, they answer; and no changed note is ever believed.</summary>
[Trait("Suite", "fuzz")]
public sealed class HostileInputTests
{
    private const string Note = """
        example.com/log/testdata
        15
        rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=

        — example.com/log/testdata M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=

        """;

    [Fact]
    public void Parsers_never_throw() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Pieces().ToArbitrary(), text =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.True(VerifierKey.TryParse(GoldenLogTests.TesseraKey, out var key, out _));
        if (SignedNote.TryParse(bytes, out var note, out _))
        {
            Assert.Equal(bytes, note.ToBytes());
        }

        Checkpoint.TryOpen(bytes, key, out _, out _);
        if (Checkpoint.TryParseText(text, out var checkpoint, out _))
        {
            Assert.StartsWith(checkpoint.Text, text, StringComparison.Ordinal);
        }

        if (VerifierKey.TryParse(text, out var parsed, out _))
        {
            Assert.Equal(text, parsed.ToString());
        }

        if (TileId.TryParse(text, out var tile))
        {
            Assert.Equal(text, tile.ToString());
        }
    }));

    [Fact]
    public void Bundles_of_random_bytes_never_throw_and_read_ones_are_exact() => Check.QuickThrowOnFailure(Prop.ForAll<byte[], byte>((bytes, count) =>
    {
        if (EntryBundle.TryParse(bytes, count, out var entries, out _))
        {
            Assert.Equal(bytes, EntryBundle.Write([.. entries.Select(e => e.ToArray())]));
        }

        Assert.Equal(bytes.Length > 0 && bytes.Length == count * 32, Tiles.TryParse(bytes, count, out _));
        Assert.True(SignedNote.TryParse(bytes, out var note, out var reason) ? note.ToBytes().AsSpan().SequenceEqual(bytes) : reason.Length > 0);
    }));

    [Fact]
    public void Changed_notes_never_verify()
    {
        Assert.True(VerifierKey.TryParse(GoldenLogTests.TesseraKey, out var key, out _));
        var good = Encoding.UTF8.GetBytes(Note);
        Assert.True(Checkpoint.TryOpen(good, key, out var checkpoint, out var reason), reason);
        Assert.Equal(15, checkpoint.Size);
        for (var at = 0; at < good.Length; at++)
        {
            foreach (var flip in new byte[] { 0x01, 0x20, 0x80, 0xff })
            {
                var changed = good.ToArray();
                changed[at] ^= flip;
                Assert.False(Checkpoint.TryOpen(changed, key, out _, out _), $"byte {at} flipped by {flip}");
            }

            Assert.False(Checkpoint.TryOpen([.. good[..at], .. good[(at + 1)..]], key, out _, out _), $"byte {at} dropped");
            Assert.False(Checkpoint.TryOpen([.. good[..at], (byte)'A', .. good[at..]], key, out _, out _), $"byte inserted at {at}");
            Assert.False(Checkpoint.TryOpen(good.AsSpan(0, at), key, out _, out _), $"cut at {at}");
        }
    }

    [Fact]
    public void Unknown_signatures_are_ignored_but_a_wrong_one_of_the_known_key_is_not()
    {
        Assert.True(VerifierKey.TryParse(GoldenLogTests.TesseraKey, out var key, out _));
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(Note), out var note, out _));
        var own = note.Signatures[0];
        var stranger = own with { Name = "example.com/other" };
        var sameNameOtherId = own with { KeyId = own.KeyId + 1 };
        Assert.True(Checkpoint.TryOpen((note with { Signatures = [stranger, sameNameOtherId, own] }).ToBytes(), key, out _, out _));
        Assert.False(Checkpoint.TryOpen((note with { Signatures = [stranger, sameNameOtherId] }).ToBytes(), key, out _, out _));
        var wrong = own with { Signature = [.. own.Signature.Reverse()] };
        Assert.False(Checkpoint.TryOpen((note with { Signatures = [own, wrong] }).ToBytes(), key, out _, out _));
    }

    [Theory]
    [InlineData("o\n01\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n-1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n+1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n99999999999999999999\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383ct=\n")]
    [InlineData("o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383c==\n")]
    [InlineData("o\n1\nrKbDipCvhuX1 GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n1\nrKbD\n")]
    [InlineData("\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n")]
    [InlineData("o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=")]
    [InlineData("o\n1\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n")]
    public void Checkpoint_texts_out_of_form(string text)
    {
        Assert.False(Checkpoint.TryParseText(text, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    /// <summary>Random text would never get past the first check, so pieces of real notes are shuffled with noise.</summary>
    private static Gen<string> Pieces() =>
        Gen.Elements(
                "\n", "\n\n", "— ", "— a ", "example.com/log/testdata", "+", "33d7b496", "15", "0", "AAAA", "AAAAAAAA", "AAAAAAAAAA==", "=", " ", "\u0000", "\u2003",
                "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx", "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=", "tile/", "entries/", "x001/", "067", ".p/", "金", "\ud83d\ude00")
            .ListOf().Select(string.Concat);
}
