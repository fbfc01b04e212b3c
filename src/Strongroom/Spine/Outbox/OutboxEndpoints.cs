using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Outbox;

/// <param name="Email">Null: no notices by mail.</param>
internal sealed record ContactView(string? Email);

/// <param name="Failure">Code of the last failed attempt, null without one.</param>
/// <param name="Due">UTC milliseconds of the next attempt while it waits.</param>
internal sealed record OutboxView(
    OutboxId Id, string Template, PersonId Person, string Channel, OutboxState State, long Attempts, string? Failure, long Created, long Due, long? Ended)
{
    public static OutboxView Of(OutboxRow row) => new(
        OutboxId.From(row.Id), row.Template, PersonId.From(row.Person), row.Channel, Kebab.Parse<OutboxState>(row.State), row.Attempts,
        row.Failure.Length == 0 ? null : row.Failure, row.Created, row.Due, row.Ended == 0 ? null : row.Ended);
}

internal sealed record OutboxList(IReadOnlyList<OutboxView> Notices);

/// <summary>One's own notice address, that of others for administrators, and what became of the notices.</summary>
internal sealed class OutboxEndpoints(Contacts contacts, Outbox outbox, Database database, IAuditLog log, TimeProvider time)
{
    public const string Listed = "notices-listed";
    public const string Repeated = "notice-repeated";

    private const int MostListed = 200;

    public static void Map(IEndpointRouteBuilder app)
    {
        var v1 = app.MapGroup("/v1");
        v1.MapGet("/session/contact", (Actor actor, OutboxEndpoints self, CancellationToken ct) => self.OwnAsync(actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("session-contact");
        v1.MapPut("/session/contact", (ContactView ask, Actor actor, OutboxEndpoints self, CancellationToken ct) => self.SetOwnAsync(ask, actor, ct))
            .RequirePolicy(Doors.SignedIn).Records(Contacts.Changed).WithName("session-contact-set");
        v1.MapPut("/people/{id}/contact", (PersonId id, ContactView ask, Actor actor, OutboxEndpoints self, CancellationToken ct) => self.SetAsync(id, ask, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(Contacts.Changed).WithName("person-contact-set");
        v1.MapGet("/notices-sent", (string? state, Actor actor, OutboxEndpoints self, CancellationToken ct) => self.ListAsync(state, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(Listed).WithName("notices-sent");
        v1.MapPost("/notices-sent/{id}/repeat", (OutboxId id, Actor actor, OutboxEndpoints self, CancellationToken ct) => self.RepeatAsync(id, actor, ct))
            .RequirePolicy(Doors.PeopleManage).Records(Repeated).WithName("notice-repeat");
    }

    private async Task<Results<Ok<ContactView>, ProblemHttpResult>> OwnAsync(Actor actor, CancellationToken ct) =>
        actor.Kind != ActorKind.Person
            ? Problem.Of(Reasons.ActUngranted).ToResult()
            : TypedResults.Ok(new ContactView(await database.ReadAsync(tx => contacts.FindAsync(tx, actor.Person), ct)));

    private async Task<Results<NoContent, ProblemHttpResult>> SetOwnAsync(ContactView ask, Actor actor, CancellationToken ct) =>
        actor.Kind != ActorKind.Person
            ? Problem.Of(Reasons.ActUngranted).ToResult()
            : Answer(await contacts.SetAsync(actor, actor.Person, ask.Email, ct));

    private async Task<Results<NoContent, ProblemHttpResult>> SetAsync(PersonId id, ContactView ask, Actor actor, CancellationToken ct) =>
        id == actor.Person ? Problem.Of(Reasons.PeopleSelf).ToResult() : Answer(await contacts.SetAsync(actor, id, ask.Email, ct));

    private async Task<Results<Ok<OutboxList>, ProblemHttpResult>> ListAsync(string? state, Actor actor, CancellationToken ct)
    {
        OutboxState? wanted = null;
        if (state is not null)
        {
            if (!Kebab.TryParse<OutboxState>(state, out var known))
            {
                return Problem.Of([Reasons.BadField.At("state")]).ToResult();
            }

            wanted = known;
        }

        await log.AppendAsync(IdentityFacts.Of(Listed, actor), guard: null, ct);
        var rows = await database.ReadAsync(tx => OutboxStore.NewestAsync(tx, wanted, MostListed), ct);
        return TypedResults.Ok(new OutboxList([.. rows.Select(OutboxView.Of)]));
    }

    /// <summary>Starts a given-up notice anew, for example after the mail server was mended or the address was set.</summary>
    private async Task<Results<NoContent, ProblemHttpResult>> RepeatAsync(OutboxId id, Actor actor, CancellationToken ct) =>
        Answer(await database.WriteAsync<Outcome<bool>>(async tx =>
        {
            if (await OutboxStore.FindAsync(tx, id) is not { } row || !outbox.IsAuthentic(row) || row.State != Kebab.Of(OutboxState.Undeliverable))
            {
                return Reasons.NotFound;
            }

            await OutboxStore.ReplaceAsync(
                tx, row, outbox.Sealed(row with { State = Kebab.Of(OutboxState.Waiting), Attempts = 0, Failure = "", Due = time.NowMs(), Ended = 0 }));
            await log.AppendAsync(tx, IdentityFacts.Of(Repeated, actor), ct);
            return true;
        }, ct));

    private static Results<NoContent, ProblemHttpResult> Answer(Outcome<bool> outcome) =>
        outcome is Outcome<bool>.Refused refused ? refused.Problem.ToResult() : TypedResults.NoContent();
}

internal static class OutboxModule
{
    /// <summary>Needs Database, IMac, ISecretSealer, Members, ControlStore, IAuditLog, TimeProvider.</summary>
    public static IServiceCollection AddOutbox(this IServiceCollection services, SmtpOptions? smtp, WebhookOptions? webhook)
    {
        if (smtp is not null)
        {
            services.AddSingleton<IOutboxChannel>(new SmtpChannel(smtp));
        }

        if (webhook is not null)
        {
            services.AddSingleton<IOutboxChannel>(provider => new WebhookChannel(webhook, WebhookChannel.NewClient(), provider.GetRequiredService<TimeProvider>()));
        }

        return services
            .AddSingleton(provider => new Outbox(
                [.. provider.GetServices<IOutboxChannel>().Select(channel => channel.Name)], provider.GetRequiredService<Keys.IMac>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<Contacts>()
            .AddHostedService<AlarmNotices>()
            .AddSingleton<OutboxWorker>()
            .AddHostedService(provider => provider.GetRequiredService<OutboxWorker>())
            .AddSingleton<OutboxEndpoints>();
    }

    /// <summary>An outbox without a way out, until <see cref="AddOutbox"/> brings one.</summary>
    public static IServiceCollection AddSilentOutbox(this IServiceCollection services) => services
        .AddSingleton(provider => new Outbox([], provider.GetRequiredService<Keys.IMac>(), provider.GetRequiredService<TimeProvider>()));

    public static void MapOutbox(this IEndpointRouteBuilder app) => OutboxEndpoints.Map(app);
}
