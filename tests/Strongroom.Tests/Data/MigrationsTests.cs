using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

public abstract class MigrationsSuite(TestStore store) : StoreSuite(store)
{
    private static readonly Migration One = new(1, "0001_one", "CREATE TABLE one (id {identity}, body {blob}, name {text} NOT NULL, n {int}, yes {bool}) {strict};");
    private static readonly Migration Two = new(2, "0002_two", "CREATE TABLE two (id {bigint} PRIMARY KEY); INSERT INTO two VALUES (2);");

    [Fact]
    public async Task NodesThatStartTogether_MigrateOnce()
    {
        var fresh = await Store.FreshAsync("data");

        var nodes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => OpenNodeAsync(fresh with { Migrations = new([One, Two]) }))));

        foreach (var node in nodes)
        {
            Assert.Equal(1, await node.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM two")));
            Assert.Equal(["0001_one", "0002_two"], await node.ReadAsync(tx => tx.QueryAsync<string>("SELECT name FROM schema_migration ORDER BY n")));
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task LaterMigrations_AreAppliedToExistingData()
    {
        var fresh = await Store.FreshAsync("data");
        await using (var first = await Database.OpenAsync(fresh with { Migrations = new([One]) }))
            await first.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO one (name) VALUES ('kept')"));

        await using var second = await Database.OpenAsync(fresh with { Migrations = new([One, Two]) });

        Assert.Equal("kept", await second.ReadAsync(tx => tx.ScalarAsync<string>("SELECT name FROM one")));
        Assert.Equal(2, await second.ReadAsync(tx => tx.ScalarAsync<long>("SELECT id FROM two")));
    }

    [Fact]
    public async Task AChangedMigration_RefusesToStart_AndNamesTheFile()
    {
        var fresh = await MigratedAsync(One, Two);

        var error = await RefusedAsync(fresh, One, Two with { Sql = Two.Sql + " " });

        Assert.Equal("store.migration-changed", error.Code);
        Assert.Contains("0002_two", error.En, StringComparison.Ordinal);
        Assert.Contains("0002_two", error.Zh, StringComparison.Ordinal);
        Assert.Equal("store.migration-changed", (await RefusedAsync(fresh, One with { Name = "0001_renamed" }, Two)).Code);
    }

    [Fact]
    public async Task ADigestAlteredInTheDatabase_RefusesToStart()
    {
        var fresh = await MigratedAsync(One);
        await using (var node = await Database.OpenAsync(fresh with { Migrations = new([One]) }))
            await node.WriteAsync(tx => tx.ExecuteAsync("UPDATE schema_migration SET digest = @digest", new { digest = new byte[32] }));

        Assert.Equal("store.migration-changed", (await RefusedAsync(fresh, One)).Code);
    }

    [Fact]
    public async Task DataOfANewerProgram_AndLateNumbers_AreRefused()
    {
        var fresh = await MigratedAsync(One, Two);

        Assert.Equal("store.migration-unknown", (await RefusedAsync(fresh, One)).Code);
        Assert.Equal("store.migration-order", (await RefusedAsync(fresh, new Migration(0, "0000_late", "SELECT 1"), One, Two)).Code);
    }

    [Fact]
    public async Task AStepThatCannotCarryRowsOver_RefusesDataWithRows_AndTakesAnEmptyOrAFreshOne()
    {
        var step = new Migration(3, "0003_fresh", "-- @empty two\nALTER TABLE two ADD COLUMN more {bigint};\n");
        var full = await MigratedAsync(One, Two);
        var error = await RefusedAsync(full, One, Two, step);
        Assert.Equal("store.format-old", error.Code);
        Assert.Contains("0003_fresh", error.En, StringComparison.Ordinal);
        Assert.Contains("0003_fresh", error.Zh, StringComparison.Ordinal);

        await using (var node = await Database.OpenAsync(full with { Migrations = new([One, Two]) }))
            await node.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM two"));
        await using var emptied = await Database.OpenAsync(full with { Migrations = new([One, Two, step]) });
        Assert.Empty(await emptied.ReadAsync(tx => tx.QueryAsync<long>("SELECT more FROM two")));
        await using var fresh = await Database.OpenAsync(await Store.FreshAsync("data") with { Migrations = new([One, Two, step]) });
        Assert.Equal(2, await fresh.ReadAsync(tx => tx.ScalarAsync<long>("SELECT id FROM two")));
    }

    [Fact]
    public async Task AFailingMigration_LeavesNothingBehind()
    {
        var fresh = await Store.FreshAsync("data");
        var broken = new Migration(2, "0002_broken", "CREATE TABLE half (id {int}); INSERT INTO nowhere VALUES (1);");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => Database.OpenAsync(fresh with { Migrations = new([One, broken]) }));

        await using var node = await Database.OpenAsync(fresh with { Migrations = new([One]) });
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => node.ReadAsync(tx => tx.QueryAsync<long>("SELECT id FROM half")));
    }

    [Fact]
    public async Task TheEmbeddedSets_OpenTwice()
    {
        foreach (var set in (string[])["data", "keyring"])
        {
            var fresh = await Store.FreshAsync(set);
            await (await Database.OpenAsync(fresh)).DisposeAsync();
            await (await Database.OpenAsync(fresh)).DisposeAsync();
        }
    }

    private async Task<DatabaseOptions> MigratedAsync(params Migration[] migrations)
    {
        var fresh = await Store.FreshAsync("data");
        await (await Database.OpenAsync(fresh with { Migrations = new(migrations) })).DisposeAsync();
        return fresh;
    }

    private static Task<StoreException> RefusedAsync(DatabaseOptions options, params Migration[] migrations) =>
        Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(options with { Migrations = new(migrations) }));

    private static Task<Database> OpenNodeAsync(DatabaseOptions options) => Database.OpenAsync(options);
}

public sealed class MigrationsOnSqlite() : MigrationsSuite(TestStore.Sqlite());

public sealed class MigrationsOnPostgres(PostgresServer server) : MigrationsSuite(TestStore.Postgres(server));

public sealed class MigrationTextTests
{
    [Fact]
    public void TokensAndSections_BecomeEachEnginesSql()
    {
        var migration = new Migration(1, "0001_x", """
            CREATE TABLE t (id {blob}, n {int});
            -- @postgres
            ALTER TABLE t OWNER TO {role:sensitive};
            -- @end
            -- @sqlite
            CREATE INDEX i ON t (n);
            -- @end
            INSERT INTO t VALUES ('{}');
            """);

        Assert.Equal("CREATE TABLE t (id bytea, n bigint);\nALTER TABLE t OWNER TO \"db_sensitive\";\nINSERT INTO t VALUES ('{}');\n",
            MigrationSet.Render(migration, Engine.Postgres, role => PostgresRoles.Quoted("db", role)));
        Assert.Equal("CREATE TABLE t (id BLOB, n INTEGER);\nCREATE INDEX i ON t (n);\nINSERT INTO t VALUES ('{}');\n",
            MigrationSet.Render(migration, Engine.Sqlite, _ => throw new InvalidOperationException()));
    }

    [Theory]
    [InlineData("CREATE TABLE t (id {uuid});")]
    [InlineData("-- @mysql\n-- @end")]
    [InlineData("-- @sqlite\nSELECT 1;")]
    [InlineData("-- @end")]
    [InlineData("-- @sqlite\n-- @postgres\n-- @end")]
    public void AnUnknownTokenOrSection_IsRefused(string sql) =>
        Assert.Throws<InvalidOperationException>(() => MigrationSet.Render(new Migration(1, "0001_x", sql), Engine.Sqlite, _ => "r"));

    [Fact]
    public void TwoMigrationsOfOneNumber_AndDeferredConstraints_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => new MigrationSet([new(1, "0001_a", ""), new(1, "0001_b", "")]));
        Assert.Throws<InvalidOperationException>(() => new MigrationSet([new(1, "0001_a", "x REFERENCES y DEFERRABLE INITIALLY DEFERRED")]));
    }

    [Fact]
    public void LineEnds_DoNotChangeADigest() =>
        Assert.Equal(new Migration(1, "a", "x\ny").Digest, new Migration(1, "a", "x\r\ny").Digest);

    [Fact]
    public void RolesOfALongDatabaseName_AreRefused_NotCut() =>
        Assert.Equal("store.roles", Assert.Throws<StoreException>(() => PostgresRoles.Quoted(new string('d', 60), DbRole.Sensitive)).Code);
}
