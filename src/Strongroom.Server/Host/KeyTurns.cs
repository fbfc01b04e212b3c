using Microsoft.AspNetCore.Http.HttpResults;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Keys.Epochs;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Host;

/// <summary>Where the turn of the key epoch stands.</summary>
/// <param name="State"><c>idle</c>, <c>running</c>, <c>destroyed</c>, <c>pending</c> (a holder has not stated the erasure) or <c>failed</c>.</param>
internal sealed record KeyTurnView(string State, int OpenEpoch, string? Step, long Done, long Total, IReadOnlyList<string> Pending, string? Code);

/// <summary>
/// Turns the key epoch while the server serves (R68): started over the API, runs in the background, resumes where a killed turn stopped.
/// A turn that a crash interrupted goes on when the server starts. Starting and outcome are entries of the log.
/// </summary>
internal sealed partial class KeyTurns(
    Installation installation, ISearchBlockRekeyer rekeyer, IAuditLog log, Database data, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<KeyTurns> logger) : IHostedService
{
    private static readonly FactName Started = FactName.Of("key-epoch-turn-started"), Ended = FactName.Of("key-epoch-turned");

    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private KeyTurnView view = new("idle", 0, null, 0, 0, [], null);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/keys/rotate", (Actor actor, KeyTurns turns, CancellationToken ct) => turns.StartAsync(actor, ct))
            .RequirePolicy(Doors.KeysManage).Records(Started.Value, Ended.Value).WithName("keys-rotate");
        app.MapGet("/v1/keys/rotate", (KeyTurns turns) => TypedResults.Ok(turns.View))
            .RequirePolicy(Doors.KeysManage).Records(LogFacts.Nothing).WithName("keys-rotate-state");
    }

    public KeyTurnView View
    {
        get
        {
            lock (gate)
            {
                return view with { OpenEpoch = installation.Keyring.OpenEpoch };
            }
        }
    }

    /// <summary>An epoch that is neither open nor destroyed was left so by a turn that did not end.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if ((await installation.Keyring.EpochsAsync(cancellationToken)).Any(epoch => epoch.State is "draining" or "sealed"))
        {
            Begin(() => ResumeAsync(lifetime.ApplicationStopping));
        }
    }

    /// <summary>The turn hears of the stop by its own token; keys and databases close after it.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAny(running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken));

    private async Task<Accepted<KeyTurnView>> StartAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(new LogFact { Act = Started, Actor = actor.AsLogActor(), Zone = actor.Zone }, guard: null, ct);
        Begin(() => RunAsync(actor.AsLogActor(), lifetime.ApplicationStopping));
        return TypedResults.Accepted("/v1/keys/rotate", View);
    }

    private async Task ResumeAsync(CancellationToken ct)
    {
        try
        {
            await log.AppendAsync(new LogFact { Act = Started, Actor = LogActor.System }, guard: null, ct);
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }

        await RunAsync(LogActor.System, ct);
    }

    private void Begin(Func<Task> turn)
    {
        lock (gate)
        {
            if (running.IsCompleted)
            {
                view = new KeyTurnView("running", 0, null, 0, 0, [], null);
                running = Task.Run(turn, CancellationToken.None);
            }
        }
    }

    /// <summary>One whole turn; also what the verb runs when no server holds the data folder.</summary>
    public async Task<TurnOutcome> RunAsync(LogActor actor, CancellationToken ct, IProgress<TurnProgress>? progress = null)
    {
        try
        {
            var outcome = await TurnAsync(new Follower(this, progress), ct);
            await data.WriteAsync(async tx =>
            {
                await ConfigEpoch.BumpAsync(tx);
                return await log.AppendAsync(tx, new LogFact { Act = Ended, Actor = actor, Count = outcome.To }, ct);
            }, ct);
            Set(new KeyTurnView(outcome.IsDestroyed ? "destroyed" : "pending", 0, null, 0, 0, outcome.Pending, null));
            return outcome;
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    private void Fail(Exception e)
    {
        var code = e switch { KeysUnavailableException keys => keys.Code, TurnBusyException => "keys.turn_busy", _ => e.GetType().Name };
        LogFailed(logger, code);
        Set(View with { State = "failed", Code = code });
    }

    /// <summary>Waits for the lease of a node that died in its turn to run out, and goes on from where it stopped.</summary>
    private async Task<TurnOutcome> TurnAsync(IProgress<TurnProgress> progress, CancellationToken ct)
    {
        var patience = time.GetUtcNow() + EpochTurn.LeaseTime + TimeSpan.FromSeconds(5);
        while (true)
        {
            try
            {
                return await new EpochTurn(installation.Keyring, rekeyer).RunAsync(progress, ct);
            }
            catch (TurnBusyException) when (time.GetUtcNow() < patience)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, ct);
            }
        }
    }

    private void Set(KeyTurnView next)
    {
        lock (gate)
        {
            view = next;
        }
    }

    private sealed class Follower(KeyTurns turns, IProgress<TurnProgress>? also) : IProgress<TurnProgress>
    {
        public void Report(TurnProgress value)
        {
            turns.Set(turns.View with { Step = value.Step, Done = value.Done, Total = value.Total });
            also?.Report(value);
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "The turn of the key epoch stopped: {Code}; start it again to resume")]
    private static partial void LogFailed(ILogger logger, string code);
}
