using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Use.Correct;
using Strongroom.Use.View;

namespace Strongroom.Use.Asking;

/// <summary>What somebody needs an approval for: an act on these customers' items, for a purpose, once for each of them.</summary>
/// <param name="Act">The act the decision named as <c>use.…</c>.</param>
/// <param name="Until">UTC milliseconds; the rule says how far away at most.</param>
/// <param name="Reason">Why; the approver reads it.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several of the customers' company.</param>
/// <param name="Asked">The colleague who is asked first.</param>
/// <param name="Scenes">The vault scenes that the decision named; one approval for all of them together.</param>
/// <param name="Mode">How the second person takes part; the scene's first way when left out.</param>
/// <param name="From">UTC milliseconds from which it is needed, when it is booked in advance.</param>
/// <param name="Changes">Of a correction, of one customer: exactly what is to be written. The approval is for nothing else.</param>
internal sealed record UseRequest(
    Act Act,
    IReadOnlyList<CustomerId> Customers,
    PurposeKey Purpose,
    IReadOnlyList<ItemKey> Items,
    long Until,
    string Reason,
    UnitId? Unit = null,
    PersonId? Asked = null,
    ServiceSessionId? Session = null,
    string? Ticket = null,
    IReadOnlyList<string>? Scenes = null,
    SceneMode? Mode = null,
    long? From = null,
    IReadOnlyList<ItemChange>? Changes = null);

/// <summary>A request for a use as the server has looked at it.</summary>
/// <param name="Entity">The legal entity of all its customers.</param>
internal sealed record SeenRequest(ApprovalScope Scope, ApprovalEvidence Evidence, EntityId Entity);

/// <summary>
/// POST /v1/approvals/uses: the server looks at what is asked for, shows the approver its masked values and binds the request to exactly these
/// records, items and versions (R41, R45). Whoever may not even see a customer masked cannot ask for more of him.
/// </summary>
internal sealed class UseRequests(IKnowledge knowledge, ViewCustomer view, ApprovalDesk desk, ApprovalEndpoints approvals, IMac mac)
{
    public const string Previewed = "approval-previewed";

    private const int MostCustomers = 100, MostShown = 20, MostScenes = 5;

    /// <summary>Characters shown of a new value: those of the most changes there may be fit into the preview.</summary>
    private const int LongestNew = 40;

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/approvals/uses", (UseRequest ask, Caller caller, UseRequests self, CancellationToken ct) => self.AnswerAsync(ask, caller, ct))
        .RequirePolicy(Doors.ApprovalsUse).Records(Previewed, ApprovalLog.Requested, ApprovalLog.RequestRefused).WithName("approval-request-use");

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AnswerAsync(UseRequest ask, Caller caller, CancellationToken ct) =>
        await RequestAsync(ask, caller, ct) switch
        {
            Outcome<Approval>.Done done => TypedResults.Ok(await approvals.ViewOfAsync(done.Value, ct)),
            Outcome<Approval>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    internal async Task<Outcome<Approval>> RequestAsync(UseRequest ask, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (Errors(ask, known) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        var (asked, problem) = await LookAsync(ask, caller, ct);
        return asked is null
            ? problem!
            : await desk.RequestAsync(caller.Actor, asked.Scope, asked.Evidence, new AskedFrom(ask.Unit, asked.Entity, ask.Asked, ask.Mode), ct);
    }

    /// <summary>What is asked for as the server sees it: the records, items and versions that are there, and their masked values.</summary>
    internal async Task<(SeenRequest? Seen, Problem? Problem)> LookAsync(UseRequest ask, Caller caller, CancellationToken ct)
    {
        var targets = new List<ApprovalTarget>();
        var (preview, shown, entity) = (new StringBuilder(), 0, default(EntityId?));
        foreach (var id in ask.Customers.Distinct())
        {
            var wanted = new Ask(Act.View, Previewed)
            {
                Customer = id, Purpose = ask.Purpose, Items = ask.Items.ToHashSet(), Session = ask.Session, Ticket = ask.Ticket, Customers = ask.Customers.Count,
            };
            switch (await view.PreviewAsync(caller, wanted, ct))
            {
                case (_, { } refused):
                    return (null, refused);
                case ({ } seen, _):
                    targets.AddRange(seen.Judged.Held.Select(held => GrantScope.TargetOf(seen.Judged.Customer!.Id, held)));
                    entity ??= seen.Judged.Customer!.Entity;
                    if (entity != seen.Judged.Customer!.Entity)
                    {
                        return (null, Problem.Of([Reasons.EntityCrossing.At("customers")]));
                    }

                    if (shown++ < MostShown)
                    {
                        DescribeChanges(preview, ask.Changes, seen.Judged.Knowledge);
                        Describe(preview, seen.Answer);
                    }

                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        var values = ask.Changes is { } changes ? CorrectValues.Of(mac, changes, await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct)) : null;
        return targets.Count == 0 ? (null, Problem.Of([Reasons.ItemMissing.At("items")]))
            : targets.Count > ApprovalRules.MostTargets ? (null, Problem.Of([Reasons.TooMany.At("customers")]))
            : (new SeenRequest(ScopeOf(ask, targets, values), new ApprovalEvidence(Cut(preview), targets.Select(target => target.Customer).Distinct().Count(), ask.Items.Distinct().Count(), Reason: ask.Reason), entity!.Value), null);
    }

    /// <param name="values">Keyed digest of a correction's new values.</param>
    internal static ApprovalScope ScopeOf(UseRequest ask, IReadOnlyList<ApprovalTarget> targets, string? values = null)
    {
        var root = GrantScope.ContentOf(ask.Act, targets, values) ?? ApprovalScope.RootOf(targets);
        var customers = targets.Select(target => target.Customer).Distinct().Count();
        return new ApprovalScope(ApprovalActs.Use(ask.Act), $"{customers}x{ask.Items.Distinct().Count()}-{root[..16]}", root, ask.Until)
        {
            Purpose = ask.Purpose, Masking = ask.Act is Act.View or Act.Print or Act.Export or Act.Transfer or Act.Share ? "clear" : null, Targets = targets,
            Scenes = ask.Scenes is { Count: > 0 } scenes ? [.. scenes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] : null, From = ask.From,
        };
    }

    internal static List<FieldError> Errors(UseRequest ask, Knowledge known)
    {
        var errors = new List<FieldError>();
        if (ask.Customers.Count is 0 or > MostCustomers)
        {
            errors.Add((ask.Customers.Count == 0 ? Reasons.FieldMissing : Reasons.TooMany).At("customers"));
        }

        if (ask.Items.Count == 0)
        {
            errors.Add(Reasons.FieldMissing.At("items"));
        }

        if (string.IsNullOrWhiteSpace(ask.Reason))
        {
            errors.Add(Reasons.FieldMissing.At("reason"));
        }

        if (ask.Scenes?.Any(scene => known.Policy.Scene(scene) is null) == true || ask.Scenes?.Count > MostScenes)
        {
            errors.Add(Reasons.SceneUnknown.At("scenes"));
        }

        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckTicket(ask.Ticket, errors);
        CheckChanges(ask, errors);
        return errors;
    }

    private static void CheckChanges(UseRequest ask, List<FieldError> errors)
    {
        if (ask.Act != Act.Correct)
        {
            if (ask.Changes is not null)
            {
                errors.Add(Reasons.BadField.At("changes"));
            }

            return;
        }

        if (ask.Changes is not { Count: > 0 and <= CorrectRules.MostChanges } changes)
        {
            errors.Add((ask.Changes is { Count: > 0 } ? Reasons.TooMany : Reasons.FieldMissing).At("changes"));
        }
        else if (!changes.Select(change => change.Item).ToHashSet().SetEquals(ask.Items))
        {
            errors.Add(Reasons.BadField.At("items"));
        }

        if (ask.Customers.Count > 1)
        {
            errors.Add(Reasons.TooMany.At("customers"));
        }
    }

    /// <summary>What is to be written, masked as the items are, before what is there: it is never cut off.</summary>
    internal static void DescribeChanges(StringBuilder preview, IReadOnlyList<ItemChange>? changes, Knowledge known)
    {
        foreach (var change in changes ?? [])
        {
            var masked = change.Value is { } value && known.Item(change.Item) is { } item ? item.Kind.Show(value, item.Mask).ReplaceLineEndings(" ") : "—";
            preview.Append("→ ").Append(change.Item).Append(": ").Append(masked.AsSpan(0, Math.Min(masked.Length, LongestNew))).Append('\n');
        }
    }

    /// <summary>One line for each value, masked as the requester sees it himself.</summary>
    internal static void Describe(StringBuilder preview, ViewAnswer answer)
    {
        preview.Append(answer.Customer).Append('\n');
        foreach (var record in answer.Records)
        {
            foreach (var (key, item) in record.Items.OrderBy(pair => pair.Key))
            {
                preview.Append("  ").Append(record.Type).Append('.').Append(key).Append(": ").Append(item.Value ?? "—").Append('\n');
            }
        }
    }

    internal static string Cut(StringBuilder preview) =>
        preview.Length <= ApprovalRules.LongestPreview ? preview.ToString() : preview.ToString(0, ApprovalRules.LongestPreview - 2) + "…\n";
}
