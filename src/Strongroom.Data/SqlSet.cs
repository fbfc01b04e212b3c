using System.Data;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace Strongroom.Data;

/// <summary>
/// A set passed as one parameter, for <see cref="Tx.AnyOf"/>. PostgreSQL gets an array; SQLite gets a JSON list in which
/// text is prefixed with <c>s</c> and bytes with <c>x</c> (as hex), so one SQL fragment serves every type.
/// </summary>
public sealed class SqlSet : SqlMapper.ICustomQueryParameter
{
    private readonly Array values;
    private readonly NpgsqlDbType element;
    private readonly Func<object, object> toJson;

    private SqlSet(Array values, NpgsqlDbType element, Func<object, object> toJson) =>
        (this.values, this.element, this.toJson) = (values, element, toJson);

    internal static SqlSet Of(IEnumerable<byte[]> values) =>
        new(values.ToArray(), NpgsqlDbType.Bytea, v => "x" + Convert.ToHexString((byte[])v));

    internal static SqlSet Of(IEnumerable<string> values) => new(values.ToArray(), NpgsqlDbType.Text, v => "s" + (string)v);

    internal static SqlSet Of(IEnumerable<long> values) => new(values.ToArray(), NpgsqlDbType.Bigint, v => v);

    /// <param name="param">The parameter as it stands in the statement, with its sign.</param>
    internal static string Fragment(Engine engine, string param) => engine == Engine.Postgres
        ? $"= ANY({param})"
        : string.Create(CultureInfo.InvariantCulture, $"""
            IN (SELECT CASE WHEN type = 'integer' THEN value
                            WHEN substr(value, 1, 1) = 'x' THEN unhex(substr(value, 2))
                            ELSE substr(value, 2) END FROM json_each({param}))
            """);

    internal string Json => JsonSerializer.Serialize(values.Cast<object>().Select(toJson));

    /// <summary>Called by Dapper, which looks the method up by its name.</summary>
    public void AddParameter(IDbCommand command, string name)
    {
        if (command is NpgsqlCommand npgsql)
        {
            npgsql.Parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | element) { Value = values });
            return;
        }
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = Json;
        command.Parameters.Add(parameter);
    }
}
