namespace Strongroom.Tests.Fuzz;

/// <summary>Numbers that are the same for the same seed (SplitMix64), so that a failing case can be rolled again.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 … below - 1.</summary>
    public int Below(int below) => (int)(Next() % (ulong)below);

    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    public bool OneIn(int n) => Below(n) == 0;
}

/// <summary>Changes bytes the way parsers are broken: structure shifted, lengths lied about, pieces of other inputs, tokens of the format.</summary>
internal static class Mutation
{
    private static readonly byte[] Odd = [0, 1, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x3A, 0x7F, 0x80, 0xBF, 0xC0, 0xC3, 0xED, 0xF4, 0xFE, 0xFF];

    /// <param name="other">Another input of the same kind, to take pieces from.</param>
    /// <param name="tokens">Words of the format.</param>
    public static byte[] Of(Dice dice, byte[] input, byte[] other, IReadOnlyList<byte[]> tokens)
    {
        var bytes = input.ToList();
        for (var times = 1 + dice.Below(dice.OneIn(4) ? 8 : 3); times > 0; times--)
        {
            Once(dice, bytes, other, tokens);
        }

        return [.. bytes.Take(1 << 20)];
    }

    private static void Once(Dice dice, List<byte> bytes, byte[] other, IReadOnlyList<byte[]> tokens)
    {
        var at = dice.Below(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + dice.Below(dice.OneIn(3) ? 64 : 4));
        switch (dice.Below(10))
        {
            case 0 when length > 0:
                bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
            case 1 when length > 0:
                bytes[at] = dice.Pick(Odd);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4 when tokens.Count > 0:
                bytes.InsertRange(at, dice.Pick(tokens));
                break;
            case 5 when tokens.Count > 0:
                bytes.RemoveRange(at, length);
                bytes.InsertRange(at, dice.Pick(tokens));
                break;
            case 6 when other.Length > 0:
                var from = dice.Below(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 1 + dice.Below(200))).ToArray());
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 8 when length >= 4:
                // A number in binary: near its ends.
                var value = dice.Pick(new[] { 0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu, (uint)bytes.Count, (uint)bytes.Count + 1 });
                for (var i = 0; i < 4; i++)
                {
                    bytes[at + i] = (byte)(value >> (24 - (8 * i)));
                }

                break;
            default:
                bytes.InsertRange(at, Enumerable.Repeat(dice.Pick(Odd), dice.OneIn(20) ? 5000 : dice.Below(20)));
                break;
        }
    }
}
