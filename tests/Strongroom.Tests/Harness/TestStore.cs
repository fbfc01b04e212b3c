using System.Security.Cryptography;
using Strongroom.Data;

namespace Strongroom.Tests.Harness;

/// <summary>Gives fresh databases of one engine and removes them at the end.</summary>
public abstract class TestStore : IAsyncDisposable
{
    public static TestStore Sqlite() => new SqliteStore();

    public static TestStore Postgres(PostgresServer server) => new PostgresStore(server);

    /// <summary>The options of a new, empty database. Opening them twice opens the same database twice.</summary>
    public abstract Task<DatabaseOptions> FreshAsync(string set);

    public abstract ValueTask DisposeAsync();

    private sealed class SqliteStore : TestStore
    {
        private readonly string folder = Path.Combine(Path.GetTempPath(), "sr-test-" + RandomNumberGenerator.GetHexString(12, lowercase: true));

        public override Task<DatabaseOptions> FreshAsync(string set) => Task.FromResult<DatabaseOptions>(
            new DatabaseOptions.Sqlite(Path.Combine(folder, RandomNumberGenerator.GetHexString(8, lowercase: true), $"{set}.db")) { Set = set });

        public override ValueTask DisposeAsync()
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class PostgresStore(PostgresServer server) : TestStore
    {
        private readonly List<string> made = [];

        public override async Task<DatabaseOptions> FreshAsync(string set)
        {
            var connectionString = await server.CreateDatabaseAsync();
            made.Add(connectionString);
            return new DatabaseOptions.Postgres(connectionString) { Set = set };
        }

        public override async ValueTask DisposeAsync()
        {
            foreach (var connectionString in made) await server.DropDatabaseAsync(connectionString);
        }
    }
}
