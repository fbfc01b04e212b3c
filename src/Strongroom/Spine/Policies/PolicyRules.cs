using System.Text.Json;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Policies;

/// <summary>Reads policy rows into what the decision needs. Pure; a row that is not wholly understood gives nothing.</summary>
internal static class PolicyRules
{
    /// <summary>Kinds that only forbid: were one of their rows left out, more would be allowed, so without it nothing is.</summary>
    public static bool Forbids(PolicyKind kind) => kind is not (PolicyKind.Role or PolicyKind.Authorisation or PolicyKind.Approval);

    /// <summary>Adds the row's rules; false when any of them is not understood, and then none was added.</summary>
    public static bool TryAdd(PolicyContent row, PolicyDraft draft)
    {
        if (row is not { V: PolicyContent.Form, Rules: not null } || !Enum.IsDefined(row.Kind) || !Name.IsValid(row.Id))
        {
            return false;
        }

        var added = new PolicyDraft();
        foreach (var rule in row.Rules)
        {
            if (!TryAdd(row.Kind, rule, added))
            {
                return false;
            }
        }

        draft.Take(added);
        return true;
    }

    private static bool TryAdd(PolicyKind kind, JsonElement rule, PolicyDraft draft) => kind switch
    {
        PolicyKind.Role => Read<RoleRow>(rule) is { } role && AddRole(role, draft),
        PolicyKind.Authorisation => Read<AuthorisationRow>(rule) is { } row && AddAuthorisation(row, draft),
        PolicyKind.Approval => Read<ApprovalRow>(rule) is { } row && IsSound(row) && Add(draft.Approvals, row),
        PolicyKind.Scene => Read<SceneRow>(rule) is { } row && IsSound(row) && Add(draft.Scenes, row),
        PolicyKind.Conflict => Read<ConflictRow>(rule) is { } row && row.Between.Count > 1
            && Add(draft.Conflicts, new DutyConflict(row.Key, new Bilingual(row.Zh, row.En), row.Between)),
        PolicyKind.Zone => Read<ZoneRow>(rule) is { } row && AddZone(row, draft),
        PolicyKind.Duty => Read<DutyRow>(rule) is { } row && Enum.IsDefined(row.Level) && Good(row.Duty)
            && Add(draft.Duties, new DutyRule(row.Duty, row.Level, row.Posts?.ToHashSet())),
        PolicyKind.Factor => Read<FactorRow>(rule) is { } row && AddFactor(row, draft),
        PolicyKind.Volume => Read<VolumeRow>(rule) is { Limit: >= 0 } row && AddVolume(row, draft),
        PolicyKind.Network => Read<NetworkRow>(rule) is { } row && NetworkRules.ToZone(row) is { } zone && Add(draft.Networks, zone),
        PolicyKind.Roster => Read<RosterRow>(rule) is { EarlyMinutes: >= 0 and <= 240, LateMinutes: >= 0 and <= 240 } row
            && Add(draft.Rosters, new RosterRule(row.Post, row.EarlyMinutes * 60_000L, row.LateMinutes * 60_000L)),
        PolicyKind.Account => Read<AccountRow>(rule) is { DormantDays: > 0 and <= 3_660, StartPasswordHours: > 0 and <= 720, ReviewHours: > 0 and <= 720 } row && AddAccount(row, draft),
        _ => false,
    };

    private static T? Read<T>(JsonElement rule) where T : class
    {
        try
        {
            return rule.Deserialize<T>(ControlRows.Json);
        }
        catch (Exception e) when (e is JsonException or FormatException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    private static bool AddRole(RoleRow role, PolicyDraft draft)
    {
        if (ReadLevels(role.Levels) is not { Count: 4 } cells || (role.Verified is not null && ReadLevels(role.Verified) is null)
            || LevelRights.TryMake([cells[Level.Low], cells[Level.Moderate], cells[Level.Sensitive], cells[Level.Critical]], ReadLevels(role.Verified)) is not { } rights
            || role.Acts.Any(act => !Enum.IsDefined(act)) || !Enum.IsDefined(role.Scope) || role.FindsPerHour < 0)
        {
            return false;
        }

        draft.Roles.Add(new RoleRule(role.Post, role.Acts.ToHashSet(), rights, role.Scope)
        {
            Categories = role.Categories?.ToHashSet(),
            Purposes = role.Purposes?.ToHashSet(),
            FindsPerHour = role.FindsPerHour,
            OnlyConfirmed = role.OnlyConfirmed,
        });
        var known = draft.Posts.GetValueOrDefault(role.Post);
        draft.Posts[role.Post] = new PostFacts(role.Post, role.Operating || known?.Operating == true, role.Administers || known?.Administers == true)
        {
            Guarded = role.Guarded || known?.Guarded == true,
        };
        return true;
    }

    private static Dictionary<Level, Right>? ReadLevels(IReadOnlyDictionary<string, string>? cells)
    {
        var read = new Dictionary<Level, Right>();
        foreach (var (level, right) in cells ?? new Dictionary<string, string>())
        {
            if (level is not ("1" or "2" or "3" or "4") || right.Length != 1 || LevelRights.TryRight(right[0]) is not { } known)
            {
                return null;
            }

            read[(Level)(level[0] - '0')] = known;
        }

        return read;
    }

    private static bool AddAuthorisation(AuthorisationRow row, PolicyDraft draft) =>
        row.Post is null != (row.Client is null) && row.From < row.Until && row.Items.Count > 0
        && Add(draft.Authorisations, new UseAuthorisation(row.Id, row.Post, row.Client, row.Purpose, row.Items.ToHashSet(), row.From, row.Until));

    private static bool AddZone(ZoneRow row, PolicyDraft draft)
    {
        if (row is { Level: { } level, Zones: { } zones, Post: null, Days: null })
        {
            return Enum.IsDefined(level) && Add(draft.Zones, new ZoneRule(level, zones.ToHashSet(StringComparer.Ordinal)));
        }

        return row is { Level: null, Zones: null, Post: { } post, Days: { } days, FromMinute: >= 0 and <= 1_440, UntilMinute: >= 0 and <= 1_440, OffsetMinutes: >= -840 and <= 840 }
            && days.All(day => day is >= 0 and <= 6)
            && Add(draft.Hours, new HoursRule(post, days.Select(day => (DayOfWeek)day).ToHashSet(), row.FromMinute, row.UntilMinute, row.OffsetMinutes));
    }

    private static bool AddFactor(FactorRow row, PolicyDraft draft)
    {
        if (!Enum.IsDefined(row.Strength) || row.MaxAgeMs < 0 || (row.Level is { } level && !Enum.IsDefined(level))
            || (row.Acts is { } acts && (row.Level is not null || acts.Count == 0 || !acts.All(Enum.IsDefined))))
        {
            return false;
        }

        draft.Factors.Add(row);
        return true;
    }

    private static bool AddVolume(VolumeRow row, PolicyDraft draft)
    {
        foreach (var item in row.Items)
        {
            draft.Volumes[item] = Math.Min(row.Limit, draft.Volumes.GetValueOrDefault(item, int.MaxValue));
        }

        return true;
    }

    private static bool AddAccount(AccountRow row, PolicyDraft draft)
    {
        draft.DormantDays = Math.Min(draft.DormantDays, row.DormantDays);
        draft.StartPasswordHours = Math.Min(draft.StartPasswordHours ?? row.StartPasswordHours, row.StartPasswordHours);
        draft.ReviewHours = Math.Max(draft.ReviewHours ?? row.ReviewHours, row.ReviewHours);
        return true;
    }

    /// <summary>An approval that nobody could give, or that would ask for less than it says, is not loaded: its act then cannot be requested.</summary>
    private static bool IsSound(ApprovalRow row) =>
        row is { LongestMs: > 0, Uses: > 0 and <= 1_000 } && Good(row.Act) && row.Approvers.Count == 0 == (row.Steps is not null)
        && row.InOrder() is { Count: > 0 and <= 8 } steps
        && steps.All(step => step is { Count: > 0 and <= 8, WithinMs: null or > 0 } && step.Who.Count is > 0 and <= 20 && step.Who.All(IsSound))
        && row.Escalation is null or { NextMs: > 0 } && (row.Escalation is not { } up || (up.NextMs <= up.LeadMs && up.LeadMs < up.ExpireMs && IsSound(up.Lead)))
        && (row.CoOperator is not { } second || (Enum.IsDefined(second.Strength) && second is { MaxAgeMs: > 0, AtLeast: > 0 and <= 20 }));

    /// <summary>What nobody could approve, or would guard less than it says, is not loaded, and without one of its scenes nothing is decided at all.</summary>
    private static bool IsSound(SceneRow row)
    {
        var on = row.Trigger.On;
        var emergency = on == SceneTrigger.Emergency;
        return Enum.IsDefined(on) && row is { Validity.LongestMs: > 0 and <= SceneRow.LongestMs, Validity.Uses: null or (> 0 and <= SceneRow.ManyUses), Customers: null or > 0 }
            && row.Modes.Count > 0 && row.Modes.All(mode => Enum.IsDefined(mode) && mode == SceneMode.None == emergency)
            && (on is SceneTrigger.Items or SceneTrigger.Old or SceneTrigger.Change) == (row.Trigger.Items is { Count: > 0 })
            && on == SceneTrigger.Act == (row.Trigger.Acts is { Count: > 0 } acts && acts.All(Enum.IsDefined))
            && (on != SceneTrigger.SignIn || row.Validity.Uses == 1)
            && (!row.ByCode || on is SceneTrigger.Change or SceneTrigger.Items)
            && on == SceneTrigger.Old == (row.Trigger.OlderDays is >= 0 and <= 36_600)
            && emergency == (row.ReviewMs is > 0)
            && IsSound(new ApprovalRow(row.Scene, [], row.Validity.LongestMs, 1, row.Steps, row.Escalation, row.CoOperator));
    }

    private static bool IsSound(ApproverRow who) =>
        Enum.IsDefined(who.Unit) && (who.Duty is null || Good(who.Duty)) && (who.Post is not null || who.Duty is not null);

    private static bool Good(string? code) => code is { Length: > 0 and <= 60 } && code.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '.' or '-' or '_');

    private static bool Add<T>(ICollection<T> list, T rule)
    {
        list.Add(rule);
        return true;
    }
}

/// <summary>Rules gathered from rows.</summary>
internal sealed class PolicyDraft
{
    public List<RoleRule> Roles { get; } = [];

    public Dictionary<PostKey, PostFacts> Posts { get; } = [];

    public List<UseAuthorisation> Authorisations { get; } = [];

    public List<ApprovalRow> Approvals { get; } = [];

    public List<SceneRow> Scenes { get; } = [];

    public List<DutyConflict> Conflicts { get; } = [];

    public List<ZoneRule> Zones { get; } = [];

    public List<HoursRule> Hours { get; } = [];

    public List<NetworkZone> Networks { get; } = [];

    public List<RosterRule> Rosters { get; } = [];

    public List<DutyRule> Duties { get; } = [];

    public List<FactorRow> Factors { get; } = [];

    public Dictionary<ItemKey, int> Volumes { get; } = [];

    public int DormantDays { get; set; } = PolicySnapshot.UsualDormantDays;

    /// <summary>Null: no row says.</summary>
    public int? StartPasswordHours { get; set; }

    /// <summary>Null: no row says.</summary>
    public int? ReviewHours { get; set; }

    public void Take(PolicyDraft other)
    {
        Roles.AddRange(other.Roles);
        Authorisations.AddRange(other.Authorisations);
        Approvals.AddRange(other.Approvals);
        Scenes.AddRange(other.Scenes);
        Conflicts.AddRange(other.Conflicts);
        Zones.AddRange(other.Zones);
        Hours.AddRange(other.Hours);
        Networks.AddRange(other.Networks);
        Rosters.AddRange(other.Rosters);
        Duties.AddRange(other.Duties);
        Factors.AddRange(other.Factors);
        DormantDays = Math.Min(DormantDays, other.DormantDays);
        StartPasswordHours = other.StartPasswordHours is { } hours ? Math.Min(StartPasswordHours ?? hours, hours) : StartPasswordHours;
        ReviewHours = other.ReviewHours is { } least ? Math.Max(ReviewHours ?? least, least) : ReviewHours;
        foreach (var (key, post) in other.Posts)
        {
            var known = Posts.GetValueOrDefault(key);
            Posts[key] = new PostFacts(key, post.Operating || known?.Operating == true, post.Administers || known?.Administers == true)
            {
                Guarded = post.Guarded || known?.Guarded == true,
            };
        }

        foreach (var (item, limit) in other.Volumes)
        {
            Volumes[item] = Math.Min(limit, Volumes.GetValueOrDefault(item, int.MaxValue));
        }
    }

    /// <summary>What the decision uses. A factor row replaces the default of exactly the level it names; a row for another level takes nothing away (R37).</summary>
    public AccessPolicy ToPolicy(long epoch)
    {
        var levels = Factors.Where(row => row.Level is not null).Select(row => new FactorRule(row.Level!.Value, row.Strength, row.MaxAgeMs)).ToList();
        return new AccessPolicy
        {
            Epoch = epoch,
            Roles = Roles,
            Authorisations = Authorisations,
            Factors = [.. levels, .. AccessPolicy.DefaultFactors.Where(rule => levels.All(level => level.Level != rule.Level))],
            Administer = Factors.Where(row => row is { Level: null, Acts: null }).Select(row => new AdministerRule(row.Strength, row.MaxAgeMs))
                .OrderByDescending(rule => rule.Strength).ThenBy(rule => rule.MaxAgeMs ?? long.MaxValue).FirstOrDefault() ?? AccessPolicy.DefaultAdminister,
            ActProofs = [.. Factors.Where(row => row.Acts is not null).Select(row => new ActProofRule(row.Acts!.ToHashSet(), row.Strength, row.MaxAgeMs))],
            Duties = Duties,
            Zones = Zones,
            Hours = Hours,
            Scenes = [.. Scenes.Select(scene => scene.ToRule())],
            Networks = Networks.Count == 0 ? NetworkPlan.None : new NetworkPlan(Networks),
            VolumeLimits = Volumes,
            ClientMutualTlsFrom = Factors.Any(row => !row.ClientMutualTls) ? null : Level.Sensitive,
        };
    }
}
