using Npgsql;
using Strongroom.Data;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Data;

/// <summary>What is peculiar to PostgreSQL: compartments' roles, refused settings, COMMITs that end in doubt.</summary>
public sealed class PostgresSafetyTests(PostgresServer server) : StoreSuite(TestStore.Postgres(server))
{
    private static readonly Migration Compartments = new(1, "0001_compartments", """
        CREATE TABLE shared (id {int} PRIMARY KEY);
        CREATE TABLE plain_items (id {int} PRIMARY KEY REFERENCES shared (id) ON DELETE CASCADE, body {text});
        CREATE TABLE secret_items (id {int} PRIMARY KEY REFERENCES shared (id) ON DELETE CASCADE, body {text});
        INSERT INTO shared VALUES (1), (2);
        INSERT INTO plain_items VALUES (1, 'general');
        INSERT INTO secret_items VALUES (1, 'sensitive');
        -- @postgres
        GRANT USAGE, CREATE ON SCHEMA strongroom TO {role:general}, {role:sensitive};
        ALTER TABLE plain_items OWNER TO {role:general};
        ALTER TABLE secret_items OWNER TO {role:sensitive};
        -- @end
        """);

    [Fact]
    public async Task EachCompartment_IsReadUnderItsOwnRoleOnly()
    {
        await using var db = await Database.OpenAsync(await Store.FreshAsync("data") with { Migrations = new([Compartments]) });

        Assert.Equal("general", await ReadAsync(db, DbRole.General, "plain_items"));
        Assert.Equal("sensitive", await ReadAsync(db, DbRole.Sensitive, "secret_items"));
        await DeniedAsync(() => ReadAsync(db, DbRole.General, "secret_items"));
        await DeniedAsync(() => ReadAsync(db, DbRole.Sensitive, "plain_items"));
        await DeniedAsync(() => ReadAsync(db, null, "plain_items"));
        await DeniedAsync(() => ReadAsync(db, null, "secret_items"));
        await DeniedAsync(() => ReadAsync(db, DbRole.General, "shared", "id::text"));
    }

    [Fact]
    public async Task OneTransaction_WritesBothCompartments_AndTheRoleEndsWithIt()
    {
        await using var db = await Database.OpenAsync(await Store.FreshAsync("data") with { Migrations = new([Compartments]) });

        await db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("INSERT INTO shared VALUES (3)");
            await using (await tx.AsRoleAsync(DbRole.General)) await tx.ExecuteAsync("INSERT INTO plain_items VALUES (3, 'g')");
            await using (await tx.AsRoleAsync(DbRole.Sensitive)) await tx.ExecuteAsync("INSERT INTO secret_items VALUES (3, 's')");
        });
        await DeniedAsync(() => db.WriteAsync(async tx =>
        {
            await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
            await tx.ExecuteAsync("INSERT INTO plain_items VALUES (2, 'wrong compartment')");
        }));

        await DeniedAsync(() => ReadAsync(db, null, "secret_items"));
        Assert.Equal(3, await db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM shared")));
        await db.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM shared WHERE id = 3"));   // the cascade acts as each table's owner
        Assert.Equal("sensitive", await ReadAsync(db, DbRole.Sensitive, "secret_items"));
    }

    [Fact]
    public async Task ABatch_IsHeldToItsRole_AndNothingOfItStaysOnTheConnection()
    {
        await using var db = await Database.OpenAsync(await Store.FreshAsync("data") with { Migrations = new([Compartments]) });

        // More often than the pool has connections: whoever comes next gets one that was used.
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(["sensitive"], (await AskAsync(db, DbRole.Sensitive, "secret_items s")).All);
            await DeniedAsync(() => AskAsync(db, DbRole.General, "secret_items"));
            await DeniedAsync(() => AskAsync(db, null, "secret_items"));
            await DeniedAsync(() => db.AskAsync(batch =>
            {
                batch.As(DbRole.Sensitive, inside => inside.Ask("SELECT body FROM secret_items s", row => row.GetString(0)));
                return batch.Ask("SELECT body FROM secret_items", row => row.GetString(0));
            }));
            await DeniedAsync(() => ReadAsync(db, null, "secret_items"));
        }

        await Assert.ThrowsAsync<PostgresException>(() => db.AskAsync(batch =>
        {
            batch.Do("INSERT INTO shared VALUES (9)");
            return batch.Ask("SELECT id FROM shared", row => row.GetInt32(0));
        }));
        Assert.Equal(2, await db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM shared")));

        static Task<Rows<string>> AskAsync(Database db, DbRole? role, string table) => db.AskAsync(batch =>
        {
            Rows<string>? rows = null;
            void Ask(Batch inside) => rows = inside.Ask($"SELECT body FROM {table}", row => row.GetString(0));
            if (role is { } asked) batch.As(asked, Ask);
            else Ask(batch);
            return rows!;
        });
    }

    [Fact]
    public async Task AskingInPieces_SeesOneInstant()
    {
        await using var db = await Database.OpenAsync(await Store.FreshAsync("data") with { Migrations = new([Compartments]) });
        var (isolation, readOnly) = await db.AskAsync(batch => (
            batch.Ask("SELECT current_setting('transaction_isolation')", row => row.GetString(0)),
            batch.Ask("SELECT current_setting('transaction_read_only')", row => row.GetString(0))));
        Assert.Equal(("repeatable read", "on"), (isolation.All[0], readOnly.All[0]));
    }

    [Fact]
    public async Task ALoginWithoutCreateRole_IsToldWhatToRun_AndStartsAfterwards()
    {
        var fresh = (DatabaseOptions.Postgres)await Store.FreshAsync("data");
        var name = new NpgsqlConnectionStringBuilder(fresh.ConnectionString).Database!;
        await AdminAsync($"ALTER ROLE {name} NOCREATEROLE");

        var error = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(fresh));
        Assert.Equal("store.roles", error.Code);

        await AdminAsync(error.En[error.En.IndexOf("CREATE ROLE", StringComparison.Ordinal)..]);
        await (await Database.OpenAsync(fresh)).DisposeAsync();

        await AdminAsync($"ALTER ROLE {name} INHERIT");
        Assert.Equal("store.roles", (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(fresh))).Code);
    }

    [Fact]
    public async Task ASuperuser_IsRefused()
    {
        var fresh = (DatabaseOptions.Postgres)await Store.FreshAsync("data");
        await AdminAsync($"ALTER ROLE {new NpgsqlConnectionStringBuilder(fresh.ConnectionString).Username} SUPERUSER");

        Assert.Equal("store.superuser", (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(fresh))).Code);
    }

    [Fact]
    public async Task SynchronousCommitOff_IsRefusedAtTheStart_AndByTheReadinessProbe()
    {
        await Db.PingAsync();
        var name = new NpgsqlConnectionStringBuilder(((DatabaseOptions.Postgres)Options).ConnectionString).Username;
        await AdminAsync($"ALTER ROLE {name} SET synchronous_commit = off");

        Assert.Equal("store.unsafe-setting", (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(Options))).Code);
        await Assert.ThrowsAsync<StoreException>(() => Db.WriteAsync(async tx =>
        {
            await tx.ExecuteAsync("SET LOCAL synchronous_commit = off");
            PostgresEngine.CheckSettings(await tx.ScalarAsync<PostgresEngine.ServerSettings>(PostgresEngine.ServerSettings.Sql));
        }));
    }

    [Fact]
    public async Task AConnectionLostDuringCommit_IsAnUnknownOutcome_NotARetry()
    {
        var runs = 0;
        await OnCommitAsync("PERFORM pg_terminate_backend(pg_backend_pid());");

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => Db.WriteAsync(tx => { runs++; return tx.ExecuteAsync("INSERT INTO watched VALUES (1)"); }));

        Assert.Equal(1, runs);
        Assert.Equal(0, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM watched")));   // and the pool has recovered
    }

    [Fact]
    public async Task AWarningDuringCommit_IsAnUnknownOutcome()
    {
        await OnCommitAsync("RAISE WARNING 'canceling wait for synchronous replication due to user request';");

        await Assert.ThrowsAsync<UnknownOutcomeException>(() => Db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO watched VALUES (1)")));
    }

    [Fact]
    public async Task ARefusalAtCommit_IsDefinite_AndAConflictThereIsRetried()
    {
        await OnCommitAsync("RAISE EXCEPTION USING ERRCODE = 'unique_violation';");
        await Assert.ThrowsAsync<PostgresException>(() => Db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO watched VALUES (1)")));

        await OnCommitAsync("IF NEW.id = 1 THEN RAISE EXCEPTION USING ERRCODE = 'serialization_failure'; END IF;");
        var id = 0;
        await Db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO watched VALUES (@id)", new { id = ++id }));
        Assert.Equal(2, await Db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT id FROM watched")));
    }

    [Fact]
    public async Task EndlessConflicts_EndInAnError()
    {
        var runs = 0;
        await Assert.ThrowsAsync<PostgresException>(() => Db.WriteAsync(tx =>
        {
            runs++;
            return tx.ExecuteAsync("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'deadlock_detected'; END $$");
        }));
        Assert.Equal(12, runs);
    }

    [Fact]
    public async Task AServerSideStatementTimeout_DoesNotReachCommit()
    {
        var name = new NpgsqlConnectionStringBuilder(((DatabaseOptions.Postgres)Options).ConnectionString).Username;
        await AdminAsync($"ALTER ROLE {name} SET statement_timeout = '200ms'");
        var db = await OpenAsync(Options);
        await OnCommitAsync("PERFORM pg_sleep(0.6);");

        await db.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO watched VALUES (1)"));

        Assert.Equal(1, await db.ReadAsync(tx => tx.ScalarAsync<long>("SELECT count(*) FROM watched")));
    }

    // A trigger that PostgreSQL runs inside COMMIT: the way to make COMMIT itself misbehave.
    private Task OnCommitAsync(string body) => Db.WriteAsync(tx => tx.ExecuteAsync($"""
        DROP TABLE IF EXISTS watched;
        CREATE TABLE watched (id bigint);
        CREATE OR REPLACE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON watched DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION at_commit();
        """));

    private async Task AdminAsync(string sql)
    {
        await using var admin = await server.AdminAsync();
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync();
    }

    private static Task<string> ReadAsync(Database db, DbRole? role, string table, string column = "body") => db.ReadAsync(async tx =>
    {
        await using var scope = role is { } asked ? await tx.AsRoleAsync(asked) : null;
        return await tx.ScalarAsync<string>($"SELECT {column} FROM {table} WHERE id = 1");
    });

    private static async Task DeniedAsync(Func<Task> act) =>
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(act)).SqlState);
}

public sealed class PostgresSettingsTests
{
    [Theory]
    [InlineData("off", "on", "on", false, false, "store.unsafe-setting")]
    [InlineData("on", "off", "on", false, false, "store.unsafe-setting")]
    [InlineData("on", "on", "off", false, false, "store.unsafe-setting")]
    [InlineData("on", "on", "on", true, false, "store.replica")]
    [InlineData("on", "on", "on", false, true, "store.superuser")]
    public void UnsafeServers_AreRefused(string fsync, string pages, string commit, bool replica, bool superuser, string code) =>
        Assert.Equal(code, Assert.Throws<StoreException>(
            () => PostgresEngine.CheckSettings(new(fsync, pages, commit, replica, superuser))).Code);

    [Fact]
    public void ASafeServer_Passes() => PostgresEngine.CheckSettings(new("on", "on", "remote_apply", false, false));

    [Theory]
    [InlineData("Host=db.example.com")]
    [InlineData("Host=db.example.com;SSL Mode=Require")]
    [InlineData("Host=db.example.com;SSL Mode=VerifyCA")]
    [InlineData("Host=127.0.0.1,db.example.com")]
    [InlineData("Host=10.0.0.7")]
    [InlineData("Host=localhost.example.com")]
    [InlineData("Database=x")]
    public void AnotherHost_NeedsVerifyFull(string connection) =>
        Assert.Equal("store.tls", Assert.Throws<StoreException>(() => PostgresEngine.Hardened(connection)).Code);

    [Theory]
    [InlineData("Host=127.0.0.1")]
    [InlineData("Host=localhost,127.0.0.2:5433")]
    [InlineData("Host=::1")]
    [InlineData("Host=[::1]:5433")]
    [InlineData("Host=/var/run/postgresql")]
    [InlineData("Host=db.example.com;SSL Mode=VerifyFull")]
    public void TheOwnMachine_OrVerifyFull_Passes(string connection)
    {
        var settings = PostgresEngine.Hardened(connection + ";Include Error Detail=true;Multiplexing=true;Command Timeout=5");

        Assert.False(settings.IncludeErrorDetail);
        Assert.False(settings.Multiplexing);
        Assert.Equal(0, settings.CommandTimeout);
    }

    [Fact]
    public void OptionsInALog_DoNotShowThePassword() =>
        Assert.Equal("Postgres data", new DatabaseOptions.Postgres("Host=x;Password=secret") { Set = "data" }.ToString());
}
