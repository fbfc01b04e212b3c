using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;

namespace Strongroom.Spine.Policies;

/// <summary>All rows of one kind.</summary>
/// <param name="Broken">Rows that count as absent. Where absence would mean less strict (rules that forbid), treat this as "not loaded".</param>
internal sealed record ControlList<T>(IReadOnlyList<ControlRow<T>> Rows, IReadOnlyList<ControlKey> Broken)
{
    public bool IsWhole => Broken.Count == 0;
}

/// <summary>What became of a change.</summary>
internal abstract record ControlSaved
{
    private ControlSaved()
    {
    }

    public sealed record Done(long Version, EntryId Entry) : ControlSaved;

    /// <summary>Somebody changed (or made) the row first. Roll back and read again: <c>row.changed</c>.</summary>
    public sealed record Stale(ControlKey Key) : ControlSaved;
}

/// <summary>One row to be written. Content is serialised when the change is made, so a later edit of the object has no effect.</summary>
internal sealed record ControlChange
{
    private ControlChange(ControlKey key, long expected, string content) => (Key, Expected, Content) = (key, expected, content);

    public ControlKey Key { get; }

    /// <summary>The version the writer saw; 0 for a new row.</summary>
    public long Expected { get; }

    public string Content { get; }

    public static ControlChange Of<T>(ControlKey key, long expectedVersion, T content) =>
        new(key, expectedVersion, JsonSerializer.Serialize(content, ControlRows.Json));
}

/// <summary>
/// Control rows in the data database. Every read checks the row's MAC; a wrong one counts as absent and raises an alarm entry. Every
/// change raises the version, keeps the earlier one, writes its entry with the new digest and raises the configuration epoch,
/// all in the caller's transaction, so the change binds the next request on every node (R24, R35, R50).
/// </summary>
internal sealed class ControlStore(ControlRows rows, IAuditLog log, ControlAlarms alarms, TimeProvider time)
{
    public TimeProvider Time => time;

    /// <summary>Digests in one entry: its header stays below 8 KiB.</summary>
    public const int MostPerEntry = 24;

    /// <summary>
    /// Kinds that no snapshot and no cache holds: every decision about them locks the row in the transaction that acts on it. Changing one
    /// does not raise the configuration epoch, so one colleague's approval does not make everybody else decide again.
    /// </summary>
    public static readonly FrozenSet<string> OwnGuard = new[] { "approval", "delegation", "host-authority" }.ToFrozenSet(StringComparer.Ordinal);

    private const string Columns = "kind AS Kind, id AS Id, version AS Version, content AS Content, changed AS Changed, mac AS Mac";

    /// <summary>The row, or null when there is none or it does not count.</summary>
    public async Task<ControlRow<T>?> LoadAsync<T>(Tx tx, ControlKey key) => await OpenAsync<T>(tx, key, "");

    /// <summary>The same, and held against change until the transaction ends.</summary>
    public Task<ControlRow<T>?> LoadForUpdateAsync<T>(Tx tx, ControlKey key) => OpenAsync<T>(tx, key, tx.ForUpdate);

    public async Task<ControlList<T>> ListAsync<T>(Tx tx, string kind)
    {
        var good = new List<ControlRow<T>>();
        var broken = new List<ControlKey>();
        foreach (var record in await tx.QueryAsync<ControlRecord>($"SELECT {Columns} FROM control_row WHERE kind = @kind ORDER BY id", new { kind }))
        {
            if (Opened<T>(record) is { } row)
            {
                good.Add(row);
            }
            else
            {
                broken.Add(record.Key);
            }
        }

        return new ControlList<T>(good, broken);
    }

    /// <summary>Those of the rows that are there and count, in no order.</summary>
    public async Task<IReadOnlyList<ControlRow<T>>> LoadManyAsync<T>(Tx tx, string kind, IReadOnlyCollection<UInt128> ids)
    {
        var records = await RecordsAsync(tx, kind, ids);
        return [.. records.Select(Opened<T>).OfType<ControlRow<T>>()];
    }

    /// <summary>Digests of those rows that are genuine, as they stand: an entry names by them whom it concerns and has not changed.</summary>
    public async Task<IReadOnlyList<RowDigest>> DigestsAsync(Tx tx, string kind, IReadOnlyCollection<UInt128> ids) =>
        [.. (await RecordsAsync(tx, kind, ids)).Where(rows.Check).Select(ControlRows.DigestOf)];

    private static async Task<IReadOnlyList<ControlRecord>> RecordsAsync(Tx tx, string kind, IReadOnlyCollection<UInt128> ids) => ids.Count == 0
        ? []
        : await tx.QueryAsync<ControlRecord>(
            $"SELECT {Columns} FROM control_row WHERE kind = @kind AND id {tx.AnyOf("ids")}", new { kind, ids = tx.Set(ids.Select(Ground.Id.Bytes).ToList()) });

    /// <summary>Every stored row as it lies there, for <see cref="ControlVerifier"/>.</summary>
    public static Task<IReadOnlyList<ControlRecord>> AllAsync(Tx tx) =>
        tx.QueryAsync<ControlRecord>($"SELECT {Columns} FROM control_row ORDER BY kind, id");

    /// <summary>One change with its entry; <paramref name="fact"/> gains the row's digest.</summary>
    public Task<ControlSaved> SaveAsync<T>(Tx tx, ControlKey key, long expectedVersion, T content, LogFact fact) =>
        SaveAllAsync(tx, [ControlChange.Of(key, expectedVersion, content)], fact);

    /// <summary>
    /// Several changes that stand or fall together. More than <see cref="MostPerEntry"/> rows are told in several entries, each with
    /// its count. A stale one means: roll back, part of the rest may have been written. The log is written last.
    /// </summary>
    public async Task<ControlSaved> SaveAllAsync(Tx tx, IReadOnlyList<ControlChange> changes, LogFact fact)
    {
        var staleAt = new StrongBox<ControlKey>();
        if (await WriteAsync(tx, changes, staleAt) is not { } digests)
        {
            return new ControlSaved.Stale(staleAt.Value);
        }

        var facts = digests.Chunk(MostPerEntry)
            .Select(chunk => fact with { Rows = [.. fact.Rows, .. chunk], Count = changes.Count == 1 ? fact.Count : chunk.Length })
            .ToList();
        var entries = await log.AppendAsync(tx, facts);
        return new ControlSaved.Done(changes[0].Expected + 1, entries[0]);
    }

    /// <summary>
    /// Writes rows and raises the epoch without an entry: for a change that belongs to another act, whose own entry, in this same
    /// transaction, must carry the digests. Null: stale, roll back.
    /// </summary>
    public Task<IReadOnlyList<RowDigest>?> WriteAsync(Tx tx, IReadOnlyList<ControlChange> changes) => WriteAsync(tx, changes, new StrongBox<ControlKey>());

    private async Task<IReadOnlyList<RowDigest>?> WriteAsync(Tx tx, IReadOnlyList<ControlChange> changes, StrongBox<ControlKey> staleAt)
    {
        ArgumentOutOfRangeException.ThrowIfZero(changes.Count);
        var digests = new List<RowDigest>(changes.Count);
        foreach (var change in changes)
        {
            if (await WriteAsync(tx, change) is not { } written)
            {
                staleAt.Value = change.Key;
                return null;
            }

            digests.Add(ControlRows.DigestOf(written));
        }

        // What is read and held in the very transaction that rests on it needs no other guard: a request decided or used concerns nobody else.
        if (changes.Any(change => !OwnGuard.Contains(change.Key.Kind)))
        {
            await ConfigEpoch.BumpAsync(tx);
        }

        return digests;
    }

    private async Task<ControlRow<T>?> OpenAsync<T>(Tx tx, ControlKey key, string hold)
    {
        var record = await tx.QueryOneAsync<ControlRecord>(
            $"SELECT {Columns} FROM control_row WHERE kind = @Kind AND id = @id{hold}", new { key.Kind, id = key.IdBytes });
        return record is null ? null : Opened<T>(record);
    }

    private ControlRow<T>? Opened<T>(ControlRecord record)
    {
        var (row, fault) = rows.Open<T>(record);
        if (row is null)
        {
            alarms.Raise(record, fault);
        }

        return row;
    }

    private async Task<ControlRecord?> WriteAsync(Tx tx, ControlChange change)
    {
        var (key, version, changed) = (change.Key, change.Expected + 1, time.NowMs());
        var record = new ControlRecord(key.Kind, key.IdBytes, version, change.Content, changed, rows.Mac(key, version, changed, change.Content));
        if (change.Expected == 0)
        {
            return await tx.ExecuteAsync(
                """
                INSERT INTO control_row (kind, id, version, content, changed, mac) VALUES (@Kind, @Id, @Version, @Content, @Changed, @Mac)
                ON CONFLICT (kind, id) DO NOTHING
                """,
                record) == 1 ? record : null;
        }

        var args = new { record.Kind, record.Id, record.Version, record.Content, record.Changed, record.Mac, change.Expected };
        await tx.ExecuteAsync(
            """
            INSERT INTO control_row_old (kind, id, version, content, changed, mac)
            SELECT kind, id, version, content, changed, mac FROM control_row WHERE kind = @Kind AND id = @Id AND version = @Expected
            ON CONFLICT (kind, id, version) DO NOTHING
            """,
            args);
        return await tx.ExecuteAsync(
            """
            UPDATE control_row SET version = @Version, content = @Content, changed = @Changed, mac = @Mac
            WHERE kind = @Kind AND id = @Id AND version = @Expected
            """,
            args) == 1 ? record : null;
    }
}
