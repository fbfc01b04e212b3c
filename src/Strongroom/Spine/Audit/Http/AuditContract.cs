using Strongroom.Ground;

namespace Strongroom.Spine.Audit.Http;

/// <summary>One entry as an auditor reads it. No personal value but what <paramref name="Details"/> still keeps.</summary>
/// <param name="State"><c>pending</c> or <c>sealed</c>.</param>
/// <param name="Index">Position in the tree once sealed.</param>
/// <param name="At">UTC milliseconds.</param>
/// <param name="Customer">The customer's reference: 64 hex digits that die with the customer's log key.</param>
/// <param name="Body">The exact leaf bytes, base64: what the tree hashes.</param>
internal sealed record EntryView(
    EntryId Id,
    string State,
    long? Index,
    long At,
    string Act,
    EntryActor Actor,
    string? Customer,
    PurposeKey? Purpose,
    IReadOnlyList<ItemKey> Items,
    Verdict? Decision,
    IReadOnlyList<string> Reasons,
    IReadOnlyList<ApprovalId> Approvals,
    IReadOnlyList<AuthorisationId> Authorisations,
    long Count,
    ChannelId? Channel,
    string? Zone,
    string Body,
    EntryDetails? Details)
{
    public static EntryView Of(LogEntry entry) => new(
        entry.Header.Id,
        entry.Index is null ? "pending" : "sealed",
        entry.Index,
        entry.Header.At,
        entry.Header.Fact.Act.Value,
        new EntryActor(entry.Header.Fact.Actor.Kind, entry.Header.Fact.Actor.Id is { } id ? Id128(id) : null),
        entry.Header.Customer?.ToString(),
        entry.Header.Fact.Purpose,
        entry.Header.Fact.Items,
        entry.Header.Fact.Decision,
        entry.Header.Fact.Reasons,
        entry.Header.Fact.Approvals,
        entry.Header.Fact.Authorisations,
        entry.Header.Fact.Count,
        entry.Header.Fact.Channel,
        entry.Header.Fact.Zone,
        Convert.ToBase64String(entry.Body),
        entry.State == DetailsState.None ? null : new EntryDetails(entry.State == DetailsState.Erased, entry.Details?.Ticket, entry.Details?.Reason));

    private static string Id128(UInt128 id) => Ground.Id.Format(id);
}

/// <summary>Who acted: kind and opaque id.</summary>
internal sealed record EntryActor(LogActorKind Kind, string? Id);

/// <summary>The erasable part: ticket reference and free reason; addresses are for the security desk alone.</summary>
internal sealed record EntryDetails(bool Erased, string? Ticket, string? Reason);

internal sealed record EntriesPage(IReadOnlyList<EntryView> Entries, string? Next);

/// <summary>An inclusion proof (RFC 6962 2.1.1) under a signed checkpoint; hashes are base64.</summary>
internal sealed record ProofView(long Index, string Leaf, IReadOnlyList<string> Proof, long Size, string Root, string Checkpoint);

/// <summary>A consistency proof (RFC 6962 2.1.2) between two sizes.</summary>
internal sealed record ConsistencyView(long First, long Second, IReadOnlyList<string> Proof);
