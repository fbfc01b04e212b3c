using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Ground.Masks;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;
using Strongroom.Use.Asking;
using Strongroom.Use.Contact;

namespace Strongroom.Use.View;

/// <summary>Shows a customer's items to one caller: read, decide, record, and only then open (R46, R47, R51).</summary>
internal sealed class ViewCustomer(IKnowledge knowledge, Asking.Asking asking, ItemOpener opener, ContactCodes codes)
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/{id}/view", (CustomerId id, ViewRequest ask, Caller caller, ViewCustomer view, CancellationToken ct) => view.AnswerAsync(id, ask, caller, ct))
        .RequirePolicy(Doors.CustomerView).Records(UseFacts.View, UseFacts.CodeWrong).WithName("customer-view").SettledByEntry();

    /// <param name="customers">How many customers the whole operation is about.</param>
    /// <param name="batch">More of them than the post opens in one request.</param>
    internal async Task<Outcome> ViewAsync(CustomerId id, ViewRequest ask, Caller caller, int customers, CancellationToken ct, bool batch = false)
    {
        if (await ErrorsAsync(ask, caller, ct) is { Count: > 0 } errors)
        {
            return new Outcome.Refused(await caller.MistakesAsync(errors, ct));
        }

        var clear = (ask.Clear ?? []).ToHashSet();
        var wanted = new Ask(Act.View, UseFacts.View)
        {
            Customer = id,
            Purpose = ask.Purpose,
            Records = ask.Records?.ToHashSet(),
            Items = ask.Items?.Concat(clear).ToHashSet(),
            Clear = clear,
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
            Customers = customers,
            Batch = batch,
            Month = ask.Month,
        };
        if (ask.Code is { } typed)
        {
            if (await codes.CheckAsync(id, typed, codes.BoundTo(id, ViewRules.Confirmed(ask), ask.Purpose, caller.Actor, ask.Session), caller.Actor, again: false, ct) is { } wrong)
            {
                return new Outcome.Refused(Problem.Of(wrong));
            }

            wanted = wanted with { Confirmed = clear, Beside = tx => codes.SpendAsync(tx, typed.Id, caller.Actor, spent: null, ct) };
        }

        return await asking.RuleAsync(caller, wanted, ct) switch
        {
            Ruled.Permitted permitted => new Outcome.Shown(await OpenAsync(permitted, ct)),
            Ruled.Refused refused => new Outcome.Refused(refused.Problem),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A look without anything in clear, for whoever has to show somebody else what is asked for. Recorded like any other.</summary>
    internal async Task<((Judged Judged, ViewAnswer Answer)? Seen, Problem? Refused)> PreviewAsync(Caller caller, Ask ask, CancellationToken ct) =>
        await asking.RuleAsync(caller, ask with { Clear = new HashSet<ItemKey>(), Grant = null }, ct) switch
        {
            Ruled.Permitted permitted => ((permitted.Judged, await OpenAsync(permitted, ct)), null),
            Ruled.Refused refused => (null, refused.Problem),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<Results<Ok<ViewAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, ViewRequest ask, Caller caller, CancellationToken ct) =>
        await ViewAsync(id, ask, caller, customers: 1, ct) switch
        {
            Outcome.Shown shown => TypedResults.Ok(shown.Answer),
            Outcome.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private async Task<List<FieldError>> ErrorsAsync(ViewRequest ask, Caller caller, CancellationToken ct)
    {
        var errors = new List<FieldError>();
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        AskRules.CheckItems(ask.Items, "items", known, errors);
        AskRules.CheckItems(ask.Clear, "clear", known, errors);
        AskRules.CheckTicket(ask.Ticket, errors);
        if (ask.Records is { Count: > AskRules.MostRecords })
        {
            errors.Add(Reasons.TooMany.At("records"));
        }

        if (ask.Month is { } month && !RecordMonths.IsMonth(month))
        {
            errors.Add(Reasons.BadField.At("month"));
        }

        // A customer confirms one look; what else is shown beside it nobody told him of.
        if (ask.Code is not null && (ask is not { Records: [_], Clear: [var only] } || ask.Items?.Any(item => item != only) == true))
        {
            errors.Add(Reasons.BadField.At("code"));
        }

        return errors;
    }

    private async Task<ViewAnswer> OpenAsync(Ruled.Permitted permitted, CancellationToken ct)
    {
        var judged = permitted.Judged;
        var opened = judged.Held.Where(item => NeedsKey(judged, item)).ToList();
        var texts = await opener.OpenAsync(opened, ct);
        var text = new Dictionary<HeldItem, string?>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < opened.Count; i++)
        {
            text[opened[i]] = texts[i];
        }

        // That another unit handles something of this customer is that unit's own knowledge.
        var records = judged.Held.Where(item => !IsOfAnotherUnit(judged, item)).GroupBy(item => item.Record, ReferenceEqualityComparer.Instance).Select(group => new ViewedRecord(
            group.First().Record.Id,
            group.First().Record.Type,
            group.First().Record.State,
            group.ToDictionary(item => item.Value.Key, item => ViewRules.Show(judged, item, text.ContainsKey(item), text.GetValueOrDefault(item)))));
        var customer = judged.Customer!;
        return new ViewAnswer(customer.Id, customer.Kind, customer.State, [.. records], judged.Decision.ToView(), permitted.Entry);
    }

    private static bool IsOfAnotherUnit(Judged judged, HeldItem item) =>
        judged.Decision.Of(item.Record.Id, item.Value.Key)?.Reasons.Contains(Reasons.UnitOutside) == true;

    /// <summary>A mask that hides everything needs no key: then the value stays sealed.</summary>
    private static bool NeedsKey(Judged judged, HeldItem item) => judged.Decision.Shows(item.Record.Id, item.Value.Key) switch
    {
        Shown.Clear => true,
        Shown.Masked => !ViewRules.HidesAll(item.Known.Mask),
        _ => false,
    };

    internal abstract record Outcome
    {
        private Outcome()
        {
        }

        public sealed record Shown(ViewAnswer Answer) : Outcome;

        public sealed record Refused(Problem Problem) : Outcome;
    }
}

/// <summary>How one value leaves. Pure.</summary>
internal static class ViewRules
{
    /// <param name="tried">The value was opened, or opening it failed.</param>
    /// <param name="text">Its clear text; null when it did not open.</param>
    public static ViewedItem Show(Judged judged, HeldItem item, bool tried, string? text)
    {
        var decided = judged.Decision.Of(item.Record.Id, item.Value.Key);
        var shown = judged.Decision.Shows(item.Record.Id, item.Value.Key);
        var reasons = (decided?.Reasons ?? []).Select(reason => reason.Code).ToList();
        if (tried && text is null)
        {
            shown = Shown.Withheld;
            reasons.Add(Reasons.ItemDamaged.Code);
        }

        var value = shown switch
        {
            Shown.Clear => judged.Ask.Month is { } month && RecordMonths.HasMonths(item.Known.Definition.Kind) ? RecordMonths.Only(text!, month) : text,
            Shown.Masked => text is null ? Mask.Hidden : item.Known.Kind.Show(text, item.Known.Mask),
            _ => null,
        };
        var level = item.Known.Definition.Level;
        return new ViewedItem(value, shown, judged.Minor && level < Level.Sensitive ? Level.Sensitive : level, item.Value.Version, reasons);
    }

    /// <summary>What a code for this request must be for; only of a request that names one record and one item in clear.</summary>
    public static CodeView Confirmed(ViewRequest ask) => new(ask.Records![0], ask.Clear![0], ask.Month);

    public static bool HidesAll(Mask mask) => mask.NeverInClear || string.Equals(mask.Spec, "hidden", StringComparison.Ordinal);
}
