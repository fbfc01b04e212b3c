using System.Security.Cryptography;

namespace Strongroom.Keys.Epochs;

/// <summary>How far a turn is.</summary>
/// <param name="Step">customers, search, erase.</param>
/// <param name="Done">Items of the step done.</param>
/// <param name="Total">Items known when the step began; more may come meanwhile.</param>
public sealed record TurnProgress(string Step, long Done, long Total);

/// <summary>How a turn ended.</summary>
/// <param name="From">The epoch that was emptied.</param>
/// <param name="To">The epoch that is open now.</param>
/// <param name="Pending">Holders that have not yet stated the erasure; empty when the old epoch is destroyed.</param>
/// <param name="Statements">The holders' signed statements.</param>
public sealed record TurnOutcome(int From, int To, IReadOnlyList<string> Pending, IReadOnlyList<ErasureStatement> Statements)
{
    /// <summary>True when no copy of anything sealed only under the old epoch can be opened any more.</summary>
    public bool IsDestroyed => Pending.Count == 0;
}

/// <summary>Another node is turning the epoch, or died doing so a moment ago.</summary>
public sealed class TurnBusyException() : InvalidOperationException("Another node is turning the epoch");

/// <summary>
/// Turns the epoch while the server serves: a new epoch opens, everything living moves to it, the old secret is erased in every
/// holder (R68). What is done is read from the keyring's own rows, so a turn killed anywhere is resumed by running it again.
/// </summary>
public sealed class EpochTurn(Keyring ring, ISearchBlockRekeyer rekeyer)
{
    /// <summary>After this long without a sign of life another node takes a turn over; renewed with every batch.</summary>
    public static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(30);

    /// <summary>Called with the name of each step that has just become durable; tests stop the turn there.</summary>
    internal Action<string>? Fault { get; init; }

    /// <summary>Resumes an unfinished turn, or makes a whole one.</summary>
    /// <exception cref="KeysUnavailableException">A registered holder cannot be reached, or a row does not open; nothing is lost, run again.</exception>
    /// <exception cref="TurnBusyException">Another node is turning the epoch, or died doing so less than <see cref="LeaseTime"/> ago.</exception>
    public async Task<TurnOutcome> RunAsync(IProgress<TurnProgress>? progress = null, CancellationToken ct = default)
    {
        var leases = ring.Loader.Store.Leases(ring.Options.Time);
        var lease = await leases.TryTakeAsync("epoch-turn", RandomNumberGenerator.GetHexString(32, lowercase: true), LeaseTime, ct)
            ?? throw new TurnBusyException();
        try
        {
            return await new EpochTurnRun(ring, rekeyer, leases, lease, progress, Fault ?? (_ => { })).ToEndAsync(ct);
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }
    }
}
