using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Contact;

/// <summary>
/// A customer confirms a change of his number himself (domain.md §4, contact_change): a code goes to the number he had, he reads it out, and the
/// correction goes through with it instead of a second person's approval. Whoever asks sees neither number nor code. A code is for one customer, one
/// change with its new value, and one person; it is good once, for minutes, and three tries.
/// </summary>
internal sealed class ContactCodes(
    Database database, IKnowledge knowledge, ContactCustomer contact, RowMacs macs, IMac mac, IAuditLog log, UseOptions options, TimeProvider time)
{
    public const int MostTries = 3;

    private const string Table = "contact_code";

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/{id}/contact-code", (CustomerId id, ContactCodeRequest ask, Caller caller, ContactCodes codes, CancellationToken ct) => codes.AnswerAsync(id, ask, caller, ct))
        .RequirePolicy(Doors.CustomerContact).Records(UseFacts.CodeSent, UseFacts.ContactFailed).WithName("customer-contact-code");

    private async Task<Results<Ok<ContactCodeAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, ContactCodeRequest ask, Caller caller, CancellationToken ct) =>
        await SendAsync(id, ask, caller, ct) switch
        {
            Outcome<ContactCodeAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<ContactCodeAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    internal async Task<Outcome<ContactCodeAnswer>> SendAsync(CustomerId id, ContactCodeRequest ask, Caller caller, CancellationToken ct)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        var to = ask.To ?? new ContactCodeTarget(ask.Change.Record, ask.Change.Item);
        if (Errors(ask, to, known) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        if (caller.Actor.Kind != ActorKind.Person || !ContactCodeRules.Confirms(known.Policy.Scenes, ask.Change.Item))
        {
            return Reasons.CodeScene;
        }

        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var row = RowOf(id, caller.Actor, CorrectValues.Of(mac, [ask.Change], known), code);
        var wanted = new Ask(Act.Contact, UseFacts.CodeSent)
        {
            Customer = id,
            Purpose = ask.Purpose,
            Records = new HashSet<RecordId> { to.Record },
            Items = new HashSet<ItemKey> { to.Item },
            Whole = true,
            Ticket = ask.Ticket,
            Grant = ask.Grant,
            Session = ask.Session,
            Beside = async tx =>
            {
                await ContactCodeStore.InsertAsync(tx, row);
                return DigestOf(row);
            },
        };
        var words = new ContactWords(ContactWay.Sms, ask.Locale ?? "zh", ContactTexts.Code(code, options.CodeMs / 60_000));
        return await contact.ReachAsync(caller, wanted, words, judged => ContactCodeRules.Objection(judged.Customer!, judged.Held, ask.Change, to, known, time.NowMs() - options.SettledMs), ct) switch
        {
            Outcome<ContactAnswer>.Done { Value: var done } => new ContactCodeAnswer(ContactCodeId.From(row.Id), to, row.Until, MostTries, done.Entry),
            Outcome<ContactAnswer>.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>
    /// Null: the code is right for exactly this change. Every try counts before it is compared, and a wrong one is an entry.
    /// </summary>
    /// <param name="bound">Keyed digest of the change (<see cref="CorrectValues"/>).</param>
    /// <param name="again">The request may be a repetition of one that went through: a used code is compared, too, and <see cref="SpendAsync"/> stops what is none.</param>
    public Task<Reason?> CheckAsync(CustomerId customer, TypedCode typed, string bound, Actor actor, bool again, CancellationToken ct) => database.WriteAsync<Reason?>(
        async tx =>
        {
            var row = await ContactCodeStore.ForUpdateAsync(tx, typed.Id);
            if (row is null || !IsRight(row) || time.NowMs() >= row.Until || row.Tries >= MostTries || (row.Used is not null && !again)
                || CustomerId.From(row.Customer) != customer || !row.Holder.AsSpan().SequenceEqual(Id.Bytes(actor.OwnId())) || row.Bound != bound)
            {
                return Reasons.CodeOver;
            }

            row.Tries++;
            await SaveAsync(tx, row);
            if (CryptographicOperations.FixedTimeEquals(row.Hash, HashOf(row, typed.Code)))
            {
                return null;
            }

            await log.AppendAsync(
                tx,
                new LogFact
                {
                    Act = FactName.Of(UseFacts.CodeWrong), Actor = actor.AsLogActor(), Customer = customer, Zone = actor.Zone, Decision = Verdict.Deny,
                    Reasons = [Reasons.ContactCodeWrong.Code], Rows = [DigestOf(row)],
                },
                ct);
            return Reasons.ContactCodeWrong;
        },
        ct);

    /// <summary>In the correction's own transaction; null: it was used meanwhile.</summary>
    public async Task<RowDigest?> SpendAsync(Tx tx, ContactCodeId id)
    {
        if (await ContactCodeStore.ForUpdateAsync(tx, id) is not { Used: null } row || !IsRight(row))
        {
            return null;
        }

        row.Used = time.NowMs();
        await SaveAsync(tx, row);
        return DigestOf(row);
    }

    private List<FieldError> Errors(ContactCodeRequest ask, ContactCodeTarget to, Knowledge known)
    {
        var today = DateOnly.FromDateTime(Instants.At(time.NowMs()).AddMinutes(options.OffsetMinutes).DateTime);
        var errors = CorrectRules.Errors([ask.Change], known, today)
            .Select(error => error with { At = error.At.Replace("changes[0]", "change", StringComparison.Ordinal) }).ToList();
        if (known.Item(to.Item) is not { Definition.Kind: "mobile", Facts.NeverShown: false })
        {
            errors.Add(Reasons.ContactItem.At("to.item"));
        }

        if (ask.Locale is not (null or "zh" or "en"))
        {
            errors.Add(Reasons.BadField.At("locale"));
        }

        AskRules.CheckTicket(ask.Ticket, errors);
        return errors;
    }

    private ContactCodeRow RowOf(CustomerId customer, Actor actor, string bound, string code)
    {
        var row = new ContactCodeRow
        {
            Id = ContactCodeId.New().Bytes, Customer = customer.Bytes, Holder = Id.Bytes(actor.OwnId()), Bound = bound, Until = time.NowMs() + options.CodeMs,
        };
        row.Hash = HashOf(row, code);
        row.Mac = MacOf(row);
        return row;
    }

    private Task SaveAsync(Tx tx, ContactCodeRow row)
    {
        row.Mac = MacOf(row);
        return ContactCodeStore.UpdateAsync(tx, row);
    }

    private bool IsRight(ContactCodeRow row) => RowMacs.Same(row.Mac, MacOf(row));

    /// <summary>A code's own digest is of another message than the row's: it cannot stand in for it, nor be taken over from another row.</summary>
    private byte[] HashOf(ContactCodeRow row, string code) => mac.Mac(
        MacUse.TokenHash, RowMacs.Start("contact_code_value").Bytes(row.Id).Bytes(row.Customer).Bytes(row.Holder).Bytes(Encoding.ASCII.GetBytes(row.Bound)).Int64(row.Until)
            .Bytes(Encoding.UTF8.GetBytes(code)).Written);

    private byte[] MacOf(ContactCodeRow row) => macs.Finish(RowMacs.Start(Table)
        .Bytes(row.Id).Bytes(row.Customer).Bytes(row.Holder).Bytes(Encoding.ASCII.GetBytes(row.Bound)).Bytes(row.Hash).Int64(row.Tries).Int64(row.Used ?? -1).Int64(row.Until));

    private static RowDigest DigestOf(ContactCodeRow row) => new(Table, ContactCodeId.From(row.Id).Value, 1 + row.Tries + (row.Used is null ? 0 : 1), row.Mac);
}
