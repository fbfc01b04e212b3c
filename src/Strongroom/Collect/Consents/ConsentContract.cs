using System.Text.Json.Serialization;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;

namespace Strongroom.Collect.Consents;

/// <summary>Consents said without handing anything in: asked later, renewed, refused.</summary>
/// <param name="Session">The call or visit being served; needed by posts that serve one customer at a time.</param>
/// <param name="Ticket">The rights request or case it belongs to.</param>
internal sealed record ConsentsAsk(
    FormKey Form, string? Channel, NoticeShown? Notice, IReadOnlyList<ConsentSaid>? Consents, ServiceSessionId? Session = null, string? Ticket = null);

/// <summary>What a withdrawal may name: nothing more than who is served, or which request it answers.</summary>
internal sealed record WithdrawAsk(ServiceSessionId? Session = null, string? Ticket = null);

/// <summary>On what ground a person deals with this customer: the call being served, or the ticket. Systems need neither.</summary>
internal sealed record Serving(ServiceSessionId? Session, string? Ticket)
{
    public const int LongestTicket = 128;

    public static readonly Serving Nobody = new(null, null);

    public FieldError? Mistake => Ticket is { Length: > LongestTicket } ? Reasons.FieldLong.At("ticket") : null;
}

internal sealed record ConsentsAnswer(CustomerId Customer, ReceiptId Receipt, IReadOnlyDictionary<PurposeKey, ConsentState> Consents, EntryId Entry);

/// <summary>What withdrawing means: what ends, and what stays by which rule and until when (PIPL 15, 47).</summary>
/// <param name="Ends">Items that no other purpose carries: they leave by the catalogue's term.</param>
internal sealed record WithdrawAnswer(
    CustomerId Customer,
    PurposeKey Purpose,
    ConsentState State,
    ReceiptId Receipt,
    IReadOnlyList<ItemKey> Ends,
    IReadOnlyList<Stay> Stays,
    EntryId Entry);

/// <summary>One purpose that goes on, with the law or contract it rests on.</summary>
internal sealed record Stay(
    PurposeKey Purpose,
    string Zh,
    string En,
    IReadOnlyList<LegalBasis> Bases,
    IReadOnlyList<StayLaw> Laws,
    IReadOnlyList<ItemKey> Items,
    IReadOnlyList<StayTerm> Until);

internal sealed record StayLaw(string Zh, string En, string Article);

/// <param name="After">The event the term counts from.</param>
/// <param name="Term">Such as <c>3y</c>, <c>30d</c>.</param>
internal sealed record StayTerm(string After, string Term);

internal sealed record ReceiptLine(ReceiptId Receipt, long At, IReadOnlyDictionary<PurposeKey, ConsentState> Consents);

internal sealed record ReceiptsAnswer(CustomerId Customer, IReadOnlyList<ReceiptLine> Receipts);

/// <summary>What stays after a withdrawal. Pure.</summary>
internal static class StayRules
{
    /// <param name="held">Items the customer has, each with the purposes it was collected for.</param>
    /// <param name="given">Purposes whose consent still stands.</param>
    public static (IReadOnlyList<ItemKey> Ends, IReadOnlyList<Stay> Stays) After(
        PurposeKey withdrawn, IReadOnlyDictionary<ItemKey, IReadOnlySet<PurposeKey>> held, IReadOnlySet<PurposeKey> given, InformationCatalogue catalogue)
    {
        var stays = new SortedDictionary<PurposeKey, List<ItemKey>>();
        var ends = new List<ItemKey>();
        foreach (var (key, collected) in held.OrderBy(pair => pair.Key))
        {
            var others = (catalogue.Item(key)?.Purposes ?? []).Where(purpose => purpose != withdrawn && collected.Contains(purpose))
                .Where(purpose => catalogue.Purpose(purpose) is { } known && (!known.RestsOnConsent || given.Contains(purpose)))
                .ToList();
            if (others.Count == 0 && (collected.Contains(withdrawn) || collected.Count == 0))
            {
                ends.Add(key);
            }

            foreach (var purpose in others)
            {
                (stays.TryGetValue(purpose, out var items) ? items : stays[purpose] = []).Add(key);
            }
        }

        return (ends, [.. stays.Select(pair => StayOf(catalogue.Purpose(pair.Key)!, pair.Value))]);
    }

    private static Stay StayOf(PurposeDefinition purpose, List<ItemKey> items) => new(
        purpose.Key,
        purpose.Title.Zh,
        purpose.Title.En,
        purpose.Bases,
        [.. purpose.Sources.Select(source => new StayLaw(source.Law.Zh, source.Law.En, source.Article))],
        items,
        [.. purpose.Retain.Select(term => new StayTerm(Kebab.Of(term.After), term.Term.ToString()))]);
}

[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ConsentsAsk))]
internal sealed partial class ConsentsJson : JsonSerializerContext;
