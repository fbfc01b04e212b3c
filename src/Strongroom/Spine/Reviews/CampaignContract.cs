using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Reviews;

/// <param name="Deadline">UTC milliseconds; at most 92 days ahead.</param>
/// <param name="Entity">Only this legal entity's rights; null: all.</param>
/// <param name="Unit">Only posts in this unit; null: all.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CampaignAsk(string Name, long Deadline, EntityId? Entity = null, UnitId? Unit = null);

/// <param name="Until">Reduce a post: its new end, UTC milliseconds.</param>
/// <param name="Items">Reduce an authorisation: the items it keeps.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LinesDecision(IReadOnlyList<CaseId> Lines, LineVerdict Verdict, string? Reason = null, long? Until = null, IReadOnlyList<ItemKey>? Items = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SecondLook(CaseId Line, SecondVerdict Verdict, string? Reason = null);

/// <param name="Lines">Lines by state.</param>
/// <param name="Sample">Lines drawn for the second look; none before everything is decided or overdue.</param>
internal sealed record CampaignView(
    CaseId Id, string Name, CampaignState State, long Opened, PersonId OpenedBy, long Deadline, EntityId? Entity, UnitId? Unit, IReadOnlyDictionary<string, long> Lines,
    IReadOnlyList<CaseId> Sample, long? Closed, PersonId? ClosedBy)
{
    public static CampaignView Of(Case<CampaignContent> campaign, IReadOnlyDictionary<string, long> lines, IEnumerable<CaseId> sample) => new(
        campaign.Id, campaign.Content.Name, Kebab.Parse<CampaignState>(campaign.State), campaign.Content.Opened, campaign.Content.OpenedBy, campaign.Content.Deadline,
        campaign.Content.Entity, campaign.Content.Unit, lines, [.. sample.OrderBy(id => id.Value)], campaign.Content.Closed, campaign.Content.ClosedBy);
}

internal sealed record CampaignList(IReadOnlyList<CampaignView> Reviews);

/// <summary>A right in a review.</summary>
/// <param name="LastUse">UTC milliseconds; null: never since counts are kept.</param>
/// <param name="Uses">In the 90 days before the snapshot.</param>
/// <param name="Preset">What is chosen to begin with; null: nothing.</param>
internal sealed record LineView(
    CaseId Id, LineState State, RightKind Kind, Level Level, PersonId? Person, PostKey? Post, UnitId? Unit, EntityId? Entity, ClientId? Client, AuthorisationId? Authorisation,
    CustomerListId? List, PurposeKey? Purpose, IReadOnlyList<ItemKey> Items, IReadOnlyList<Act> Acts, long? From, long? Until, long? LastUse, long Uses, bool Unused,
    LineVerdict? Preset, LineVerdict? Verdict, PersonId? Decider, long? Decided, string? Reason, PersonId? Second, SecondVerdict? SecondVerdict, ClientScope? Scope)
{
    public static LineView Of(Case<LineContent> line, long opened, string? reason)
    {
        var (content, right) = (line.Content, line.Content.Right);
        return new LineView(
            line.Id, Kebab.Parse<LineState>(line.State), right.Kind, right.Level, right.Person, right.Post, right.Unit, right.Entity, right.Client, right.Authorisation, right.List,
            right.Purpose, right.Items, right.Acts, right.From, right.Until, content.LastUse, content.Uses, content.Unused,
            CampaignRules.Preset(right, content.Uses, opened), content.Verdict, content.Decider, content.Decided, reason, content.Second, content.SecondVerdict, right.Scope);
    }
}

/// <param name="Next">Names the next page in <c>after</c>; null: this was the last.</param>
internal sealed record LinePage(IReadOnlyList<LineView> Lines, string? Next);

internal sealed record LinesDecided(int Lines);

/// <summary>The signed report: <c>{body, sig: {key, alg, value}}</c>; the signature is over the RFC 8785 form of the body.</summary>
internal sealed record SignedReport(JsonElement Body, JsonElement Sig)
{
    public static SignedReport Of(string document)
    {
        using var json = JsonDocument.Parse(document);
        return new SignedReport(json.RootElement.GetProperty("body").Clone(), json.RootElement.GetProperty("sig").Clone());
    }
}

/// <summary>A right nobody used through the whole of the asked days.</summary>
internal sealed record UnusedRight(
    RightKind Kind, Level Level, PersonId? Person, PostKey? Post, UnitId? Unit, EntityId? Entity, ClientId? Client, AuthorisationId? Authorisation, CustomerListId? List,
    PurposeKey? Purpose, long? From, long? Until, long? LastUse, ClientScope? Scope)
{
    public static UnusedRight Of(UsedRight used) => new(
        used.Right.Kind, used.Right.Level, used.Right.Person, used.Right.Post, used.Right.Unit, used.Right.Entity, used.Right.Client, used.Right.Authorisation, used.Right.List,
        used.Right.Purpose, used.Right.From, used.Right.Until, used.Use.Last, used.Right.Scope);
}

/// <param name="Rights">How many rights there are in all, those that are younger than the asked days too.</param>
internal sealed record UnusedRights(int Days, int Rights, IReadOnlyList<UnusedRight> Unused);
