using Strongroom.Data;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Collect;

/// <summary>Undoes the transaction and tells the caller why.</summary>
internal sealed class UndoneException(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}

/// <summary>Changes of collection's control rows: all of it or a problem.</summary>
internal static class ControlWrites
{
    public static async Task<Outcome<T>> ChangeAsync<T>(this Database database, Func<Tx, Task<T>> work, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync(work, ct);
        }
        catch (UndoneException undone)
        {
            return undone.Problem;
        }
    }

    /// <exception cref="UndoneException">Somebody else changed the row first.</exception>
    public static async Task<long> SaveOrUndoAsync<T>(this ControlStore control, Tx tx, ControlKey key, long expected, T content, LogFact fact) =>
        await control.SaveAsync(tx, key, expected, content, fact) is ControlSaved.Done done ? done.Version : throw new UndoneException(Problem.Of(Reasons.RowChanged));

    public static LogFact Fact(string name, Actor actor) => new() { Act = FactName.Of(name), Actor = actor.AsLogActor(), Zone = actor.Zone };
}
