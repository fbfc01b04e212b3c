using System.Collections.Concurrent;
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

    /// <summary>The same with this program's schema in it, where that is cheaper than to migrate; opening it makes whatever is missing.</summary>
    public virtual Task<DatabaseOptions> MigratedAsync(string set) => FreshAsync(set);

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
        /// <summary>One migrated database of each set for the whole run, never connected to again.</summary>
        private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = [];

        private readonly List<string> made = [];

        public override async Task<DatabaseOptions> MigratedAsync(string set)
        {
            var template = await Templates.GetOrAdd(set, _ => new(MigrateAsync)).Value;
            var connectionString = await server.CopyDatabaseAsync(template);
            made.Add(connectionString);
            return new DatabaseOptions.Postgres(connectionString) { Set = set };

            async Task<string> MigrateAsync()
            {
                var empty = await server.CreateDatabaseAsync();
                await using (await Database.OpenAsync(new DatabaseOptions.Postgres(empty) { Set = set }))
                {
                }

                await server.FreezeDatabaseAsync(empty);
                return empty;
            }
        }

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
