using System.Security.Cryptography;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity.Factors;

/// <summary>Ten codes for whoever lost his device: shown once, kept as keyed hashes, each good for one sign-in.</summary>
internal static class RecoveryCodes
{
    public const int Count = 10;

    // As in start passwords: nothing that is mistaken for something else on paper. Ten of 31 signs are 49 bits.
    private const string Readable = "abcdefghjkmnpqrstuvwxyz23456789";

    public static IReadOnlyList<string> Make() =>
        [.. Enumerable.Range(0, Count).Select(_ => $"{RandomNumberGenerator.GetString(Readable, 5)}-{RandomNumberGenerator.GetString(Readable, 5)}")];

    /// <summary>The code as it was printed; null when the text cannot be one.</summary>
    public static string? Fold(string? text)
    {
        var plain = string.Concat((text ?? "").Where(letter => letter is not (' ' or '-'))).ToLowerInvariant();
        return plain.Length == 10 && plain.All(letter => Readable.Contains(letter, StringComparison.Ordinal)) ? $"{plain[..5]}-{plain[5..]}" : null;
    }

    /// <summary>Position of the code's hash; -1 when it is none of them.</summary>
    public static int Find(IReadOnlyList<byte[]> hashes, byte[] hash)
    {
        var found = -1;
        for (var i = 0; i < hashes.Count; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(hashes[i], hash))
            {
                found = i;
            }
        }

        return found;
    }

    public static IReadOnlyList<byte[]> Hash(Secrets secrets, PersonId person, IEnumerable<string> codes) =>
        [.. codes.Select(code => secrets.HashRecoveryCode(person, code))];
}
