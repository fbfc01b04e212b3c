using Strongroom.Data;

namespace Strongroom.Tests.Harness;

/// <summary>
/// One suite of store tests for both engines. Write the tests once in an abstract class and derive it twice:
/// <code>
/// public abstract class CustomersSuite(TestStore store) : StoreSuite(store, "data") { [Fact] public async Task … }
/// public sealed class CustomersOnSqlite() : CustomersSuite(TestStore.Sqlite());
/// public sealed class CustomersOnPostgres(PostgresServer server) : CustomersSuite(TestStore.Postgres(server));
/// </code>
/// Each test gets a fresh, migrated database in <see cref="Db"/>.
/// </summary>
public abstract class StoreSuite(TestStore store, string set = "data") : IAsyncLifetime
{
    private readonly List<Database> opened = [];

    protected TestStore Store { get; } = store;
    protected DatabaseOptions Options { get; private set; } = null!;
    protected Database Db { get; private set; } = null!;

    /// <summary>Opens a database that is closed with the test. With <see cref="Options"/>: a second node on the same database.</summary>
    protected async Task<Database> OpenAsync(DatabaseOptions options)
    {
        var database = await Database.OpenAsync(options, TestContext.Current.CancellationToken);
        opened.Add(database);
        return database;
    }

    public virtual async ValueTask InitializeAsync()
    {
        Options = await Store.MigratedAsync(set);
        Db = await OpenAsync(Options);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var database in opened) await database.DisposeAsync();
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
