using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Rosters;

/// <summary>
/// Takes in rosters and swaps (R44). A file counts as a whole: one wrong line and nothing of it is there. The same day of the same roster
/// again replaces that day, and changes nothing when it says the same. Nobody writes his own shifts.
/// </summary>
internal sealed class RosterDesk(
    Database database, ControlStore control, Members members, IPostBooks books, Secrets secrets, IPolicySnapshots policies, IEnumerable<ICommitGuards> guards, IAuditLog log, TimeProvider time)
{
    private static readonly PostKey[] Leads = [PostKey.Of("shift-lead"), PostKey.Of("data-owner")];

    /// <summary>Everything lines are checked against, of one instant.</summary>
    private sealed record Ground(IReadOnlyDictionary<UnitId, UnitContent> Units, ILookup<string, UnitId> ByName, IReadOnlySet<UnitId> Reach, PostBook Posts, PolicySnapshot Policy)
    {
        public Dictionary<string, (PersonId Id, PersonContent Content)?> People { get; } = new(StringComparer.Ordinal);

        public Dictionary<UnitId, TimeZoneInfo?> Zones { get; } = [];
    }

    public async Task<Outcome<RosterTaken>> ImportAsync(Actor actor, string roster, IReadOnlyList<RosterLine> lines, CancellationToken ct)
    {
        if (!Name.IsValid(roster))
        {
            return Problem.Of([Reasons.RosterName.At("roster")]);
        }

        var policy = await policies.CurrentAsync(actor.ConfigEpoch, ct).ConfigureAwait(false);
        return await members.ChangeAsync(
            async tx => await ApprovalDesk.IsPresentAsync(tx, guards, actor) ? await ImportAsync(tx, actor, roster, lines, policy) : Reasons.RowChanged, ct).ConfigureAwait(false);
    }

    private async Task<Outcome<RosterTaken>> ImportAsync(Tx tx, Actor actor, string roster, IReadOnlyList<RosterLine> lines, PolicySnapshot policy)
    {
        var units = (await members.ListAsync<UnitContent>(tx, Members.Unit)).ToDictionary(row => UnitId.From(row.Id), row => row.Content);
        var ground = new Ground(
            units, units.Where(unit => unit.Value.State == MemberState.Active).ToLookup(unit => unit.Value.Name, unit => unit.Key, StringComparer.Ordinal),
            ReachOf(actor, policy), await books.ReadAsync(tx), policy);
        var (shifts, faults) = (new List<(RosterLine Line, ShiftContent Shift)>(), new List<FieldError>());
        foreach (var line in lines)
        {
            var (shift, fault) = await ShiftAsync(tx, actor, line, ground);
            if (fault is not null)
            {
                faults.Add(fault);
            }
            else
            {
                shifts.Add((line, shift!));
            }

            if (faults.Count == RosterRules.MostFaults)
            {
                break;
            }
        }

        var days = shifts.GroupBy(pair => RosterDays.DayOf(pair.Line.Day)).OrderBy(group => group.Key).ToList();
        faults.AddRange(await OverlapsAsync(tx, roster, shifts, [.. days.Select(day => day.Key)]));
        faults.AddRange(days.Where(day => day.Count() > RosterRules.MostShiftsADay).Select(day => Reasons.TooMany.At(RosterRules.At(day.First().Line.Number, 1))));
        return faults.Count > 0
            ? Problem.Of([.. faults.OrderBy(fault => LineOf(fault.At)).Take(RosterRules.MostFaults)])
            : await SaveAsync(tx, actor, roster, ground.Reach, [.. days.Select(day => (day.Key, (IReadOnlyList<ShiftContent>)[.. day.Select(pair => pair.Shift)]))]);
    }

    private async Task<Outcome<RosterTaken>> SaveAsync(
        Tx tx, Actor actor, string roster, IReadOnlySet<UnitId> reach, IReadOnlyList<(int Day, IReadOnlyList<ShiftContent> Shifts)> days)
    {
        var (changes, unchanged, swaps) = (new List<ControlChange>(), 0, 0);
        foreach (var (day, shifts) in days)
        {
            var content = new RosterDayContent(roster, day, DigestOf(shifts), shifts);
            var before = await control.LoadForUpdateAsync<RosterDayContent>(tx, content.Key);
            if (before?.Content.Digest == content.Digest)
            {
                unchanged++;
                continue;
            }

            // The day is replaced as a whole, so all of it must be his to write.
            if (before?.Content.Shifts.All(shift => reach.Contains(shift.Unit)) == false)
            {
                throw Members.Refused(Reasons.RosterOthers);
            }

            swaps += before?.Content.Shifts.Count(shift => shift.SwappedBy is not null) ?? 0;
            await RosterDayStore.AddAsync(tx, content.Key, roster, day);
            changes.Add(ControlChange.Of(content.Key, before?.Version ?? 0, content));
        }

        var fact = IdentityFacts.Of(RosterFacts.Imported, actor) with { Count = Math.Max(1, days.Sum(day => day.Shifts.Count)) };
        if (changes.Count > 0 && await control.SaveAllAsync(tx, changes, fact) is ControlSaved.Stale)
        {
            throw Members.Refused(Reasons.RowChanged);
        }

        if (changes.Count == 0)
        {
            await log.AppendAsync(tx, fact, default);
        }

        return new RosterTaken(days.Sum(day => day.Shifts.Count), days.Count, unchanged, swaps);
    }

    /// <summary>A lead of the unit lets a colleague work another's shift; never his own, and never so that he works it.</summary>
    public async Task<Outcome<RosterDayView>> SwapAsync(Actor actor, string roster, SwapRequest ask, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(ask.Reason) || ask.Reason.Length > 500)
        {
            return Problem.Of([(string.IsNullOrWhiteSpace(ask.Reason) ? Reasons.FieldMissing : Reasons.FieldLong).At("reason")]);
        }

        if ((OrganisationRules.MayAdminister(actor.Person, ask.Person) ?? OrganisationRules.MayAdminister(actor.Person, ask.With)) is { } self)
        {
            return self;
        }

        var policy = await policies.CurrentAsync(actor.ConfigEpoch, ct).ConfigureAwait(false);
        return await members.ChangeAsync<RosterDayView>(async tx =>
        {
            if (!await ApprovalDesk.IsPresentAsync(tx, guards, actor))
            {
                return Reasons.RowChanged;
            }

            var row = await control.LoadForUpdateAsync<RosterDayContent>(tx, RosterDayContent.KeyOf(roster, RosterDays.DayOf(ask.Day)));
            var found = row?.Content.Shifts.Where(shift => shift.Person == ask.Person && (ask.Start is null || shift.From == ask.Start)).ToList() ?? [];
            if (found is not [var shift])
            {
                return Problem.Of([(found.Count > 1 ? Reasons.FieldMissing : Reasons.RosterShift).At(found.Count > 1 ? "start" : "person")]);
            }

            if (!ReachOf(actor, policy).Contains(shift.Unit) && !await AnswersForAsync(tx, actor, shift.Unit))
            {
                return Reasons.RosterLead;
            }

            var colleague = await members.LoadAsync<PersonContent>(tx, Members.Person, ask.With.Value);
            if (colleague is null || !colleague.Content.IsActive(time.NowMs()))
            {
                return Problem.Of([Reasons.PersonUnknown.At("with")]);
            }

            var taken = shift with { Person = ask.With, Instead = shift.Instead ?? shift.Person, SwappedBy = actor.Person };
            if (!Holds(colleague.Content, taken, policy))
            {
                return Problem.Of([Reasons.RosterPost.At("with")]);
            }

            var others = (await AroundAsync(tx, [row!.Content.Day])).SelectMany(day => day.Shifts).Where(other => other != shift);
            if (others.Any(other => RosterRules.Overlap(other, taken)))
            {
                return Problem.Of([Reasons.RosterOverlap.At("with")]);
            }

            var content = row.Content with { Shifts = [.. row.Content.Shifts.Select(one => one == shift ? taken : one)] };
            var fact = IdentityFacts.Of(RosterFacts.Swapped, actor) with { Details = new LogDetails { Reason = ask.Reason.Trim() } };
            return await control.SaveAsync(tx, content.Key, row.Version, content, fact) is ControlSaved.Done ? View(content) : throw Members.Refused(Reasons.RowChanged);
        }, ct).ConfigureAwait(false);
    }

    /// <summary>One day of a roster, as far as the caller leads its units; null: there is no such day for him.</summary>
    public async Task<RosterDayView?> DayAsync(Actor actor, string roster, DateOnly day, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(RosterFacts.Read, actor), guard: null, ct).ConfigureAwait(false);
        var reach = ReachOf(actor, await policies.CurrentAsync(actor.ConfigEpoch, ct).ConfigureAwait(false));
        var row = await database.ReadAsync(tx => control.LoadAsync<RosterDayContent>(tx, RosterDayContent.KeyOf(roster, RosterDays.DayOf(day))), ct).ConfigureAwait(false);
        return row?.Content.Shifts.Where(shift => reach.Contains(shift.Unit)).ToList() is { Count: > 0 } seen ? View(row.Content with { Shifts = seen }) : null;
    }

    private async Task<(ShiftContent? Shift, FieldError? Fault)> ShiftAsync(Tx tx, Actor actor, RosterLine line, Ground ground)
    {
        FieldError Wrong(int column, Reason reason) => reason.At(RosterRules.At(line.Number, column));
        var today = RosterDays.DayOf(time.NowMs());
        if (RosterDays.DayOf(line.Day) < today - RosterBook.DaysAround || RosterDays.DayOf(line.Day) > today + 400)
        {
            return (null, Wrong(1, Reasons.RosterDay));
        }

        if (UnitOf(line.Unit, ground) is not { } unit || !ground.Reach.Contains(unit))
        {
            return (null, Wrong(6, Reasons.RosterUnit));
        }

        if (!ground.Zones.TryGetValue(unit, out var zone))
        {
            ground.Zones[unit] = zone = RosterRules.ZoneOf(unit, ground.Units);
        }

        if (zone is null)
        {
            return (null, Wrong(6, Reasons.UnitTimeZone));
        }

        if (!ground.Posts.Posts.ContainsKey(line.Post))
        {
            return (null, Wrong(5, Reasons.PostUnknown));
        }

        if (await PersonAsync(tx, line.Account, ground) is not var (person, content))
        {
            return (null, Wrong(4, Reasons.PersonUnknown));
        }

        if (OrganisationRules.MayAdminister(actor.Person, person) is { } self)
        {
            return (null, Wrong(4, self));
        }

        var (from, until) = RosterRules.Instants(line, zone);
        var shift = new ShiftContent(person, line.Post, unit, from, until);
        return Holds(content, shift, ground.Policy) ? (shift, null) : (null, Wrong(5, Reasons.RosterPost));
    }

    private async Task<(PersonId Id, PersonContent Content)?> PersonAsync(Tx tx, string account, Ground ground)
    {
        if (!ground.People.TryGetValue(account, out var known))
        {
            known = await AccountClaimStore.FindAsync(tx, secrets.HashAccount(account)) is { } id
                && await members.LoadAsync<PersonContent>(tx, Members.Person, id.Value) is { Content: { State: MemberState.Active } content }
                ? (id, content)
                : null;
            ground.People[account] = known;
        }

        return known;
    }

    /// <summary>Overlaps within the file, and with days of other rosters around.</summary>
    private async Task<IEnumerable<FieldError>> OverlapsAsync(Tx tx, string roster, List<(RosterLine Line, ShiftContent Shift)> shifts, IReadOnlyList<int> days)
    {
        var replaced = days.ToHashSet();
        var others = (await AroundAsync(tx, days)).Where(day => day.Roster != roster || !replaced.Contains(day.Day)).SelectMany(day => day.Shifts).ToLookup(shift => shift.Person);
        var faults = new List<FieldError>();
        foreach (var own in shifts.GroupBy(pair => pair.Shift.Person))
        {
            ShiftContent? before = null;
            foreach (var (line, shift) in own.OrderBy(pair => pair.Shift.From))
            {
                if ((before is not null && RosterRules.Overlap(before, shift)) || others[own.Key].Any(other => RosterRules.Overlap(other, shift)))
                {
                    faults.Add(Reasons.RosterOverlap.At(RosterRules.At(line.Number, 2)));
                }

                before = before is null || shift.Until > before.Until ? shift : before;
            }
        }

        return faults;
    }

    private async Task<IReadOnlyList<RosterDayContent>> AroundAsync(Tx tx, IReadOnlyList<int> days) =>
        days.Count == 0 ? [] : [.. (await RosterDays.LoadAsync(tx, control, days.Min() - 1, days.Max() + 1)).Select(row => row.Content)];

    /// <summary>Whether he holds the post there at some time of the shift; while he does not, the shift gives nothing.</summary>
    private static bool Holds(PersonContent person, ShiftContent shift, PolicySnapshot policy) => person.Posts.Any(held =>
        held.Post == shift.Post && held.From < shift.Until && (held.Until is not { } end || end > shift.From)
        && policy.Organisation.Units.GetValueOrDefault(held.Unit)?.Below.Contains(shift.Unit) == true);

    /// <summary>The units whose rosters the caller may write: those he leads, or for a system all of its owner's companies.</summary>
    private HashSet<UnitId> ReachOf(Actor actor, PolicySnapshot policy)
    {
        var now = time.NowMs();
        var tree = policy.Organisation;
        if (actor is { Kind: ActorKind.Client, Client: { } client })
        {
            var entities = (tree.ClientPosts.GetValueOrDefault(client) ?? []).Where(held => held.InForce(now))
                .Select(held => tree.Units.GetValueOrDefault(held.Unit)?.Entity).OfType<EntityId>().ToHashSet();
            return [.. tree.Units.Values.Where(unit => entities.Contains(unit.Entity)).SelectMany(unit => unit.Below)];
        }

        return [.. actor.Posts.Where(held => held.InForce(now) && Leads.Contains(held.Post)).SelectMany(held => tree.Units.GetValueOrDefault(held.Unit)?.Below ?? [])];
    }

    private async Task<bool> AnswersForAsync(Tx tx, Actor actor, UnitId unit)
    {
        var seen = new HashSet<UnitId>();
        for (UnitId? at = unit; at is { } step && seen.Add(step);)
        {
            var content = (await members.LoadAsync<UnitContent>(tx, Members.Unit, step.Value))?.Content;
            if (content?.Responsible == actor.Person)
            {
                return true;
            }

            at = content?.Parent;
        }

        return false;
    }

    private static UnitId? UnitOf(string text, Ground ground) =>
        Id.TryParse<UnitId>(text, out var id) ? ground.Units.GetValueOrDefault(id)?.State == MemberState.Active ? id : null
        : ground.ByName[text].ToList() is [var only] ? only : null;

    /// <summary>Of what was said, without what was swapped since.</summary>
    private static string DigestOf(IReadOnlyList<ShiftContent> shifts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.ToText(
        JsonSerializer.SerializeToElement(shifts.OrderBy(shift => shift.Person.Value).ThenBy(shift => shift.From).ToArray(), ControlRows.Json)))));

    private static int LineOf(string at) => int.Parse(at.AsSpan(5, at.IndexOf(',', StringComparison.Ordinal) - 5), System.Globalization.CultureInfo.InvariantCulture);

    private static RosterDayView View(RosterDayContent day) => new(day.Roster, RosterDays.DateOf(day.Day), [.. day.Shifts.Select(shift =>
        new ShiftView(shift.Person, shift.Post, shift.Unit, shift.From, shift.Until, shift.Instead, shift.SwappedBy))]);
}
