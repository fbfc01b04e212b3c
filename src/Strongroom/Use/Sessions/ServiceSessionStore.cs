using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Use.Sessions;

/// <summary>A row of service_session as it lies there.</summary>
internal sealed class ServiceSessionRow
{
    public byte[] Id { get; init; } = [];

    public long Version { get; init; }

    public byte[] Holder { get; init; } = [];

    public byte[]? Customer { get; init; }

    public string Purpose { get; init; } = "";

    public byte[]? Channel { get; init; }

    public byte[] Reference { get; init; } = [];

    public long Tries { get; init; }

    public string Matched { get; init; } = "";

    public long? Verified { get; init; }

    public long Opened { get; init; }

    public long Until { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of service sessions.</summary>
internal static class ServiceSessionStore
{
    private const string Columns = "id, version, holder, customer, purpose, channel, reference, tries, matched, verified, opened, until, mac";

    public static Task<IReadOnlyList<ServiceSessionRow>> OfAsync(Tx tx, IEnumerable<ServiceSessionId> ids) => tx.QueryAsync<ServiceSessionRow>(
        $"SELECT {Columns} FROM service_session WHERE id {tx.AnyOf("ids")}", new { ids = tx.Set(ids.Select(id => id.Bytes)) });

    public static Task<ServiceSessionRow?> ForUpdateAsync(Tx tx, ServiceSessionId id) => tx.QueryOneAsync<ServiceSessionRow>(
        $"SELECT {Columns} FROM service_session WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task InsertAsync(Tx tx, ServiceSessionRow row) => tx.ExecuteAsync(
        """
        INSERT INTO service_session (id, version, holder, customer, purpose, channel, reference, tries, matched, verified, opened, until, mac)
        VALUES (@Id, @Version, @Holder, @Customer, @Purpose, @Channel, @Reference, @Tries, @Matched, @Verified, @Opened, @Until, @Mac)
        """,
        row);

    /// <summary>Of a row that this transaction holds.</summary>
    public static Task UpdateAsync(Tx tx, ServiceSessionRow row) => tx.ExecuteAsync(
        """
        UPDATE service_session SET version = @Version, customer = @Customer, tries = @Tries, matched = @Matched, verified = @Verified, until = @Until, mac = @Mac
        WHERE id = @Id
        """,
        row);

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) =>
        tx.ExecuteAsync("DELETE FROM service_session WHERE until < @endedBefore", new { endedBefore });
}
