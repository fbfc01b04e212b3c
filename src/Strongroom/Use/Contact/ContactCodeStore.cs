using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Use.Contact;

/// <summary>A row of contact_code as it lies there.</summary>
internal sealed class ContactCodeRow
{
    public byte[] Id { get; init; } = [];

    public byte[] Customer { get; init; } = [];

    /// <summary>Who asked for it and may type it.</summary>
    public byte[] Holder { get; init; } = [];

    /// <summary>Keyed digest of the change it confirms.</summary>
    public string Bound { get; init; } = "";

    public byte[] Hash { get; set; } = [];

    public long Tries { get; set; }

    /// <summary>UTC milliseconds; null: not yet.</summary>
    public long? Used { get; set; }

    public long Until { get; init; }

    public byte[] Mac { get; set; } = [];
}

/// <summary>SQL of customers' codes.</summary>
internal static class ContactCodeStore
{
    public static Task<ContactCodeRow?> ForUpdateAsync(Tx tx, ContactCodeId id) => tx.QueryOneAsync<ContactCodeRow>(
        $"SELECT id, customer, holder, bound, hash, tries, used, until, mac FROM contact_code WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task InsertAsync(Tx tx, ContactCodeRow row) => tx.ExecuteAsync(
        """
        INSERT INTO contact_code (id, customer, holder, bound, hash, tries, used, until, mac)
        VALUES (@Id, @Customer, @Holder, @Bound, @Hash, @Tries, @Used, @Until, @Mac)
        """,
        row);

    /// <summary>Of a row that this transaction holds.</summary>
    public static Task UpdateAsync(Tx tx, ContactCodeRow row) =>
        tx.ExecuteAsync("UPDATE contact_code SET tries = @Tries, used = @Used, mac = @Mac WHERE id = @Id", row);

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => tx.ExecuteAsync("DELETE FROM contact_code WHERE until < @endedBefore", new { endedBefore });
}
