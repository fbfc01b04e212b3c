using Strongroom.Collect.Channels;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Intake;

/// <summary>
/// Takes one submission in (R20–R26): judged, matched, sealed, and written in one transaction with its consents, provenance and log entry.
/// Keys are durable before the data; all reading and sealing is done outside the transaction, and whatever moved meanwhile starts it anew.
/// </summary>
internal sealed class TakeIn(
    CollectConfig config,
    IntakeSeals seals,
    IntakeMatching matching,
    IntakeSealing sealing,
    IntakeLane lane,
    TypedDocuments typed,
    IAuditLog log,
    CallerEntities entities,
    IntakeGate gate,
    CollectOptions options,
    TimeProvider time)
{
    private const int Tries = 6;

    public async Task<IntakeOutcome> TakeAsync(IntakeRequest request, CancellationToken ct)
    {
        var prospective = new Prospective(seals);
        try
        {
            return await TakeAsync(request, prospective, ct);
        }
        finally
        {
            prospective.Dispose();
        }
    }

    private async Task<IntakeOutcome> TakeAsync(IntakeRequest request, Prospective prospective, CancellationToken ct)
    {
        var actor = request.Actor;
        for (var tries = 0; tries < Tries; tries++)
        {
            var settings = await config.AtLeastAsync(actor.ConfigEpoch, ct);
            if (settings.Epoch != actor.ConfigEpoch)
            {
                // The caller's rights were read before the last change of the rules: both must be of one epoch.
                actor = await request.Again(actor, ct);
                if (actor.IsAnonymous)
                {
                    return await RefuseAsync(request, request.Actor, null, Problem.Of(Reasons.SignInNeeded), ct);
                }

                if (actor.ConfigEpoch != settings.Epoch)
                {
                    continue;
                }
            }

            var near = ChannelId.TryParse(request.Submission.Channel, null, out _) ? [] : await entities.ChannelsAsync(actor, settings, ct);
            var guarded = await typed.IsGuardedAsync(actor, ct);
            if (Admit(request, actor, settings, near, guarded, out var channelId, out var channel, out var plan, out var version) is { } problem)
            {
                return await RefuseAsync(request, actor, channelId, problem, ct);
            }

            var documents = await typed.LookAsync(actor, request, plan!, channelId!.Value, ct);
            if (await gate.RefusalAsync(actor, request, plan!, documents, settings, ct) is { } denied)
            {
                return await RefuseAsync(request, actor, channelId, denied, ct);
            }

            if (!await entities.StandsForAsync(actor, channelId.Value, channel!, ct))
            {
                return await RefuseAsync(request, actor, channelId, Problem.Of(Reasons.EntityCrossing), ct);
            }

            // Made before anything is looked up, for somebody on file too: what happens here takes the same time either way.
            var attempt = new Attempt(request, actor, settings, channelId.Value, channel!, plan!, version, documents, prospective.KeysAsync(ct));
            switch (await TryAsync(attempt, ct))
            {
                case (IntakeOutcome.Refused refused, _):
                    return await RefuseAsync(request, actor, channelId, refused.Problem, ct);
                case ({ } outcome, _):
                    return outcome;
                case (_, Again.NewKeys):
                    prospective.Dispose();
                    break;
                case (_, Again.Rules):
                    actor = await request.Again(actor, ct);
                    await config.ReloadAsync(ct);
                    break;
                case (_, Again.Epochs):
                    await seals.RefreshAsync(ct);
                    break;
                default:
                    break;
            }
        }

        return new IntakeOutcome.Refused(Problem.Of(Reasons.SubmissionBusy));
    }

    /// <summary>Whether the submission would be taken in once its typed document is approved, and what that approval is about.</summary>
    public async Task<Outcome<Foreseen>> ForeseeAsync(IntakeRequest request, CancellationToken ct)
    {
        var actor = request.Actor;
        var settings = await config.AtLeastAsync(actor.ConfigEpoch, ct);
        if (settings.Epoch != actor.ConfigEpoch)
        {
            return Reasons.RowChanged;
        }

        var near = ChannelId.TryParse(request.Submission.Channel, null, out _) ? [] : await entities.ChannelsAsync(actor, settings, ct);
        var guarded = await typed.IsGuardedAsync(actor, ct);
        var problem = Admit(request, actor, settings, near, guarded, out var channelId, out var channel, out var plan, out var version);
        var documents = problem is null ? await typed.LookAsync(actor, request, plan!, channelId!.Value, ct) : DocumentsTaken.None;
        problem ??= await gate.RefusalAsync(actor, request, plan!, documents, settings, ct, asks: true)
            ?? (await entities.StandsForAsync(actor, channelId!.Value, channel!, ct) ? null : Problem.Of(Reasons.EntityCrossing));
        return problem is null
            ? new Foreseen(plan!, version, channelId!.Value, channel!.Entity, documents)
            : ((IntakeOutcome.Refused)await RefuseAsync(request, actor, channelId, problem, ct)).Problem;
    }

    /// <summary>A submission that could not even be read is refused, and told to the log, like any other.</summary>
    public Task RefuseUnreadAsync(Actor actor, Act act, Problem problem, CancellationToken ct) =>
        log.AppendAsync(IntakeFacts.Refused(act, actor, null, problem), guard: null, ct);

    /// <summary>Form, channel and content, in that order; null when all of it may be taken in.</summary>
    /// <param name="guarded">A scene asks for a reader: whether one took the document is not the sender's to say.</param>
    private Problem? Admit(
        IntakeRequest request, Actor actor, CollectSettings settings, IReadOnlyList<KeyValuePair<ChannelId, ChannelContent>> near, bool guarded,
        out ChannelId? channelId, out ChannelContent? channel, out SubmissionPlan? plan, out long version)
    {
        (channelId, channel, plan, version) = (null, null, null, 0);
        if (settings.Form(request.Form) is not { } form)
        {
            return Problem.Of(Reasons.FormUnknown);
        }

        if (ChannelRules.FormRefusal(request.Form, actor) is { } scope)
        {
            return Problem.Of(scope);
        }

        if (form.Open is not { } open)
        {
            return Problem.Of(Reasons.FormNotOpen);
        }

        channelId = ChannelRules.Find(request.Submission.Channel, open.Form, actor, near);
        channel = channelId is { } named ? settings.Channel(named) : null;
        if (ChannelRules.Refusal(channel, channelId ?? default, open.Form, actor) is { } refusal)
        {
            channelId = channel is null ? null : channelId;
            return Problem.Of(refusal);
        }

        version = open.Version;
        var now = time.GetUtcNow();
        var judged = SubmissionRules.Judge(new SubmissionCase(
            request.Submission, open.Form, settings.Catalogue, settings.CurrentNotice(open.Form.Notice)?.Text, now.ToUnixTimeMilliseconds(), options.Today(now),
            ReaderJudged: guarded && request.Act == Act.Add));
        if (judged is SubmissionJudged.Wrong wrong)
        {
            return Problem.Of(wrong.Errors);
        }

        plan = ((SubmissionJudged.Good)judged).Plan;
        return null;
    }

    private async Task<(IntakeOutcome? Outcome, Again Again)> TryAsync(Attempt attempt, CancellationToken ct)
    {
        var plan = attempt.Plan;
        var source = plan.Source is { } named ? SourceOf(attempt.ChannelId, named) : null;
        var claims = seals.Claims(IntakeSealing.Clear(plan, plan.Values));
        var target = await matching.FindAsync(plan, attempt.Channel.Entity, source, claims, ct);
        var fresh = await attempt.Fresh;
        switch (target)
        {
            case IntakeTarget.Known known:
                return (new IntakeOutcome.Known(known.Customer, known.Record), default);
            case IntakeTarget.Refused refused:
                return (new IntakeOutcome.Refused(Problem.Of(refused.Reason)), default);
            default:
                break;
        }

        try
        {
            var intake = IntakeOf(attempt, fresh.Customer);
            var work = await sealing.SealAsync(plan, target, fresh, attempt.Settings, attempt.Channel, intake, source, ct);
            var written = await lane.WriteAsync(attempt, work, ct);
            if (written is IntakeOutcome.Taken && work.IsNew)
            {
                seals.Confirm(work.Customer);
            }

            return (written, default);
        }
        catch (WriteRefusedException refused)
        {
            return refused.Outcome switch
            {
                WriteOutcome.SourceKnown known => (new IntakeOutcome.Known(known.Customer, known.Record), default),
                WriteOutcome.EpochMoved => (null, Again.Epochs),
                WriteOutcome.Stale => (null, Again.NewKeys),
                _ => (null, Again.Match),
            };
        }
        catch (RulesMovedException)
        {
            return (null, Again.Rules);
        }
        catch (FileRevokedException)
        {
            return (new IntakeOutcome.Refused(Problem.Of(Reasons.ImportRevoked)), default);
        }
        catch (TypingRefusedException refused)
        {
            return (new IntakeOutcome.Refused(Problem.Of(refused.Reason)), default);
        }
        catch (RelationRefusedException refused)
        {
            return (new IntakeOutcome.Refused(Problem.Of([Reasons.CustomerUnknown.At($"relations[{refused.Position}]")])), default);
        }
    }

    /// <summary>The source counts within its channel, so nobody learns through another channel what was handed in here.</summary>
    private NewSource SourceOf(ChannelId channel, SourceNamed source)
    {
        var system = $"{channel}/{source.System}";
        return seals.Source(system, string.Join('\u001f', source.Record!.Select(part => part.Trim())));
    }

    private IntakeRecord IntakeOf(Attempt attempt, CustomerId customer) => new(
        IntakeId.New(),
        customer,
        ReceiptId.New(),
        attempt.Plan.Form.Key,
        attempt.FormVersion,
        attempt.ChannelId,
        attempt.Plan.Notice,
        attempt.Plan.NoticeVersion,
        attempt.Plan.Form.Purposes,
        attempt.Actor.AsLogActor(),
        time.NowMs(),
        null);

    /// <summary>A refusal of somebody known is an entry of its own, with the codes and no value.</summary>
    private async Task<IntakeOutcome> RefuseAsync(IntakeRequest request, Actor actor, ChannelId? channel, Problem problem, CancellationToken ct)
    {
        await log.AppendAsync(IntakeFacts.Refused(request.Act, actor, channel, problem), guard: null, ct);
        return new IntakeOutcome.Refused(problem);
    }

    /// <summary>Why a try starts anew.</summary>
    private enum Again
    {
        /// <summary>Somebody took the document meanwhile, or the customer changed: look again.</summary>
        Match,

        /// <summary>Search blocks of an epoch that is over.</summary>
        Epochs,

        /// <summary>The sweep took the new customer's id.</summary>
        NewKeys,

        /// <summary>Forms, notices, channels or the caller changed.</summary>
        Rules,
    }
}

/// <summary>The keys of the customer whom a submission may turn out to bring: made once, for all its tries, unless the sweep takes them.</summary>
internal sealed class Prospective(IntakeSeals seals) : IDisposable
{
    private Task<SealLease>? keys;

    /// <summary>Begins to make them when they are not there yet.</summary>
    public Task<SealLease> KeysAsync(CancellationToken ct) => keys ??= seals.CreateAsync(ct);

    /// <summary>Gives them back, now or, when they are still being made, as soon as they are there.</summary>
    public void Dispose()
    {
        _ = GiveBackAsync(keys);
        keys = null;
    }

    private static async Task GiveBackAsync(Task<SealLease>? made)
    {
        if (made is not null)
        {
            await ((Task)made).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (made.IsCompletedSuccessfully)
            {
                (await made).Dispose();
            }
        }
    }
}

/// <summary>One try of one submission.</summary>
/// <param name="Documents">How its documents came in.</param>
/// <param name="Fresh">Keys for somebody new, perhaps still being made.</param>
internal sealed record Attempt(
    IntakeRequest Request,
    Actor Actor,
    CollectSettings Settings,
    ChannelId ChannelId,
    ChannelContent Channel,
    SubmissionPlan Plan,
    long FormVersion,
    DocumentsTaken Documents,
    Task<SealLease> Fresh);

/// <summary>A submission that only waits for a second person.</summary>
internal sealed record Foreseen(SubmissionPlan Plan, long FormVersion, ChannelId ChannelId, EntityId Entity, DocumentsTaken Documents);

/// <summary>Undoes the transaction: the rules or the caller's rights are no longer those it was judged by.</summary>
internal sealed class RulesMovedException() : Exception("What the submission was judged by has changed.");

/// <summary>Undoes the transaction: a customer named in a relation is not there.</summary>
internal sealed class RelationRefusedException(int position) : Exception("A related customer is not there.")
{
    public int Position { get; } = position;
}
