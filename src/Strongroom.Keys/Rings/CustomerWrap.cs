using System.Security.Cryptography;
using Strongroom.Keys.Formats;

namespace Strongroom.Keys.Rings;

/// <summary>A customer's row of the keyring: three wrapped keys under one epoch.</summary>
internal sealed record CustomerRow(byte[] Customer, long Epoch, byte[] KeyId, byte[] General, byte[] Sensitive, byte[] Log)
{
    internal KeyOwner Owner => KeyOwner.FromBytes(Customer);
}

/// <summary>Makes, opens and re-wraps customers' keys. Raw keys exist only on the stack, zeroed before it returns.</summary>
internal static class CustomerWrap
{
    internal static CustomerRow Make(EpochKeys epoch, UInt128 installation, KeyOwner owner)
    {
        Span<byte> keys = stackalloc byte[3 * Suite.KeySize];
        try
        {
            RandomNumberGenerator.Fill(keys);
            return Wrap(epoch, installation, owner, RandomNumberGenerator.GetBytes(Suite.KeyIdSize), keys);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>Null when a wrap does not open under this epoch.</summary>
    internal static OpenCustomer? TryOpen(EpochKeys epoch, UInt128 installation, CustomerRow row)
    {
        Span<byte> keys = stackalloc byte[3 * Suite.KeySize];
        try
        {
            return TryUnwrap(epoch, installation, row, keys)
                ? new(installation, row.Owner, row.KeyId, keys[..32], keys[32..64], keys[64..])
                : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>The same keys under another epoch, opened again to be sure; null when the row does not open.</summary>
    internal static CustomerRow? TryMove(EpochKeys from, EpochKeys to, UInt128 installation, CustomerRow row)
    {
        Span<byte> keys = stackalloc byte[6 * Suite.KeySize];
        var before = keys[..96];
        var after = keys[96..];
        try
        {
            if (!TryUnwrap(from, installation, row, before))
            {
                return null;
            }

            var moved = Wrap(to, installation, row.Owner, row.KeyId, before);
            return TryUnwrap(to, installation, moved, after) && CryptographicOperations.FixedTimeEquals(before, after) ? moved : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private static CustomerRow Wrap(EpochKeys epoch, UInt128 installation, KeyOwner owner, byte[] keyId, ReadOnlySpan<byte> keys)
    {
        var id = owner.ToBytes();
        return new(id, epoch.N, keyId,
            KeyWrap.Wrap(epoch.General, installation, BindingOf(epoch, id, WrapUse.General, keyId), keys[..32]),
            KeyWrap.Wrap(epoch.Sensitive, installation, BindingOf(epoch, id, WrapUse.Sensitive, keyId), keys[32..64]),
            KeyWrap.Wrap(epoch.System, installation, BindingOf(epoch, id, WrapUse.Log, keyId), keys[64..]));
    }

    private static bool TryUnwrap(EpochKeys epoch, UInt128 installation, CustomerRow row, Span<byte> keys) =>
        row.KeyId.Length == Suite.KeyIdSize
        && KeyWrap.TryUnwrap(epoch.General, installation, BindingOf(epoch, row.Customer, WrapUse.General, row.KeyId), row.General, keys[..32])
        && KeyWrap.TryUnwrap(epoch.Sensitive, installation, BindingOf(epoch, row.Customer, WrapUse.Sensitive, row.KeyId), row.Sensitive, keys[32..64])
        && KeyWrap.TryUnwrap(epoch.System, installation, BindingOf(epoch, row.Customer, WrapUse.Log, row.KeyId), row.Log, keys[64..]);

    private static KeyWrap.Binding BindingOf(EpochKeys epoch, byte[] owner, WrapUse use, byte[] keyId) =>
        new(KeyWrap.UnderEpochKey, epoch.N, owner, use, keyId);
}
