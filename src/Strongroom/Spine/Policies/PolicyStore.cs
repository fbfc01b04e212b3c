using System.Collections.Frozen;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>Everything of one configuration epoch that decisions need; immutable, shared by all requests of the node.</summary>
/// <param name="Epoch">The epoch it was read at, in the same snapshot of the database.</param>
/// <param name="Access">Null when the rules could not be loaded in full: then nothing is permitted.</param>
/// <param name="Missing">Rows the manifest names that did not load; the alarm has been raised.</param>
internal sealed record PolicySnapshot(
    long Epoch,
    AccessPolicy? Access,
    IReadOnlyList<ApprovalRow> Approvals,
    PostBook Posts,
    OrganisationTree Organisation,
    IReadOnlyList<string> Missing)
{
    public const int UsualDormantDays = 90;

    public const int UsualStartPasswordHours = 24;

    public const int UsualReviewHours = 24;

    /// <summary>Days after which an unused account suspends itself (R39).</summary>
    public int DormantDays { get; init; } = UsualDormantDays;

    public IReadOnlyList<SceneRow> Scenes { get; init; } = [];

    /// <summary>The one row of a scene; two of one name are none.</summary>
    public SceneRow? Scene(string key) => Scenes.Where(scene => string.Equals(scene.Scene, key, StringComparison.Ordinal)).ToList() is [var only] ? only : null;

    public SceneRow? SceneOn(SceneTrigger trigger) => Scenes.FirstOrDefault(scene => scene.Trigger.On == trigger);

    /// <summary>The rule under which an act is approved when it falls under these scenes; null: nobody can.</summary>
    public ApprovalRow? RuleFor(string act, IReadOnlyList<string>? scenes, bool emergency = false)
    {
        if (scenes is not { Count: > 0 })
        {
            return emergency ? null : ApprovalFor(act);
        }

        var rows = scenes.Select(Scene).OfType<SceneRow>().ToList();
        return rows.Count != scenes.Count ? null : !emergency ? SceneRow.Compose(act, rows) : rows is [var only] ? only.Emergency(act) : null;
    }

    public ApprovalRow? RuleFor(Approvals.ApprovalScope scope) => RuleFor(scope.Act, scope.Scenes, scope.Mode == SceneMode.None);

    /// <summary>Hours for which a start password signs in.</summary>
    public int StartPasswordHours { get; init; } = UsualStartPasswordHours;

    /// <summary>Hours that reviewers of rights are given at least: a deadline nobody can meet takes everybody's rights (R36).</summary>
    public int ReviewHours { get; init; } = UsualReviewHours;

    /// <summary>Permits to work from outside that have not ended, by person.</summary>
    public FrozenDictionary<PersonId, RemotePermit> Remote { get; init; } = FrozenDictionary<PersonId, RemotePermit>.Empty;

    /// <summary>The shifts of the days around the one it was read on.</summary>
    public RosterBook Rosters { get; init; } = RosterBook.Empty;

    public ApprovalRow? ApprovalFor(string act) => Approvals.FirstOrDefault(rule => string.Equals(rule.Act, act, StringComparison.Ordinal));
}

/// <summary>
/// Names every policy row with its version, so that a row deleted or put back by hand is missed when the rules are loaded. Were the
/// manifest itself put back together with rows of its time, <see cref="ControlVerifier"/> finds it.
/// </summary>
internal sealed record PolicyManifest(IReadOnlyDictionary<string, long> Rows)
{
    public static readonly ControlKey Key = ControlKey.Named("policy-manifest", "all");
}

/// <summary>What became of a change of policy.</summary>
internal abstract record PolicySaved
{
    private PolicySaved()
    {
    }

    public sealed record Done(EntryId Entry) : PolicySaved;

    public sealed record Stale : PolicySaved;

    /// <summary>A row would not load; nothing was written. <paramref name="Path"/> is its kind and name.</summary>
    public sealed record NotUnderstood(string Path) : PolicySaved;
}

/// <summary>Policy rows: written with their manifest, loaded into a snapshot.</summary>
internal sealed class PolicyStore(ControlStore control) : IPostBooks
{
    public const string Kind = "policy";

    /// <summary>The clock by which the days of rosters are chosen.</summary>
    public TimeProvider Time => control.Time;

    /// <summary>Writes rows (new or changed) and the manifest in one go; every row must load. <paramref name="fact"/> is the entry.</summary>
    public async Task<PolicySaved> PutAsync(Tx tx, IReadOnlyList<PolicyContent> contents, LogFact fact)
    {
        foreach (var content in contents)
        {
            if (!PolicyRules.TryAdd(content, new PolicyDraft()))
            {
                return new PolicySaved.NotUnderstood(content.Path);
            }
        }

        var manifest = await control.LoadForUpdateAsync<PolicyManifest>(tx, PolicyManifest.Key);
        var rows = manifest?.Content.Rows.ToDictionary() ?? [];
        var changes = new List<ControlChange>();
        foreach (var content in contents)
        {
            var version = rows.GetValueOrDefault(content.Path);
            changes.Add(ControlChange.Of(content.Key, version, content));
            rows[content.Path] = version + 1;
        }

        changes.Add(ControlChange.Of(PolicyManifest.Key, manifest?.Version ?? 0, new PolicyManifest(rows)));
        return await control.SaveAllAsync(tx, changes, fact) is ControlSaved.Done done ? new PolicySaved.Done(done.Entry) : new PolicySaved.Stale();
    }

    /// <summary>All rows the manifest names, as they were written; for administration and packs' export.</summary>
    public async Task<IReadOnlyList<PolicyContent>> ListAsync(Tx tx) => [.. (await LoadRowsAsync(tx)).Rows];

    /// <summary>The snapshot of this transaction's instant.</summary>
    public async Task<PolicySnapshot> SnapshotAsync(Tx tx)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        var (rows, missing, whole) = await LoadRowsAsync(tx);
        var draft = new PolicyDraft();
        foreach (var row in rows)
        {
            if (!PolicyRules.TryAdd(row, draft))
            {
                missing.Add(row.Path);
                whole &= !PolicyRules.Forbids(row.Kind);
            }
        }

        var organisation = await OrganisationTree.LoadAsync(tx, control, withDuties: draft.Duties.Count > 0 || draft.Approvals.Exists(NamesDuty) || draft.Scenes.SelectMany(scene => scene.Steps).Any(step => step.Who.Any(who => who.Duty is not null)));
        return new PolicySnapshot(
            epoch, whole ? draft.ToPolicy(epoch) with { Lists = await ListsAsync(tx), Watched = await WatchedAsync(tx) } : null, draft.Approvals, new PostBook(draft.Posts, draft.Conflicts), organisation, missing)
        {
            DormantDays = draft.DormantDays,
            Scenes = draft.Scenes,
            StartPasswordHours = draft.StartPasswordHours ?? PolicySnapshot.UsualStartPasswordHours,
            ReviewHours = draft.ReviewHours ?? PolicySnapshot.UsualReviewHours,
            Remote = await RemoteAccess.LoadAsync(tx, control),
            Rosters = await RosterDays.BookAsync(tx, control, draft.Rosters, Time.NowMs()),
        };
    }

    /// <summary>Posts and conflicts alone. Where a conflict rule did not load, no post is known, so none can be given.</summary>
    public async Task<PostBook> ReadAsync(Tx tx)
    {
        var (rows, _, whole) = await LoadRowsAsync(tx);
        var draft = new PolicyDraft();
        foreach (var row in rows)
        {
            whole &= PolicyRules.TryAdd(row, draft) || !PolicyRules.Forbids(row.Kind);
        }

        return whole ? new PostBook(draft.Posts, draft.Conflicts) : PostBook.Empty;
    }

    /// <summary>A list that does not load is left out, and then nobody sees the customers it names.</summary>
    private async Task<FrozenDictionary<CustomerListId, ControlledList>> ListsAsync(Tx tx) =>
        (await control.ListAsync<CustomerListContent>(tx, CustomerListContent.RowKind)).Rows
            .Where(row => Enum.IsDefined(row.Content.Effect))
            .ToFrozenDictionary(row => CustomerListId.From(row.Key.Id), row => row.Content.ToRule());

    /// <summary>A row that does not load counts as watching: whoever could alter it must not free somebody.</summary>
    private async Task<FrozenSet<PersonId>> WatchedAsync(Tx tx)
    {
        var rows = await control.ListAsync<WatchContent>(tx, WatchContent.RowKind);
        return rows.Rows.Where(row => row.Content.Alerts.Count > 0).Select(row => row.Key).Concat(rows.Broken).Select(key => PersonId.From(key.Id)).ToFrozenSet();
    }

    private static bool NamesDuty(ApprovalRow row) =>
        row.Escalation?.Lead.Duty is not null || row.InOrder().Any(step => step.Who.Any(who => who.Duty is not null));

    private async Task<(List<PolicyContent> Rows, List<string> Missing, bool Whole)> LoadRowsAsync(Tx tx)
    {
        var manifest = await control.LoadAsync<PolicyManifest>(tx, PolicyManifest.Key);
        var stored = (await control.ListAsync<PolicyContent>(tx, Kind)).Rows.ToDictionary(row => row.Key);
        var (rows, missing, whole) = (new List<PolicyContent>(), new List<string>(), manifest is not null);
        foreach (var (path, version) in manifest?.Content.Rows.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList() ?? [])
        {
            if (stored.GetValueOrDefault(PolicyContent.KeyOf(path)) is { } row && row.Version == version && row.Content.Path == path)
            {
                rows.Add(row.Content);
                continue;
            }

            missing.Add(path);
            whole &= Kebab.TryParse<PolicyKind>(path.Split('/')[0], out var kind) && !PolicyRules.Forbids(kind);
        }

        return (rows, missing, whole);
    }
}

/// <summary>The policy of the live configuration epoch.</summary>
internal interface IPolicySnapshots
{
    /// <summary>
    /// The snapshot of the epoch that the request read together with its session and customer. When the configuration has moved on since,
    /// the newer one comes back: compare <see cref="PolicySnapshot.Epoch"/>, or let the log's guard find it.
    /// </summary>
    Task<PolicySnapshot> CurrentAsync(long epoch, CancellationToken ct = default);

    /// <summary>The snapshot of this epoch or of a later one that lies ready: for what need not be of exactly one epoch.</summary>
    Task<PolicySnapshot> AtLeastAsync(long epoch, CancellationToken ct = default) => CurrentAsync(epoch, ct);

    /// <summary>The snapshot of this epoch if it lies ready, for whoever is inside a transaction and must not read beside it.</summary>
    PolicySnapshot? Held(long epoch) => null;

    /// <summary>The same for callers who have read no epoch yet.</summary>
    Task<PolicySnapshot> CurrentAsync(CancellationToken ct = default);
}

/// <summary>Keeps one snapshot and reloads it when another epoch is asked for, once for all who wait.</summary>
internal sealed class PolicySnapshots(Database database, PolicyStore store) : IPolicySnapshots, IDisposable
{
    private readonly SemaphoreSlim loading = new(1);
    private volatile PolicySnapshot? current;

    public async Task<PolicySnapshot> CurrentAsync(long epoch, CancellationToken ct = default)
    {
        if (current is { } known && known.Epoch == epoch && IsOfToday(known))
        {
            return known;
        }

        await loading.WaitAsync(ct);
        try
        {
            if (current is { } loaded && loaded.Epoch == epoch && IsOfToday(loaded))
            {
                return loaded;
            }

            return current = await database.ReadAsync(store.SnapshotAsync, ct);
        }
        finally
        {
            loading.Release();
        }
    }

    public Task<PolicySnapshot> AtLeastAsync(long epoch, CancellationToken ct = default) =>
        current is { } known && known.Epoch >= epoch && IsOfToday(known) ? Task.FromResult(known) : CurrentAsync(epoch, ct);

    public PolicySnapshot? Held(long epoch) => current is { } known && known.Epoch == epoch ? known : null;

    // An epoch may last for weeks; the days of its rosters do not.
    private bool IsOfToday(PolicySnapshot snapshot) => snapshot.Rosters.Covers(store.Time.NowMs());

    public async Task<PolicySnapshot> CurrentAsync(CancellationToken ct = default) =>
        await CurrentAsync(await database.ReadAsync(ConfigEpoch.ReadAsync, ct), ct);

    public void Dispose() => loading.Dispose();
}
