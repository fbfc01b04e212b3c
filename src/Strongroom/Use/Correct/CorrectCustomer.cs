using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Spine.Policies;
using Strongroom.Use.Asking;
using Strongroom.Use.Contact;

namespace Strongroom.Use.Correct;

/// <summary>Corrects values of a customer; all changes of a request, or none (R4, R117).</summary>
internal sealed class CorrectCustomer(
    IKnowledge knowledge, Corrections corrections, ContactCodes codes, IdempotencyStore idempotency, IMac mac, UseOptions options, TimeProvider time)
{
    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPatch("/customers/{id}", async Task<Results<Ok<CorrectAnswer>, ProblemHttpResult>> (
            CustomerId id, CorrectRequest ask, [FromHeader(Name = "Idempotency-Key")] string? key, Caller caller, CorrectCustomer correct, CancellationToken ct) =>
            await correct.CorrectAsync(id, ask, key, caller, ct) switch
            {
                Outcome<CorrectAnswer>.Done done => TypedResults.Ok(done.Value),
                Outcome<CorrectAnswer>.Refused refused => refused.Problem.ToResult(),
                _ => throw new System.Diagnostics.UnreachableException(),
            })
        .RequirePolicy(Doors.CustomerCorrect).Records(UseFacts.Correct, UseFacts.CodeWrong, UseFacts.CodeTold, UseFacts.ContactFailed).WithName("customer-correct");

    internal async Task<Outcome<CorrectAnswer>> CorrectAsync(CustomerId id, CorrectRequest ask, string? key, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var today = DateOnly.FromDateTime(Instants.At(time.NowMs()).AddMinutes(options.OffsetMinutes).DateTime);
        var errors = CorrectRules.Errors(ask.Changes, known, today).ToList();
        AskRules.CheckTicket(ask.Ticket, errors);
        if (key is not null && !IdempotencyStore.IsValid(key))
        {
            errors.Add(Reasons.BadField.At("Idempotency-Key"));
        }

        if (ask.Code is not null && ask.Changes.Count != 1)
        {
            errors.Add(Reasons.BadField.At("code"));
        }

        if (errors.Count > 0)
        {
            return Problem.Of(errors);
        }

        var wanted = AskOf(id, ask) with { Values = CorrectValues.Of(mac, ask.Changes, known) };
        Func<Judged, Task>? after = null;
        if (ask.Code is { } typed)
        {
            var spent = new SpentCode();
            if (await codes.CheckAsync(id, typed, wanted.Values, caller.Actor, again: key is not null, ct) is { } wrong)
            {
                return Problem.Of(wrong);
            }

            wanted = wanted with { Confirmed = wanted.Items!, Beside = tx => codes.SpendAsync(tx, typed.Id, caller.Actor, spent, ct) };
            after = judged => codes.TellAsync(judged, ask.Changes[0], spent);
        }

        var claim = key is null ? null : idempotency.Claim(
            caller.Actor.OwnId(), $"PATCH /v1/customers/{id}", key, JsonSerializer.SerializeToUtf8Bytes(ask, ControlRows.Json));
        return await corrections.ApplyAsync(caller, wanted, ask.Changes, claim, attach: null, ct, after);
    }

    internal static Ask AskOf(CustomerId id, CorrectRequest ask) => new(Act.Correct, UseFacts.Correct)
    {
        Customer = id,
        Purpose = ask.Purpose,
        Records = ask.Changes.Select(change => change.Record).ToHashSet(),
        Items = ask.Changes.Select(change => change.Item).ToHashSet(),
        EvenAbsent = true,
        Whole = true,
        Ticket = ask.Ticket,
        Grant = ask.Grant,
        Session = ask.Session,
    };
}
