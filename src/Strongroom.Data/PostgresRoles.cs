using System.Text;
using Dapper;
using Npgsql;

namespace Strongroom.Data;

/// <summary>
/// The compartments' roles. Compartment tables belong to them, not to the login, and the login is a member that does
/// not inherit: without an explicit SET LOCAL ROLE its own statements can read no compartment at all.
/// </summary>
internal static class PostgresRoles
{
    // PostgreSQL silently cuts longer names, and two roles would become one.
    private const int MaxNameBytes = 63;

    private sealed record Login(string Name, bool Inherits, int Version);

    /// <summary>The role's name in a statement, e.g. <c>"customers_sensitive"</c>.</summary>
    public static string Quoted(string database, DbRole role) => Quote(Name(database, role));

    /// <summary>Makes what is missing, then checks the result, whoever made it. Needs CREATEROLE only when something is missing.</summary>
    /// <exception cref="StoreException"><c>store.roles</c>, with the statements a database administrator must run.</exception>
    public static async Task EnsureAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var login = await connection.QuerySingleAsync<Login>("""
            SELECT rolname::text AS name, rolinherit AS inherits, current_setting('server_version_num')::int AS version
            FROM pg_roles WHERE rolname = current_user
            """);
        var roles = Enum.GetValues<DbRole>().Select(role => Name(connection.Database, role)).ToArray();
        try
        {
            foreach (var role in roles) await GrantAsync(connection, login, role, ct);
            if (login.Version < 160000 && login.Inherits) await RunAsync(connection, $"ALTER ROLE {Quote(login.Name)} NOINHERIT", ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw Refusal(login, roles, e);
        }
        foreach (var role in roles)
        {
            var safe = await connection.ExecuteScalarAsync<bool>($"""
                SELECT pg_has_role(current_user, @role, '{MayBecome(login)}') AND NOT pg_has_role(current_user, @role, 'USAGE')
                """, new { role });
            if (!safe) throw Refusal(login, roles, null);
        }
    }

    private static async Task GrantAsync(NpgsqlConnection connection, Login login, string role, CancellationToken ct)
    {
        var exists = await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = @role)", new { role });
        if (!exists) await RunAsync(connection, $"CREATE ROLE {Quote(role)} NOLOGIN", ct);
        var member = await connection.ExecuteScalarAsync<bool>($"SELECT pg_has_role(current_user, @role, '{MayBecome(login)}')", new { role });
        if (!member) await RunAsync(connection, Grant(login, role), ct);
    }

    // From 16 on inheritance belongs to the membership; before, to the member.
    private static string Grant(Login login, string role) =>
        $"GRANT {Quote(role)} TO {Quote(login.Name)}" + (login.Version >= 160000 ? " WITH INHERIT FALSE, SET TRUE" : "");

    private static string MayBecome(Login login) => login.Version >= 160000 ? "SET" : "MEMBER";

    private static StoreException Refusal(Login login, string[] roles, Exception? inner)
    {
        var fix = string.Join(" ", roles.Select(role => $"CREATE ROLE {Quote(role)} NOLOGIN; {Grant(login, role)};"))
            + (login.Version < 160000 ? $" ALTER ROLE {Quote(login.Name)} NOINHERIT;" : "");
        return new StoreException("store.roles",
            $"缺少分区数据库角色，或登录角色直接继承了其权限。请数据库管理员执行：{fix}",
            $"The compartments' database roles are missing, or the login inherits their rights. Ask the database administrator to run: {fix}",
            inner);
    }

    private static string Name(string database, DbRole role)
    {
        var name = role switch
        {
            DbRole.General => $"{database}_general",
            DbRole.Sensitive => $"{database}_sensitive",
            _ => throw new ArgumentOutOfRangeException(nameof(role)),
        };
        return Encoding.UTF8.GetByteCount(name) <= MaxNameBytes ? name
            : throw new StoreException("store.roles", $"数据库名 {database} 过长。", $"The database name {database} is too long for its roles.");
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: ct));
}
