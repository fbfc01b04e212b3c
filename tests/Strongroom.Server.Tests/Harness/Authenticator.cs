using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Strongroom.Server.Tests.Harness;

/// <summary>
/// A person's authenticator app and his sheet of recovery codes. A code is good once, so somebody who signs in again within the same half
/// minute takes the next one, which the server accepts too, and then the sheet: no test waits for the clock.
/// </summary>
internal sealed class Authenticator(string secret)
{
    private readonly Lock gate = new();
    private readonly byte[] key = Decode(secret);
    private Queue<string> recovery = [];
    private long last;

    public string Next()
    {
        lock (gate)
        {
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;
            if (last <= now)
            {
                last = Math.Max(last + 1, now);
                return CodeAt(last);
            }

            return recovery.Dequeue();
        }
    }

    /// <summary>The app and the sheet as they are now, for a copy of the installation.</summary>
    public Authenticator Copy()
    {
        lock (gate)
        {
            return new Authenticator(secret) { last = last, recovery = new(recovery) };
        }
    }

    /// <summary>A recovery code from the sheet.</summary>
    public string Spare()
    {
        lock (gate)
        {
            return recovery.Dequeue();
        }
    }

    /// <summary>RFC 6238, written down again so that the product does not check itself.</summary>
    public string CodeAt(long step)
    {
        var counter = BitConverter.GetBytes(step);
        Array.Reverse(counter);
#pragma warning disable CA5350 // What the apps compute.
        var mac = HMACSHA1.HashData(key, counter);
#pragma warning restore CA5350
        var at = mac[^1] & 15;
        var number = ((mac[at] & 127) << 24) | (mac[at + 1] << 16) | (mac[at + 2] << 8) | mac[at + 3];
        return (number % 1_000_000).ToString("D6", System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Keep(IEnumerable<string> codes)
    {
        lock (gate)
        {
            recovery = new(codes);
        }
    }

    private static byte[] Decode(string base32)
    {
        var bits = new StringBuilder();
        foreach (var letter in base32)
        {
            bits.Append(Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter), 2).PadLeft(5, '0'));
        }

        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.ToString(i * 8, 8), 2))];
    }
}

/// <summary>The authenticator apps of one installation's people, by account.</summary>
internal sealed class Authenticators : ConcurrentDictionary<string, Authenticator>;
