using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Reviews;

/// <param name="Decided">Lines this person decided.</param>
internal sealed record ReportReviewer(PersonId Person, int Decided);

/// <summary>What the second reviewer saw: seed and share draw the same lines again.</summary>
internal sealed record ReportSample(string Seed, int PerMille, int Lines, int Agreed, IReadOnlyList<PersonId> By);

/// <summary>The body of the signed report. Instants UTC milliseconds; ids and counts only.</summary>
/// <param name="Lines">Lines by state.</param>
/// <param name="Digest">SHA-256, lower hex, over id, state and content of every line in the order people see them.</param>
internal sealed record ReportBody(
    string Schema, CaseId Review, string Name, EntityId? Entity, UnitId? Unit, long Opened, PersonId OpenedBy, long Deadline, long Closed, PersonId ClosedBy,
    IReadOnlyDictionary<string, int> Lines, int Unused, int UnusedKept, IReadOnlyList<ReportReviewer> Reviewers, ReportSample Sample, string Digest)
{
    public const string DocumentType = "access-review";

    public const string Form = "strongroom/access-review/v1";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}

/// <summary>Closes an access review: everything decided or past its deadline, the sample looked at, every line of the snapshot there and authentic.</summary>
internal sealed class CampaignReports(Cases cases, ISigner signer, IAuditLog log, TimeProvider time)
{
    private const int AtOnce = 500;

    public Task<Outcome<string>> CloseAsync(Actor actor, CaseId id, CancellationToken ct) => cases.ChangeAsync<string>(actor, async tx =>
    {
        if (await cases.FindAsync<CampaignContent>(tx, Campaigns.Kind, id, hold: true) is not { } campaign)
        {
            return Reasons.NotFound;
        }

        if (campaign.State == Kebab.Of(CampaignState.Closed))
        {
            return Reasons.ReviewEnded;
        }

        if (!await Campaigns.IsDecidedAsync(tx, campaign))
        {
            return Reasons.ReviewUndecided;
        }

        var (tally, drawn) = (new Tally(), await Campaigns.SampleAsync(tx, campaign));
        await CountAsync(tx, id, drawn, tally);
        if (tally.All != campaign.Content.Lines)
        {
            return Reasons.ReviewAltered;
        }

        // What rests at the deadline was decided by nobody: there is nothing to look at twice.
        if (tally.Unseconded > 0)
        {
            return Reasons.ReviewSample;
        }

        var body = BodyOf(campaign, actor.Person, drawn.Count, tally);
        var signed = SignedDocument.Create(
            ReportBody.DocumentType, JsonSerializer.SerializeToElement(body, ReportBody.Json), signer.PublicKey(SigningKey.Receipt), message => signer.Sign(SigningKey.Receipt, message));
        var report = Encoding.UTF8.GetString(signed.ToBytes());
        var digest = await cases.SaveAsync(tx, Campaigns.Kind, campaign with
        {
            State = Kebab.Of(CampaignState.Closed), Content = campaign.Content with { Closed = body.Closed, ClosedBy = actor.Person, Report = report },
        });
        await log.AppendAsync(tx, IdentityFacts.Of(CampaignLog.Closed, actor) with { Rows = [digest], Count = tally.All }, ct);
        return report;
    }, ct);

    private async Task CountAsync(Tx tx, CaseId id, IReadOnlySet<CaseId> drawn, Tally tally)
    {
        var query = new CaseQuery(Campaigns.Line) { Parent = id, Size = AtOnce };
        while (await cases.PageAsync<LineContent>(tx, query) is { Count: > 0 } page)
        {
            foreach (var line in page)
            {
                tally.Take(line, drawn.Contains(line.Id));
            }

            query = query with { After = page[^1].Cursor };
        }
    }

    private ReportBody BodyOf(Case<CampaignContent> campaign, PersonId closer, int drawn, Tally tally) => new(
        ReportBody.Form, campaign.Id, campaign.Content.Name, campaign.Content.Entity, campaign.Content.Unit, campaign.Content.Opened, campaign.Content.OpenedBy,
        campaign.Content.Deadline, time.NowMs(), closer, tally.States, tally.Unused, tally.UnusedKept,
        [.. tally.Deciders.OrderBy(pair => pair.Key.Value).Select(pair => new ReportReviewer(pair.Key, pair.Value))],
        new ReportSample(campaign.Content.Seed, CampaignContent.SharePerMille, drawn, tally.Agreed, [.. tally.Seconds.OrderBy(person => person.Value)]),
        tally.Digest());

    /// <summary>Counts lines without keeping them.</summary>
    private sealed class Tally
    {
        private readonly SortedDictionary<string, int> states = new(StringComparer.Ordinal);
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public IReadOnlyDictionary<string, int> States => states;

        public Dictionary<PersonId, int> Deciders { get; } = [];

        public HashSet<PersonId> Seconds { get; } = [];

        public int All { get; private set; }

        public int Unused { get; private set; }

        public int UnusedKept { get; private set; }

        public int Agreed { get; private set; }

        public int Unseconded { get; private set; }

        public void Take(Case<LineContent> line, bool drawn)
        {
            var content = line.Content;
            All++;
            states[line.State] = states.GetValueOrDefault(line.State) + 1;
            hash.AppendData(new ControlMessage("access-review-line").Bytes(line.Id.Bytes).Text(line.State).Text(JsonSerializer.Serialize(content, ControlRows.Json)).ToArray());
            Unused += content.Unused ? 1 : 0;
            UnusedKept += content is { Unused: true, Verdict: LineVerdict.Confirm } ? 1 : 0;
            if (content.Decider is { } decider)
            {
                Deciders[decider] = Deciders.GetValueOrDefault(decider) + 1;
                Unseconded += drawn && content.Second is null ? 1 : 0;
            }

            if (content.Second is { } second)
            {
                Seconds.Add(second);
                Agreed++;
            }
        }

        public string Digest()
        {
            using (hash)
            {
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            }
        }
    }
}
