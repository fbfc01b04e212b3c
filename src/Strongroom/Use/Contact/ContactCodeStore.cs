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

    /// <summary>The number it went to.</summary>
    public byte[] ToRecord { get; init; } = [];

    public string ToItem { get; init; } = "";

    /// <summary>Language of the messages.</summary>
    public string Locale { get; init; } = "";

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
    private const string Columns = "id, customer, holder, to_record AS ToRecord, to_item AS ToItem, locale, bound, hash, tries, used, until, mac";

    public static Task<ContactCodeRow?> ForUpdateAsync(Tx tx, ContactCodeId id) => tx.QueryOneAsync<ContactCodeRow>(
        $"SELECT {Columns} FROM contact_code WHERE id = @id{tx.ForUpdate}", new { id = id.Bytes });

    public static Task<ContactCodeRow?> FindAsync(Tx tx, ContactCodeId id) => tx.QueryOneAsync<ContactCodeRow>($"SELECT {Columns} FROM contact_code WHERE id = @id", new { id = id.Bytes });

    public static Task InsertAsync(Tx tx, ContactCodeRow row) => tx.ExecuteAsync(
        """
        INSERT INTO contact_code (id, customer, holder, to_record, to_item, locale, bound, hash, tries, used, until, mac)
        VALUES (@Id, @Customer, @Holder, @ToRecord, @ToItem, @Locale, @Bound, @Hash, @Tries, @Used, @Until, @Mac)
        """,
        row);

    /// <summary>Of a row that this transaction holds.</summary>
    public static Task UpdateAsync(Tx tx, ContactCodeRow row) =>
        tx.ExecuteAsync("UPDATE contact_code SET tries = @Tries, used = @Used, mac = @Mac WHERE id = @Id", row);

    public static Task<int> ForgetAsync(Tx tx, long endedBefore) => tx.ExecuteAsync("DELETE FROM contact_code WHERE until < @endedBefore", new { endedBefore });
}
