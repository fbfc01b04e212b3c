namespace Strongroom.Bench.Plain;

/// <summary>A customer as the opponent reads it.</summary>
/// <param name="Values">In the order of the items asked for.</param>
internal sealed record PlainRow(byte[] Record, string[] Values);

/// <summary>What the opponents do with a database: one statement a request, prepared, durable where it writes.</summary>
internal interface IPlainStore : IAsyncDisposable
{
    /// <param name="items">Names of columns; checked against the table's by the caller.</param>
    ValueTask<PlainRow?> ReadAsync(byte[] id, IReadOnlyList<string> items, CancellationToken ct);

    /// <summary>Ids of those whose <paramref name="item"/> is exactly this, five at most.</summary>
    ValueTask<IReadOnlyList<byte[]>> FindAsync(string item, string value, CancellationToken ct);

    /// <param name="values">In the order of <see cref="Product.People.Items"/>.</param>
    ValueTask InsertAsync(byte[] id, byte[] record, IReadOnlyList<string> values, CancellationToken ct);
}
