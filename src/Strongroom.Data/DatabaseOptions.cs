namespace Strongroom.Data;

/// <summary>Where one logical database lives and which migration set it carries.</summary>
public abstract record DatabaseOptions
{
    private DatabaseOptions() { }

    /// <summary>The migration set: <c>data</c> or <c>keyring</c>.</summary>
    public required string Set { get; init; }

    /// <summary>The clock for migration stamps and retry delays.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Replaces the embedded set; for tests of the migration rules.</summary>
    internal MigrationSet? Migrations { get; init; }

    /// <summary>Names engine and set only: a connection string holds a password and must not reach a log.</summary>
    public sealed override string ToString() => $"{GetType().Name} {Set}";

    /// <summary>A SQLite file; its folder is made with mode 0700 and the file with 0600.</summary>
    public sealed record Sqlite(string File) : DatabaseOptions;

    /// <summary>A PostgreSQL 15+ database. Unsafe members of the connection string (detail in errors, multiplexing …) are overridden.</summary>
    public sealed record Postgres(string ConnectionString) : DatabaseOptions;
}
