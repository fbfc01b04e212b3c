using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Collect.Channels;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Spine.Access;
using Strongroom.Spine.Approvals;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Intake;

/// <summary>What a document reader read, for the person who stands beside it.</summary>
/// <param name="Channel">The registered channel's id; the reader is registered for it, and the channel names the reader.</param>
/// <param name="Account">The account of the colleague who hands the submission in.</param>
/// <param name="Items">Document item → number, as it was read.</param>
internal sealed record ReadingAsk(ChannelId Channel, string Account, IReadOnlyDictionary<string, string> Items);

/// <param name="Until">UTC milliseconds until which the reading counts.</param>
internal sealed record ReadingTaken(long Until);

/// <summary>Asks a colleague to let a typed document in.</summary>
/// <param name="Submission">Exactly as it will be handed in.</param>
/// <param name="Until">UTC milliseconds until which the approval may be used.</param>
/// <param name="Reason">Why no reader took it; the approver reads it.</param>
/// <param name="Unit">The unit it is asked from; needed by who stands in several of the channel's company.</param>
/// <param name="Mode">How the second person takes part; the scene's first way when left out.</param>
internal sealed record TypedAsk(Submission Submission, long Until, string Reason, UnitId? Unit = null, PersonId? Asked = null, SceneMode? Mode = null);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    PropertyNameCaseInsensitive = false,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 32)]
[JsonSerializable(typeof(ReadingAsk))]
[JsonSerializable(typeof(TypedAsk))]
internal sealed partial class ReaderJson : JsonSerializerContext;

/// <summary>Document readers attest what they read, and people ask for what they typed instead (R41, decision 0032).</summary>
internal sealed class ReaderEndpoints(
    Database database, CollectConfig config, DocumentReadings readings, TakeIn intake, TypedDocuments typed, Members members, Secrets secrets, OrganisationBooks books,
    IEnumerable<ICommitGuards> guards, ApprovalEndpoints approvals, Actors actors, IAuditLog log, TimeProvider time)
{
    public const string Attested = "document-attested";

    /// <summary>How long a reading counts: as long as a form takes to fill in.</summary>
    private const long TermMs = 10 * 60_000;

    private const int MostLooks = 8, MostItems = 8, LongestValue = 64, LongestAccount = 64;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapPost("/v1/readings", (Actor actor, HttpContext context, ReaderEndpoints self, CancellationToken ct) => self.AttestAsync(actor, context, ct))
            .RequirePolicy(Doors.Readings).Records(Attested).WithName("reading-attest").Takes(typeof(ReadingAsk));
        app.MapPost("/v1/collect/{form}/request", (FormKey form, Actor actor, HttpContext context, ReaderEndpoints self, CancellationToken ct) => self.AskAsync(form, actor, context, ct))
            .RequirePolicy(Doors.Collect).Records(ApprovalLog.Requested, ApprovalLog.RequestRefused, Kebab.Of(Act.Add)).WithName("collect-request").Takes(typeof(TypedAsk));
    }

    private async Task<Results<Ok<ReadingTaken>, ProblemHttpResult>> AttestAsync(Actor actor, HttpContext context, CancellationToken ct)
    {
        var read = await CollectHttp.ReadAsync(context, ReaderJson.Default.ReadingAsk, ct);
        if (read is not BodyRead<ReadingAsk>.Good { Value: var ask })
        {
            return ((BodyRead<ReadingAsk>.Bad)read).Problem.ToResult();
        }

        var settings = await config.AtLeastAsync(actor.ConfigEpoch, ct);
        if (actor.Client is not { } client || ChannelRules.ReadRefusal(settings.Channel(ask.Channel), ask.Channel, actor) is not null)
        {
            return Problem.Of(Reasons.ChannelUnknown).ToResult();
        }

        var errors = new List<FieldError>();
        if (ask.Account.Length > LongestAccount || AccountNames.Fold(ask.Account) is null)
        {
            errors.Add(Reasons.BadField.At("account"));
        }

        if (ask.Items.Count is 0 or > MostItems)
        {
            errors.Add((ask.Items.Count == 0 ? Reasons.FieldMissing : Reasons.TooMany).At("items"));
        }

        foreach (var ((key, value), position) in ask.Items.Select((pair, i) => (pair, i)))
        {
            if (settings.Catalogue.Item(ItemKey.Make(key)) is not { Identifies: true } item)
            {
                errors.Add(Reasons.BadField.At($"items[{position}]"));
            }
            else if (value is not { Length: > 0 and <= LongestValue } || !ItemKinds.Of(item.Kind).TryNormalise(value, out _))
            {
                errors.Add(Reasons.BadField.At($"items.{item.Key}"));
            }
        }

        if (errors.Count > 0)
        {
            return Problem.Of(errors).ToResult();
        }

        // Rules and people move all the time; the reading is judged anew by what they are then.
        for (var looks = 0; looks < MostLooks && actor.Client == client; looks++)
        {
            var (taken, moved) = await KeepAsync(actor, client, ask, settings, ct);
            if (taken is not null)
            {
                return TypedResults.Ok(taken);
            }

            if (!moved)
            {
                return await RefusedAsync(actor, ask.Channel, ct);
            }

            actor = await actors.AgainAsync(actor, ActorPipeline.OriginOf(context), ct);
        }

        return Problem.Of(Reasons.AccessUnsettled).ToResult();
    }

    private async Task<ProblemHttpResult> RefusedAsync(Actor actor, ChannelId channel, CancellationToken ct)
    {
        // Who is not there, has left or stands elsewhere is never told apart, and past its limit in an hour whoever tries names is only counted.
        await log.AppendAsync(
            new LogFact
            {
                Act = FactName.Of(Attested), Actor = actor.AsLogActor(), Zone = actor.Zone, Channel = channel, Decision = Ground.Verdict.Deny, Reasons = [Reasons.ReadingHolder.Code],
            },
            guard: null, ct);
        return Problem.Of(Reasons.ReadingHolder).ToResult();
    }

    /// <returns>Nothing: nobody of that name hands in at this channel now, or what the reader's own rights rest on moved meanwhile.</returns>
    private async Task<(ReadingTaken? Taken, bool Moved)> KeepAsync(Actor actor, ClientId client, ReadingAsk ask, CollectSettings settings, CancellationToken ct)
    {
        var (now, sure) = (time.NowMs(), time.SureMs());
        var until = now + TermMs;
        var (account, channel) = (secrets.HashAccount(AccountNames.Fold(ask.Account)!), settings.Channel(ask.Channel)!);
        var book = await books.AsOfAsync(actor.ConfigEpoch, ct);
        return await database.WriteAsync<(ReadingTaken?, bool)>(async tx =>
        {
            if (!await ApprovalDesk.StandsAsync(tx, guards, actor))
            {
                return (null, true);
            }

            // The claim is only a signpost; the person's own row must say whose account it is.
            var holder = await AccountClaimStore.FindAsync(tx, account) ?? PersonId.New();
            var person = (await members.LoadAsync<PersonContent>(tx, Members.Person, holder.Value))?.Content;
            if (person?.IsActive(now) != true || !person.AccountMac.AsSpan().SequenceEqual(account)
                || !person.Posts.Any(held => channel.Posts.Contains(held.Post) && held.InForce(now, sure) && book.EntityOf(held.Unit) == channel.Entity))
            {
                return (null, false);
            }

            var rows = new List<RowDigest>();
            foreach (var (key, value) in ask.Items.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                rows.Add(await readings.AddAsync(tx, client, holder, ask.Channel, settings.Catalogue.Item(ItemKey.Make(key))!, value, until));
            }

            await log.AppendAsync(tx, new LogFact
            {
                Act = FactName.Of(Attested), Actor = actor.AsLogActor(), Zone = actor.Zone, Channel = ask.Channel, Items = [.. ask.Items.Keys.Select(ItemKey.Make).Order()], Rows = rows,
            }, ct);
            return (new ReadingTaken(until), false);
        }, ct);
    }

    private async Task<Results<Ok<ApprovalView>, ProblemHttpResult>> AskAsync(FormKey form, Actor actor, HttpContext context, CancellationToken ct)
    {
        var read = await CollectHttp.ReadAsync(context, ReaderJson.Default.TypedAsk, ct);
        if (read is not BodyRead<TypedAsk>.Good { Value: var ask })
        {
            return ((BodyRead<TypedAsk>.Bad)read).Problem.ToResult();
        }

        if (string.IsNullOrWhiteSpace(ask.Reason))
        {
            return Problem.Of([Reasons.FieldMissing.At("reason")]).ToResult();
        }

        return await approvals.AnswerAsync(await approvals.SettledAsync(context, actor, now => RequestAsync(form, ask, now, context, ct)), ct);
    }

    private async Task<Outcome<Approval>> RequestAsync(FormKey form, TypedAsk ask, Actor actor, HttpContext context, CancellationToken ct) =>
        await intake.ForeseeAsync(new IntakeRequest(form, ask.Submission, actor, CollectHttp.Again(context, actors), Act.Add), ct) switch
        {
            Outcome<Foreseen>.Refused refused => refused.Problem,
            Outcome<Foreseen>.Done { Value: { Documents.Typed.Count: 0 } } => Reasons.DocumentRead,
            Outcome<Foreseen>.Done { Value: var foreseen } => await typed.RequestAsync(actor, ask, foreseen, ct),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
