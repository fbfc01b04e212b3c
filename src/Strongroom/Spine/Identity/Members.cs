using System.Diagnostics;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity;

/// <summary>An authenticated row of the organisation.</summary>
/// <param name="Version">From 1; a change names the version it saw.</param>
internal sealed record Member<T>(UInt128 Id, long Version, T Content);

/// <summary>
/// People, entities, units and clients as control rows: authenticated on load; each change is logged with the row's
/// digest and raises the configuration epoch in its own transaction.
/// </summary>
internal sealed class Members(Database database, ControlStore rows)
{
    public const string Person = "person";
    public const string Entity = "entity";
    public const string Unit = "unit";
    public const string Client = "client";

    /// <summary>The row; null when there is none or it is not authentic.</summary>
    public async Task<Member<T>?> LoadAsync<T>(Tx tx, string kind, UInt128 id) =>
        await rows.LoadAsync<T>(tx, new ControlKey(kind, id)) is { } row ? Of(row) : null;

    /// <summary>The same, and held against change until the transaction ends.</summary>
    public async Task<Member<T>?> LockAsync<T>(Tx tx, string kind, UInt128 id) =>
        await rows.LoadForUpdateAsync<T>(tx, new ControlKey(kind, id)) is { } row ? Of(row) : null;

    /// <summary>All authentic rows of a kind, by id.</summary>
    public async Task<IReadOnlyList<Member<T>>> ListAsync<T>(Tx tx, string kind) => [.. (await rows.ListAsync<T>(tx, kind)).Rows.Select(Of)];

    /// <summary>Whether any row of the kind is stored, authentic or not.</summary>
    public async Task<bool> AnyAsync(Tx tx, string kind) => await rows.ListAsync<object>(tx, kind) is { Rows.Count: > 0 } or { Broken.Count: > 0 };

    /// <summary>Writes a new version; inside <see cref="ChangeAsync"/> only, which turns a lost race into an answer.</summary>
    public async Task SaveAsync<T>(Tx tx, string kind, UInt128 id, long expected, T content, LogFact fact)
    {
        if (await rows.SaveAsync(tx, new ControlKey(kind, id), expected, content, fact) is ControlSaved.Stale)
        {
            throw new RowChangedException();
        }
    }

    /// <summary>Runs a change as one transaction; a refusal decided inside it must come before its first write.</summary>
    public async Task<Outcome<T>> ChangeAsync<T>(Func<Tx, Task<Outcome<T>>> change, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync(change, ct).ConfigureAwait(false);
        }
        catch (RowChangedException)
        {
            return Reasons.RowChanged;
        }
        catch (RefusedException refused)
        {
            return refused.Problem;
        }
    }

    /// <summary>Inside <see cref="ChangeAsync"/>: refuses after something was written, and undoes it.</summary>
    public static Exception Refused(Reason reason) => Refused(Problem.Of(reason));

    public static Exception Refused(Problem problem) => new RefusedException(problem);

    /// <summary>Reads, edits and writes one row.</summary>
    /// <param name="version">The version the caller saw; null: whatever stands.</param>
    /// <param name="edit">The new content, or why not.</param>
    public Task<Outcome<Member<T>>> EditAsync<T>(
        string kind, UInt128 id, long? version, LogFact fact, Func<Tx, T, Task<Outcome<T>>> edit, CancellationToken ct) =>
        ChangeAsync<Member<T>>(async tx =>
        {
            if (await rows.LoadForUpdateAsync<T>(tx, new ControlKey(kind, id)) is not { } row)
            {
                return Reasons.NotFound;
            }

            if (version is { } seen && seen != row.Version)
            {
                return Reasons.RowChanged;
            }

            switch (await edit(tx, row.Content))
            {
                case Outcome<T>.Done done:
                    await SaveAsync(tx, kind, id, row.Version, done.Value, fact);
                    return new Member<T>(id, row.Version + 1, done.Value);
                case Outcome<T>.Refused refused:
                    return refused.Problem;
                default:
                    throw new UnreachableException();
            }
        }, ct);

    private static Member<T> Of<T>(ControlRow<T> row) => new(row.Key.Id, row.Version, row.Content);

    /// <summary>Rolls the transaction back.</summary>
    private sealed class RefusedException(Problem problem) : Exception
    {
        public Problem Problem { get; } = problem;
    }

    /// <summary>Somebody else's change came first; rolls the transaction back.</summary>
    private sealed class RowChangedException : Exception;
}
