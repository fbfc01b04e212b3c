using System.Text;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>The search that other tests rest on finds what it must.</summary>
public sealed class DiskTests
{
    [Fact]
    public void A_planted_word_is_found_in_every_encoding_at_every_offset()
    {
        var needles = Disk.Needles("Braund").ToList();
        for (var offset = 0; offset < 6; offset++)
        {
            byte[] plain = [.. new byte[offset].Select((_, i) => (byte)(i + 65)), .. "Braund"u8, .. "xyz"u8];
            Assert.True(Disk.Holds(plain, needles));
            Assert.True(Disk.Holds(Encoding.ASCII.GetBytes(Convert.ToBase64String(plain)), needles));
            Assert.True(Disk.Holds(Encoding.ASCII.GetBytes(Convert.ToHexString(plain)), needles));
            Assert.True(Disk.Holds(Encoding.Unicode.GetBytes(Encoding.ASCII.GetString(plain)), needles));
        }

        Assert.False(Disk.Holds("nothing of that name"u8, needles));
    }
}
