using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

public abstract class ManyRowsSuite(TestStore store) : StoreSuite(store)
{
    private sealed record Row(byte[] Id, string? Name, long? Amount, byte[]? Body);

    private static readonly Column<Row>[] Columns =
    [
        Column<Row>.Bytes("id", row => row.Id), Column<Row>.Text("name", row => row.Name),
        Column<Row>.Number("amount", row => row.Amount), Column<Row>.Bytes("body", row => row.Body),
    ];

    private static readonly ManyRows<Row> Plain = new("item", null, Columns), Skipping = new("item", "(id)", Columns);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var (blob, text) = Db.Engine == Engine.Sqlite ? ("BLOB", "TEXT") : ("bytea", "text");
        await Db.WriteAsync(tx => tx.ExecuteAsync($"CREATE TABLE item (id {blob} PRIMARY KEY, name {text}, amount bigint, body {blob})"));
    }

    [Fact]
    public async Task AllRows_StandAsGiven_NullsAndEmptyValuesToo()
    {
        Row[] rows = [new([1], "一", 1, [7]), new([2], null, null, null), new([3], "", long.MinValue, []), new([4], "'; --", long.MaxValue, new byte[5000])];

        Assert.Equal(4, await Db.WriteAsync(tx => tx.InsertAsync(Plain, rows)));
        Assert.Equal(0, await Db.WriteAsync(tx => tx.InsertAsync(Plain, [])));

        var read = await Db.ReadAsync(tx => tx.QueryAsync<Row>("SELECT id, name, amount, body FROM item ORDER BY id"));
        Assert.Equal(rows.Select(Shown), read.Select(Shown));
    }

    [Fact]
    public async Task ARowThatExists_IsSkippedAndNotCounted_OrAnErrorThatUndoesEverything()
    {
        await Db.WriteAsync(tx => tx.InsertAsync(Plain, [new([1], "first", 1, null)]));

        Assert.Equal(2, await Db.WriteAsync(tx => tx.InsertAsync(Skipping, [new([2], "b", 2, null), new([1], "again", 9, null), new([3], "c", 3, null), new([3], "twice", 4, null)])));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Db.WriteAsync(tx => tx.InsertAsync(Plain, [new([4], "d", 4, null), new([1], "again", 9, null)])));

        Assert.Equal(["first", "b", "c"], await Db.ReadAsync(tx => tx.QueryAsync<string>("SELECT name FROM item ORDER BY id")));
    }

    private static string Shown(Row row) => $"{Convert.ToHexString(row.Id)} {row.Name ?? "null"} {row.Amount?.ToString() ?? "null"} {(row.Body is null ? "null" : Convert.ToHexString(row.Body))}";
}

public sealed class ManyRowsOnSqlite() : ManyRowsSuite(TestStore.Sqlite());

public sealed class ManyRowsOnPostgres(PostgresServer server) : ManyRowsSuite(TestStore.Postgres(server));
