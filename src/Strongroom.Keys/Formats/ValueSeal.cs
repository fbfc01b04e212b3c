namespace Strongroom.Keys.Formats;

/// <summary>
/// An item value: "SV" ‖ 1 ‖ "A1" ‖ key id (8) ‖ nonce (12) ‖ ciphertext ‖ tag (16). The key id is the customer key's own
/// random number, so a customer who got a new key can be told from his former self.
/// </summary>
internal static class ValueSeal
{
    private const int HeaderSize = Suite.PrefixSize + Suite.KeyIdSize;
    internal const int Overhead = HeaderSize + Suite.NonceSize + Suite.TagSize;

    private static ReadOnlySpan<byte> Magic => "SV"u8;

    internal static byte[] Seal(
        GcmKey key, UInt128 installation, ReadOnlySpan<byte> keyId, in SealScope scope, ReadOnlySpan<byte> plain,
        ReadOnlySpan<byte> fixedNonce = default)
    {
        var output = new byte[checked(Overhead + plain.Length)];
        Suite.WritePrefix(Magic, output);
        keyId.CopyTo(output.AsSpan(Suite.PrefixSize));
        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, "strongroom/value"u8, installation, keyId, scope);
        key.Seal(plain, aad.Written, output.AsSpan(HeaderSize), fixedNonce);
        return output;
    }

    internal static bool TryOpen(
        GcmKey key, UInt128 installation, ReadOnlySpan<byte> keyId, in SealScope scope, ReadOnlySpan<byte> sealedValue, out byte[] plain)
    {
        plain = [];
        if (sealedValue.Length < Overhead || !Suite.HasPrefix(Magic, sealedValue)
            || !sealedValue[Suite.PrefixSize..].StartsWith(keyId))
        {
            return false;
        }

        var aad = new Bound(stackalloc byte[Bound.MaxLength]);
        Bind(ref aad, "strongroom/value"u8, installation, keyId, scope);
        var output = new byte[sealedValue.Length - Overhead];
        if (!key.TryOpen(sealedValue[HeaderSize..], aad.Written, output))
        {
            return false;
        }

        plain = output;
        return true;
    }

    /// <summary>Domain, format, suite, installation, key id, compartment, customer, record, item, version.</summary>
    internal static void Bind(
        ref Bound aad, ReadOnlySpan<byte> domain, UInt128 installation, ReadOnlySpan<byte> keyId, in SealScope scope)
    {
        aad.Open(domain, installation);
        aad.Add(keyId);
        aad.Add((byte)scope.Compartment);
        aad.Add(scope.Customer.Id);
        aad.Add(scope.Record);
        aad.AddName(scope.Item);
        aad.Add(scope.Version);
    }
}
