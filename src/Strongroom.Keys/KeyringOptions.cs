using Strongroom.Data;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;

namespace Strongroom.Keys;

/// <summary>What a keyring is opened with. None of it is owned: the caller closes database, root and holders after the keyring.</summary>
/// <param name="Root">The root key.</param>
/// <param name="Holders">At least one, in production three.</param>
/// <param name="Database">The keyring's own database, migration set <c>keyring</c>.</param>
/// <param name="Time">The clock.</param>
public sealed record KeyringOptions(IRootKey Root, IReadOnlyList<IEpochHolder> Holders, Database Database, TimeProvider Time)
{
    /// <summary>How often epochs are read again, so that every node drops the keys of an ended epoch; null for never (tests).</summary>
    public TimeSpan? RefreshEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Open keys in memory, customers.</summary>
    internal int CacheSize { get; init; } = 10_000;
}
