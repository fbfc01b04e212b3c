using System.Globalization;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.View;

namespace Strongroom.Use.Correct;

/// <summary>
/// Changes of many customers from a file (R41, scene batch_change; decision 0033): asked for with the file itself, approved by its digest, carried out line by
/// line. Each line is a correction of its own: decided, versioned, with its entry and the earlier values kept. What is no customer, or moved since, is told by its line.
/// </summary>
internal sealed class BatchChanges(
    Database database, IKnowledge knowledge, ICustomers customers, ViewCustomer view, Corrections corrections, Grants grants, ApprovalDesk desk, IdempotencyStore idempotency, IAuditLog log, UseOptions options,
    TimeProvider time)
{
    private const string Subject = ApprovalRules.BatchSubject;

    private const int MostShown = 3;

    private static readonly string Act = ApprovalActs.Use(Ground.Act.Correct);

    /// <summary>Judges the whole file and asks. The approver sees how many customers and items, the file's digest, and the first of them masked as the requester sees them.</summary>
    public async Task<Outcome<Approval>> RequestAsync(Caller caller, ChangesAsk ask, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (Refusal(known, caller.Actor) is { } refusal)
        {
            return refusal;
        }

        var file = Encoding.UTF8.GetBytes(ask.File);
        var (lines, errors) = BatchFile.Read(file, known, Today());
        var faults = errors.ToList();
        if (file.Length > BatchFile.Largest)
        {
            faults.Add(Reasons.TooMany.At("file"));
        }

        if (string.IsNullOrWhiteSpace(ask.Reason))
        {
            faults.Add(Reasons.FieldMissing.At("reason"));
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults);
        }

        var items = lines.SelectMany(line => line.Changes).Select(change => change.Item).Distinct().Count();
        var preview = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"SHA-256 {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file))}\n{lines.Count} × {items} ({lines.Sum(line => line.Changes.Count)})\n"));
        var (entity, hidden) = await ShowAsync(caller, ask, lines, known, preview, ct);
        if (hidden is not null)
        {
            return hidden;
        }

        var scene = known.Policy.SceneOn(SceneTrigger.ChangeMany)!.Scene;
        var scope = new ApprovalScope(Act, Subject, BatchFile.Bound(file, ask.Purpose), ask.Until) { Purpose = ask.Purpose, Scenes = [scene] };
        return await desk.RequestAsync(caller.Actor, scope, new ApprovalEvidence(UseRequests.Cut(preview), lines.Count, items, Reason: ask.Reason), new AskedFrom(ask.Unit, entity, ask.Asked), ct);
    }

    /// <summary>Whether the person may begin, or go on with, what this approval is of; before a byte of the file is read.</summary>
    public async Task<Outcome<ApprovalContent>> LookAsync(Actor actor, ApprovalId approval, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(actor.ConfigEpoch, ct);
        if (Refusal(known, actor) is { } refusal)
        {
            return refusal;
        }

        if (await desk.LookAsync(approval, ct) is not var (content, stands) || content.Requester != actor.Person || content.Act != Act || content.Subject != Subject)
        {
            return Reasons.ApprovalVoid;
        }

        return stands || Resumes(content) ? content : content.State == ApprovalState.Requested ? Reasons.ApprovalUnready : Reasons.ApprovalVoid;
    }

    /// <summary>Uses the approval for exactly this file. The same file may be sent again until the approval ends: it goes on where it stopped.</summary>
    public async Task<Reason?> BeginAsync(Actor actor, ApprovalId approval, ApprovalContent content, byte[] file, CancellationToken ct)
    {
        var bound = BatchFile.Bound(file, content.Scope.Purpose ?? default);
        if (content.Scope.Content != bound)
        {
            return Reasons.GrantChanged;
        }

        var scene = (await knowledge.AtAsync(actor.ConfigEpoch, ct)).Policy.SceneOn(SceneTrigger.ChangeMany)!.Scene;
        if (Resumes(content))
        {
            return content.Scope.Scenes?.Contains(scene) == true ? null : Reasons.GrantChanged;
        }

        return await database.WriteAsync<Reason?>(async tx =>
        {
            switch (await desk.ConsumeAsync(tx, approval, Act, Subject, bound, actor.Person, customer: null, scene))
            {
                case ApprovalUse.Consumed used:
                    await log.AppendAsync(tx, ApprovalLog.Of(UseFacts.BatchBegun, actor, approval) with { Purpose = content.Scope.Purpose, Rows = [used.Row], Reasons = [scene] }, ct);
                    return null;
                case ApprovalUse.Refused refused:
                    return refused.Reason;
                default:
                    return Reasons.ApprovalVoid;
            }
        }, ct);
    }

    /// <summary>Carries the file out, a line at a time, and says what became of each.</summary>
    public async Task RunAsync(Caller caller, ApprovalId approval, ApprovalContent content, byte[] file, Func<ChangeResult, Task> tell, CancellationToken ct)
    {
        var purpose = content.Scope.Purpose!.Value;
        var counts = new Dictionary<ChangeStatus, long>();
        Reason? stopped = null;
        foreach (var (number, bytes) in BatchFile.Lines(file))
        {
            stopped ??= await database.ReadAsync(tx => grants.StandsAsync(tx, approval), ct) ? null : Reasons.BatchRevoked;
            var result = stopped is null ? await LineAsync(caller, (approval, content), number, bytes, ct) : Rejected(number, null, Problem.Of(stopped));
            counts[result.Status] = counts.GetValueOrDefault(result.Status) + 1;
            await tell(result);
        }

        var told = Enum.GetValues<ChangeStatus>().Select(status => string.Create(CultureInfo.InvariantCulture, $"{Kebab.Of(status)}-{counts.GetValueOrDefault(status)}"));
        await log.AppendAsync(ApprovalLog.Of(UseFacts.BatchDone, caller.Actor, approval) with
        {
            Purpose = purpose, Count = Math.Max(1, counts.Values.Sum()), Reasons = [.. told, .. stopped is null ? Array.Empty<string>() : [stopped.Code]],
        }, guard: null, ct);
    }

    private async Task<ChangeResult> LineAsync(Caller caller, (ApprovalId Id, ApprovalContent Content) approval, long number, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        var known = await knowledge.NowAsync(ct);
        var line = BatchFile.Parse(bytes.Span);
        if (known.Policy.SceneOn(SceneTrigger.ChangeMany) is not { Enabled: true })
        {
            return Rejected(number, line, Problem.Of(Reasons.SceneOff));
        }

        if (BatchFile.ErrorsOf(line, known, Today()) is { Count: > 0 } errors)
        {
            return Rejected(number, line, Problem.Of(errors));
        }

        // The approver speaks for the customers of his own company; one of another is not there for him.
        if (await customers.ReadAsync(line!.Customer, ReadScope.Outline, ct) is { } customer && customer.Entity != approval.Content.Entity)
        {
            return Rejected(number, line, Problem.Of(Reasons.CustomerUnknown));
        }

        // Whoever sends the file again is answered from what its lines left, and does none of them twice.
        var claim = idempotency.Claim(caller.Actor.OwnId(), "POST /v1/changes", string.Create(CultureInfo.InvariantCulture, $"{approval.Id}-{number}"), bytes.ToArray());
        var wanted = CorrectCustomer.AskOf(line.Customer, new CorrectRequest(line.Changes, approval.Content.Scope.Purpose)) with { Under = approval.Id };
        return await corrections.ApplyAsync(caller, wanted, line.Changes, claim, attach: null, ct) switch
        {
            Outcome<CorrectAnswer>.Done { Value.Entry: { } entry } => new ChangeResult(number, ChangeStatus.Changed) { Customer = line.Customer, Entry = entry },
            Outcome<CorrectAnswer>.Done => new ChangeResult(number, ChangeStatus.Known) { Customer = line.Customer },
            Outcome<CorrectAnswer>.Refused refused => Rejected(number, line, refused.Problem),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <returns>The company of the customers shown.</returns>
    private async Task<(EntityId? Entity, Problem? Problem)> ShowAsync(
        Caller caller, ChangesAsk ask, IReadOnlyList<ChangeLine> lines, Knowledge known, StringBuilder preview, CancellationToken ct)
    {
        EntityId? entity = null;
        foreach (var line in lines.Take(MostShown))
        {
            var wanted = new Ask(Ground.Act.View, UseRequests.Previewed)
            {
                Customer = line.Customer, Purpose = ask.Purpose, Items = line.Changes.Select(change => change.Item).ToHashSet(), Customers = lines.Count,
            };
            switch (await view.PreviewAsync(caller, wanted, ct))
            {
                case (_, { } refused):
                    return (null, refused);
                case ({ } seen, _):
                    entity ??= seen.Judged.Customer!.Entity;
                    if (entity != seen.Judged.Customer!.Entity)
                    {
                        return (null, Problem.Of([Reasons.EntityCrossing.At("file")]));
                    }

                    UseRequests.DescribeChanges(preview, line.Changes, known);
                    UseRequests.Describe(preview, seen.Answer);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        return (entity, null);
    }

    /// <summary>Without the scene, or while it is switched off, nobody changes customers by a file.</summary>
    private static Reason? Refusal(Knowledge known, Actor actor) =>
        actor.Kind != ActorKind.Person ? Reasons.ActUngranted
        : actor.RowCeiling is not null ? Reasons.RowCeiling
        : known.Policy.SceneOn(SceneTrigger.ChangeMany) switch { null => Reasons.SceneUnknown, { Enabled: false } => Reasons.SceneOff, _ => null };

    private bool Resumes(ApprovalContent content) => content.State == ApprovalState.Used && time.NowMs() < content.Until;

    private static ChangeResult Rejected(long number, ChangeLine? line, Problem problem)
    {
        IReadOnlyList<FieldError> whys = problem.Errors.Count > 0 ? problem.Errors
            : problem.Reasons.Count > 0 ? [.. problem.Reasons.Select(reason => reason.At(""))]
            : [new FieldError("", problem.Code, problem.Zh, problem.En)];
        return new ChangeResult(number, ChangeStatus.Rejected) { Customer = line?.Customer, Errors = whys };
    }

    private DateOnly Today() => DateOnly.FromDateTime(Instants.At(time.NowMs()).AddMinutes(options.OffsetMinutes).DateTime);
}
