namespace Strongroom.Data;

/// <summary>
/// The number that rises with every change of configuration (roles, policies, grants …) in the same transaction. Whoever acted on
/// cached configuration compares it before committing and decides again when it has moved.
/// </summary>
public static class ConfigEpoch
{
    public static Rows<long> Ask(Batch batch) => batch.Ask("SELECT epoch FROM config_epoch WHERE id = 1", row => row.GetInt64(0));

    public static Task<long> ReadAsync(Tx tx) => tx.ScalarAsync<long>("SELECT epoch FROM config_epoch WHERE id = 1");

    /// <summary>Raises the epoch; returns the new one. On PostgreSQL changes of configuration thereby follow one another.</summary>
    public static Task<long> BumpAsync(Tx tx) => tx.ScalarAsync<long>("UPDATE config_epoch SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch");
}
