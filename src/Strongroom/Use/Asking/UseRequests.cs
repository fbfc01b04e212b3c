using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Identity;
using Strongroom.Use.View;

namespace Strongroom.Use.Asking;

/// <summary>What somebody needs an approval for: an act on these customers' items, for a purpose, once for each of them.</summary>
/// <param name="Act">The act the decision named as <c>use.…</c>.</param>
/// <param name="Until">UTC milliseconds; the rule says how far away at most.</param>
/// <param name="Reason">Why; the approver reads it.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several of the customers' company.</param>
/// <param name="Asked">The colleague who is asked first.</param>
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
    string? Ticket = null);

/// <summary>
/// POST /v1/approvals/uses: the server looks at what is asked for, shows the approver its masked values and binds the request to exactly these
/// records, items and versions (R41, R45). Whoever may not even see a customer masked cannot ask for more of him.
/// </summary>
internal sealed class UseRequests(IKnowledge knowledge, ViewCustomer view, ApprovalDesk desk, ApprovalEndpoints approvals)
{
    public const string Previewed = "approval-previewed";

    private const int MostCustomers = 100, MostShown = 20;

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
                    return refused;
                case ({ } seen, _):
                    targets.AddRange(seen.Judged.Held.Select(held => GrantScope.TargetOf(seen.Judged.Customer!.Id, held)));
                    entity ??= seen.Judged.Customer!.Entity;
                    if (entity != seen.Judged.Customer!.Entity)
                    {
                        return Problem.Of([Reasons.EntityCrossing.At("customers")]);
                    }

                    if (shown++ < MostShown)
                    {
                        Describe(preview, seen.Answer);
                    }

                    break;
                default:
                    throw new System.Diagnostics.UnreachableException();
            }
        }

        if (targets.Count == 0)
        {
            return Problem.Of([Reasons.ItemMissing.At("items")]);
        }

        if (targets.Count > ApprovalRules.MostTargets)
        {
            return Problem.Of([Reasons.TooMany.At("customers")]);
        }

        var root = ApprovalScope.RootOf(targets);
        var customers = targets.Select(target => target.Customer).Distinct().Count();
        var scope = new ApprovalScope(ApprovalActs.Use(ask.Act), $"{customers}x{ask.Items.Distinct().Count()}-{root[..16]}", root, ask.Until)
        {
            Purpose = ask.Purpose, Masking = ask.Act is Act.View or Act.Print or Act.Export or Act.Transfer or Act.Share ? "clear" : null, Targets = targets,
        };
        var evidence = new ApprovalEvidence(Cut(preview), customers, ask.Items.Distinct().Count(), Reason: ask.Reason);
        return await desk.RequestAsync(caller.Actor, scope, evidence, new AskedFrom(ask.Unit, entity, ask.Asked), ct);
    }

    private static List<FieldError> Errors(UseRequest ask, Knowledge known)
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

        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckTicket(ask.Ticket, errors);
        return errors;
    }

    /// <summary>One line for each value, masked as the requester sees it himself.</summary>
    private static void Describe(StringBuilder preview, ViewAnswer answer)
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

    private static string Cut(StringBuilder preview) =>
        preview.Length <= ApprovalRules.LongestPreview ? preview.ToString() : preview.ToString(0, ApprovalRules.LongestPreview - 2) + "…\n";
}
