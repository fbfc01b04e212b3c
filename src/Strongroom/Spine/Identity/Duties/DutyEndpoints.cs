using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Identity.Duties;

/// <param name="Passed">UTC milliseconds.</param>
/// <param name="Expires">UTC milliseconds, exclusive.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TrainingFact(string Account, string Course, long Passed, long Expires);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TrainingRequest(IReadOnlyList<TrainingFact> Facts);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NdaPublish(string Zh, string En, int TermDays);

/// <summary>A signature: the version and the words in the language they were read in, confirmed by the signer's own name.</summary>
/// <param name="Language">zh or en.</param>
/// <param name="Digest">Of the text in that language.</param>
/// <param name="Name">The display name of whoever signs.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record NdaSignature(int Version, string Language, string Digest, string Name);

/// <summary>The agreement in force and the caller's own signature; instants are UTC milliseconds.</summary>
internal sealed record NdaView(int Version, string Zh, string ZhDigest, string En, string EnDigest, int TermDays, int? SignedVersion, long? SignedUntil)
{
    public static NdaView Of(NdaText text, DutyContent? own) =>
        new(text.Version, text.Zh, text.Digest("zh"), text.En, text.Digest("en"), text.TermDays, own?.Text?.Version, own?.Until);
}

/// <param name="Until">UTC milliseconds, exclusive; null: never fulfilled.</param>
/// <param name="Where">The route at which it is mended; null: a trainer reports the result.</param>
internal sealed record OwnDuty(string Duty, bool InForce, long? Until, string? Where);

internal sealed record PersonDuty(PersonId Person, string Duty, long At, long Until, bool InForce, string? Course, int? TextVersion);

/// <summary>Duties: one's own, the agreement, training results, and who lacks what (R76, R81).</summary>
internal sealed class DutyEndpoints(TrainingDesk training, NdaDesk nda, IPolicySnapshots policies, TimeProvider time)
{
    private const string Csv = "text/csv";

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/duties", (Actor actor, DutyEndpoints self, CancellationToken ct) => self.OwnAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("duties");
        v1.MapGet("/duties/people", (Actor actor, DutyEndpoints self, CancellationToken ct) => self.PeopleAsync(actor, ct))
            .RequirePolicy(Doors.TrainingRecord).Records(DutyFacts.Read).WithName("duties-people");
        v1.MapGet("/nda", (Actor actor, DutyEndpoints self, CancellationToken ct) => self.NdaAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("nda");
        v1.MapPost("/nda", (NdaPublish ask, Actor actor, DutyEndpoints self, CancellationToken ct) => self.PublishAsync(ask, actor, ct))
            .RequirePolicy(Doors.NdaManage).Records(DutyFacts.NdaPublished).WithName("nda-publish");
        v1.MapPost("/nda/sign", (NdaSignature ask, Actor actor, DutyEndpoints self, CancellationToken ct) => self.SignAsync(ask, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(DutyFacts.NdaSigned).WithName("nda-sign");
        v1.MapPost("/training", (TrainingRequest ask, Actor actor, DutyEndpoints self, CancellationToken ct) => self.RecordAsync(ask, actor, ct))
            .RequirePolicy(Doors.TrainingRecord).Records(DutyFacts.TrainingRecorded).WithName("training-record");
        v1.MapPost("/training/import", (HttpRequest request, Actor actor, DutyEndpoints self, CancellationToken ct) => self.ImportAsync(request, actor, ct))
            .RequirePolicy(Doors.TrainingRecord).Records(DutyFacts.TrainingRecorded).Takes(typeof(string), Csv).WithName("training-import");
    }

    /// <summary>The duties that rules ask of somebody with these posts, and how they stand.</summary>
    private async Task<Ok<OwnDuty[]>> OwnAsync(Actor actor, CancellationToken ct)
    {
        var snapshot = await policies.CurrentAsync(actor.ConfigEpoch, ct);
        var now = time.NowMs();
        var fulfilled = snapshot.Organisation.Duties.GetValueOrDefault(actor.Person);
        return TypedResults.Ok((snapshot.Access?.Duties ?? [])
            .Where(rule => rule.Posts is null || actor.Posts.Any(held => rule.Posts.Contains(held.Post)))
            .Select(rule => rule.Duty).Distinct()
            .Select(duty => new OwnDuty(
                duty, fulfilled?.TryGetValue(duty, out var until) == true && now < until, fulfilled?.TryGetValue(duty, out var end) == true ? end : null,
                duty == DutyContent.Nda ? "/v1/nda" : null))
            .ToArray());
    }

    private async Task<Ok<PersonDuty[]>> PeopleAsync(Actor actor, CancellationToken ct)
    {
        var now = time.NowMs();
        return TypedResults.Ok((await nda.AllAsync(actor, ct))
            .Select(duty => new PersonDuty(duty.Person, duty.Duty, duty.At, duty.Until, now < duty.Until, duty.Course, duty.Text?.Version)).ToArray());
    }

    private async Task<Results<Ok<NdaView>, ProblemHttpResult>> NdaAsync(Actor actor, CancellationToken ct) =>
        await nda.CurrentAsync(ct) is { } text ? TypedResults.Ok(NdaView.Of(text, await nda.OwnAsync(actor, ct))) : Problem.Of(Reasons.NdaNone).ToResult();

    private async Task<Results<Created<NdaView>, ProblemHttpResult>> PublishAsync(NdaPublish ask, Actor actor, CancellationToken ct) =>
        await nda.PublishAsync(actor, ask.Zh, ask.En, ask.TermDays, ct) switch
        {
            Outcome<NdaText>.Done done => TypedResults.Created("/v1/nda", NdaView.Of(done.Value, await nda.OwnAsync(actor, ct))),
            Outcome<NdaText>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private async Task<Results<Ok<OwnDuty>, ProblemHttpResult>> SignAsync(NdaSignature ask, Actor actor, CancellationToken ct) =>
        await nda.SignAsync(actor, ask.Version, ask.Language, ask.Digest, ask.Name, ct) switch
        {
            Outcome<DutyContent>.Done done => TypedResults.Ok(new OwnDuty(DutyContent.Nda, InForce: true, done.Value.Until, "/v1/nda")),
            Outcome<DutyContent>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };

    private Task<Results<Ok<TrainingTaken>, ProblemHttpResult>> RecordAsync(TrainingRequest ask, Actor actor, CancellationToken ct) =>
        AnswerAsync(actor, [.. ask.Facts.Select((fact, i) => new TrainingResult($"facts[{i}]", fact.Account, fact.Course, fact.Passed, fact.Expires))], [], ct);

    private async Task<Results<Ok<TrainingTaken>, ProblemHttpResult>> ImportAsync(HttpRequest request, Actor actor, CancellationToken ct)
    {
        if (request.ContentType?.Split(';')[0].Trim() != Csv)
        {
            return Problem.Of(Reasons.MediaType).ToResult();
        }

        // The host bounds the body; results are few and short, so the whole file is at hand.
        using var reader = new StreamReader(request.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        try
        {
            var (results, faults) = TrainingRules.Read(await reader.ReadToEndAsync(ct));
            return await AnswerAsync(actor, results, faults, ct);
        }
        catch (DecoderFallbackException)
        {
            return Problem.Of([Reasons.TrainingHeader.At("line 1")]).ToResult();
        }
    }

    private async Task<Results<Ok<TrainingTaken>, ProblemHttpResult>> AnswerAsync(
        Actor actor, IReadOnlyList<TrainingResult> results, IReadOnlyList<FieldError> faults, CancellationToken ct) =>
        await training.RecordAsync(actor, results, faults, ct) switch
        {
            Outcome<TrainingTaken>.Done done => TypedResults.Ok(done.Value),
            Outcome<TrainingTaken>.Refused refused => refused.Problem.ToResult(),
            _ => Problem.Of(Reasons.ServerFault).ToResult(),
        };
}
