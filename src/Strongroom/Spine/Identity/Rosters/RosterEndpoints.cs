using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Rosters;

/// <summary>Rosters, swaps and who is on duty now (R44).</summary>
internal sealed class RosterEndpoints(
    RosterDesk desk, IOnDuty duty, IPolicySnapshots policies, Actors actors, Database database, Members members, PersonSeal seal, IAuditLog log, TimeProvider time)
{
    private const string Csv = "text/csv";

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/rosters", (Actor actor, RosterEndpoints self, CancellationToken ct) => self.ListAsync(actor, ct))
            .RequirePolicy(Doors.RostersManage).Records(RosterFacts.Read).WithName("rosters");
        v1.MapPost("/rosters/{roster}/import", (string roster, HttpContext http, Actor actor, RosterEndpoints self, CancellationToken ct) => self.ImportAsync(roster, http, actor, ct))
            .RequirePolicy(Doors.RostersManage).Records(RosterFacts.Imported).Takes(typeof(string), Csv).WithName("roster-import");
        v1.MapGet("/rosters/{roster}/{day}", (string roster, string day, Actor actor, RosterEndpoints self, CancellationToken ct) => self.DayAsync(roster, day, actor, ct))
            .RequirePolicy(Doors.RostersManage).Records(RosterFacts.Read).WithName("roster-day");
        v1.MapPost("/rosters/{roster}/swaps", (string roster, SwapRequest ask, Actor actor, RosterEndpoints self, CancellationToken ct) => self.SwapAsync(roster, ask, actor, ct))
            .RequirePolicy(Doors.RostersSwap).Records(RosterFacts.Swapped).WithName("roster-swap");
        v1.MapGet("/duty-now", (Actor actor, RosterEndpoints self, CancellationToken ct) => self.NowAsync(actor, ct))
            .RequirePolicy(Doors.DutyNow).Records(RosterFacts.DutyRead).WithName("duty-now");
    }

    /// <summary>Reads line by line; what is kept of a file is its lines, and no more of them than a roster has.</summary>
    private async Task<Results<Ok<RosterTaken>, ProblemHttpResult>> ImportAsync(string roster, HttpContext http, Actor actor, CancellationToken ct)
    {
        if (http.Request.ContentType?.Split(';')[0].Trim() != Csv)
        {
            return Problem.Of(Reasons.MediaType).ToResult();
        }

        var (lines, faults) = await ReadAsync(http.Request.Body, ct);

        // A file may have been long on its way: the rights are those of its end.
        actor = await actors.AgainAsync(actor, ActorPipeline.OriginOf(http), ct);
        if (PolicyTable.Refusal(Doors.RostersManage, actor) is { } refusal)
        {
            return Problem.Of(refusal).ToResult();
        }

        if (faults.Count > 0)
        {
            return Problem.Of(faults).ToResult();
        }

        return await desk.ImportAsync(actor, roster, lines, ct) switch
        {
            Outcome<RosterTaken>.Done done => TypedResults.Ok(done.Value),
            Outcome<RosterTaken>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
    }

    private static async Task<(List<RosterLine> Lines, List<FieldError> Faults)> ReadAsync(Stream body, CancellationToken ct)
    {
        using var reader = new StreamReader(body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        var (lines, faults, number) = (new List<RosterLine>(), new List<FieldError>(), 0);
        try
        {
            for (; await reader.ReadLineAsync(ct) is { } text && faults.Count < RosterRules.MostFaults;)
            {
                number++;
                if (number == 1 && text.TrimStart('\uFEFF') != RosterRules.Header)
                {
                    return ([], [Reasons.RosterHeader.At(RosterRules.At(1, 1))]);
                }

                if (number == 1 || text.Length == 0)
                {
                    continue;
                }

                var (line, fault) = RosterRules.Read(text, number);
                if (fault is not null)
                {
                    faults.Add(fault);
                }
                else if (lines.Count < RosterRules.MostLines)
                {
                    lines.Add(line!);
                }
                else
                {
                    return ([], [Reasons.TooMany.At(RosterRules.At(number, 1))]);
                }
            }
        }
        catch (DecoderFallbackException)
        {
            return ([], [Reasons.RosterColumns.At(RosterRules.At(number + 1, 1))]);
        }

        return number == 0 ? ([], [Reasons.RosterHeader.At(RosterRules.At(1, 1))]) : (lines, faults);
    }

    private async Task<Ok<RosterList>> ListAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(RosterFacts.Read, actor), guard: null, ct);
        var spans = await database.ReadAsync(RosterDayStore.SpansAsync, ct);
        return TypedResults.Ok(new RosterList([.. spans.Select(span => new RosterSpan(span.Roster, RosterDays.DateOf((int)span.First), RosterDays.DateOf((int)span.Last)))]));
    }

    private async Task<Results<Ok<RosterDayView>, ProblemHttpResult>> DayAsync(string roster, string day, Actor actor, CancellationToken ct) =>
        !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? Problem.Of([Reasons.RosterDay.At("day")]).ToResult()
        : await desk.DayAsync(actor, roster, date, ct) is { } view ? TypedResults.Ok(view)
        : Problem.Of(Reasons.NotFound).ToResult();

    private async Task<Results<Ok<RosterDayView>, ProblemHttpResult>> SwapAsync(string roster, SwapRequest ask, Actor actor, CancellationToken ct) =>
        await desk.SwapAsync(actor, roster, ask, ct) switch
        {
            Outcome<RosterDayView>.Done done => TypedResults.Ok(done.Value),
            Outcome<RosterDayView>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    /// <summary>Colleagues of one's own legal entities who work now.</summary>
    private async Task<Ok<DutyNow[]>> NowAsync(Actor actor, CancellationToken ct)
    {
        await log.AppendAsync(IdentityFacts.Of(RosterFacts.DutyRead, actor), guard: null, ct);
        var snapshot = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var units = snapshot.Organisation.Units;
        var own = actor.Posts.Select(held => units.GetValueOrDefault(held.Unit)?.Entity).OfType<EntityId>().ToHashSet();
        var shifts = duty.Now(snapshot, time.NowMs()).Where(shift => units.GetValueOrDefault(shift.Unit) is { } reach && own.Contains(reach.Entity)).ToList();
        var names = await database.ReadAsync(async tx =>
        {
            var found = new Dictionary<PersonId, string>();
            foreach (var person in shifts.Select(shift => shift.Person).Distinct())
            {
                if (await members.LoadAsync<PersonContent>(tx, Members.Person, person.Value) is { } row && row.Content.IsActive(time.NowMs()))
                {
                    found[person] = seal.Open(person, row.Content).Display;
                }
            }

            return found;
        }, ct);
        return TypedResults.Ok(shifts.Where(shift => names.ContainsKey(shift.Person))
            .Select(shift => new DutyNow(shift.Person, names[shift.Person], shift.Unit, shift.Post, shift.From, shift.Until)).ToArray());
    }
}
