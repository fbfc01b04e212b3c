using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;
using Strongroom.Use.Correct;

namespace Strongroom.Use.Contact;

/// <summary>
/// A customer confirms a change of his number, or one look at what a scene guards, himself (domain.md §4, contact_change and cdr): a code goes to the number
/// he has, he reads it out, and the correction or view goes through with it instead of a second person's approval. Whoever asks sees neither number nor
/// code. A code is for one customer, one change with its new value or one look, and one person; it is good once, for minutes, and three tries.
/// </summary>
internal sealed class ContactCodes(
    Database database, IKnowledge knowledge, Asking.Asking asking, ContactCustomer contact, ContactOnce once, RowMacs macs, IMac mac, IAuditLog log, UseOptions options, TimeProvider time)
{
    public const int MostTries = 3;

    private const string Table = "contact_code";

    public static void Map(IEndpointRouteBuilder v1) => v1
        .MapPost("/customers/{id}/contact-code", (
            CustomerId id, ContactCodeRequest ask, [FromHeader(Name = "Idempotency-Key")] string? key, Caller caller, ContactCodes codes, CancellationToken ct) =>
            codes.AnswerAsync(id, ask, key, caller, ct))
        .RequirePolicy(Doors.CustomerContact).Records(UseFacts.CodeSent, UseFacts.ContactFailed).WithName("customer-contact-code");

    private async Task<Results<Ok<ContactCodeAnswer>, ProblemHttpResult>> AnswerAsync(CustomerId id, ContactCodeRequest ask, string? key, Caller caller, CancellationToken ct) =>
        await SendAsync(id, ask, caller, ct, key) switch
        {
            Outcome<ContactCodeAnswer>.Done done => TypedResults.Ok(done.Value),
            Outcome<ContactCodeAnswer>.Refused refused => refused.Problem.ToResult(),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <param name="key">Idempotency key: the same again answers with the code that was sent, and sends none.</param>
    internal async Task<Outcome<ContactCodeAnswer>> SendAsync(CustomerId id, ContactCodeRequest ask, Caller caller, CancellationToken ct, string? key = null)
    {
        var known = await knowledge.AtAsync(caller.Actor.ConfigEpoch, ct);
        if (Errors(ask, key, known) is { Count: > 0 } errors)
        {
            return Problem.Of(errors);
        }

        var matter = CodeMatter.Of(id, ask, caller.Actor, known, mac, options.CodeMs / 60_000);
        if (caller.Actor.Kind != ActorKind.Person || !ContactCodeRules.Confirms(known.Policy.Scenes, matter.About.Item, matter.Wanted.Act))
        {
            return Reasons.CodeScene;
        }

        // Nobody is sent a code for what is refused when he has read it out.
        var (foreseen, refusal) = await asking.ForeseeAsync(caller, matter.Wanted, ct);
        if (foreseen?.Customer is not { } customer)
        {
            return refusal ?? Problem.Of(Reasons.AccessUnsettled);
        }

        // A child's own line answers for nothing: that is the guardian's to say (PIPL 31), and a second person asks him.
        if ((foreseen.Minor ? Problem.Of(Reasons.CodeScene) : Unfit(ask, matter, foreseen, customer)) is { } unfit)
        {
            await log.AppendAsync(foreseen.Fact with { Decision = Verdict.Deny, Reasons = [.. ReasonsOf(unfit)], Approvals = [], Authorisations = [] }, guard: null, ct);
            return unfit;
        }

        var to = ask.To ?? ContactCodeRules.Usual(customer, matter.About, known);
        var claim = once.Claim(caller, $"POST /v1/customers/{id}/contact-code", ask, key);
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var row = RowOf(id, caller.Actor, ask, to, matter.Bound, code, claim);
        var wanted = new Ask(Act.Contact, UseFacts.CodeSent)
        {
            Customer = id,
            Purpose = ask.View is null ? ask.Purpose : PurposeFor(to, foreseen.Question.Purpose, known),
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
        var words = new ContactWords(ContactWay.Sms, row.Locale, matter.Says(code));
        return await contact.ReachAsync(
            caller, wanted, words, judged => ContactCodeRules.Objection(judged.Customer!, judged.Held, matter.About, to, known, time.SureMs() - options.SettledMs), ct, claim) switch
        {
            Outcome<ContactAnswer>.Done { Value: var done } => await StandingAsync(row, done.Entry, ct),
            Outcome<ContactAnswer>.Refused refused => refused.Problem,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>The code as it stands: after a repeated request it is the one that was sent first.</summary>
    private async Task<Outcome<ContactCodeAnswer>> StandingAsync(ContactCodeRow sent, EntryId entry, CancellationToken ct)
    {
        var id = ContactCodeId.From(sent.Id);
        return await database.ReadAsync(tx => ContactCodeStore.FindAsync(tx, id), ct) is { } row && IsRight(row)
            ? new ContactCodeAnswer(id, NumberOf(row), row.Until, (int)Math.Max(0, MostTries - row.Tries), entry)
            : Reasons.CodeOver;
    }

    /// <summary>What stands against the change, or the look, although it is allowed; null: nothing.</summary>
    private static Problem? Unfit(ContactCodeRequest ask, CodeMatter matter, Judged foreseen, CustomerSnapshot customer)
    {
        if (ask.Change is { } change)
        {
            return CorrectRules.Errors([change], customer, foreseen.Knowledge.Catalogue) is { Count: > 0 } unfit ? Problem.Of(InChange(unfit)) : null;
        }

        // A view would answer masked; a code that opens no more than that is not sent.
        return foreseen.Decision.Shows(matter.About.Record, matter.About.Item) == Shown.Clear ? null
            : foreseen.Decision.Of(matter.About.Record, matter.About.Item)?.Reasons is { Count: > 0 } reasons ? Problem.Of(Reasons.AccessDenied) with { Reasons = reasons }
            : Problem.Of([Reasons.ItemMissing.At("view.item")]);
    }

    private static IEnumerable<string> ReasonsOf(Problem problem) =>
        problem.Reasons is { Count: > 0 } reasons ? reasons.Select(reason => reason.Code) : [problem.Code];

    /// <summary>A number seldom serves the purpose of what is looked at: the message is for one that it does serve, and the decision and the entry name that one.</summary>
    private static PurposeKey? PurposeFor(ContactCodeTarget to, PurposeKey? asked, Knowledge known) =>
        known.Item(to.Item) is { Definition.Purposes: { Count: > 0 } serves } && !(asked is { } same && serves.Contains(same)) ? serves[0] : asked;

    /// <summary>What a code for this look must be bound to.</summary>
    public string BoundTo(CustomerId customer, CodeView view, PurposeKey? purpose, Actor actor, ServiceSessionId? session) =>
        CodeMatter.BoundTo(mac, customer, view, purpose, actor, session);

    /// <summary>
    /// Null: the code is right for exactly this. Every try counts before it is compared, and a wrong one is an entry.
    /// </summary>
    /// <param name="bound">Keyed digest of the change (<see cref="CorrectValues"/>) or of the look (<see cref="BoundTo"/>).</param>
    /// <param name="again">The request may be a repetition of one that went through: a used code is compared, too, and <see cref="SpendAsync"/> stops what is none.</param>
    public async Task<Reason?> CheckAsync(CustomerId customer, TypedCode typed, string bound, Actor actor, bool again, CancellationToken ct)
    {
        var reason = actor.Kind == ActorKind.Person
            ? await database.WriteAsync(tx => TryAsync(tx, customer, typed, bound, actor, again, ct), ct)
            : Reasons.CodeOver;
        if (reason == Reasons.CodeOver)
        {
            // Nothing is known of a customer whose code this is not: the entry names none. Past its limit in an hour, whoever makes codes up is only counted.
            await log.AppendAsync(
                new LogFact { Act = FactName.Of(UseFacts.CodeWrong), Actor = actor.AsLogActor(), Zone = actor.Zone, Decision = Verdict.Deny, Reasons = [Reasons.CodeOver.Code] },
                guard: null, ct);
        }

        return reason;
    }

    private async Task<Reason?> TryAsync(Tx tx, CustomerId customer, TypedCode typed, string bound, Actor actor, bool again, CancellationToken ct)
    {
        // The caller is still who he was; the rules are asked in the act's own transaction, which decides again where they moved.
        if (!await asking.StillAsync(tx, actor.Guard() with { ConfigEpoch = await ConfigEpoch.ReadAsync(tx) }))
        {
            return Reasons.AccessUnsettled;
        }

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
    }

    /// <summary>In the act's own transaction; null: it was used meanwhile. That the old number is told stands in the log with the change.</summary>
    /// <param name="spent">Filled for <see cref="TellAsync"/>; null: nobody is told.</param>
    public async Task<RowDigest?> SpendAsync(Tx tx, ContactCodeId id, Actor actor, SpentCode? spent, CancellationToken ct)
    {
        if (await ContactCodeStore.ForUpdateAsync(tx, id) is not { Used: null } row || !IsRight(row))
        {
            return null;
        }

        row.Used = time.NowMs();
        await SaveAsync(tx, row);
        if (spent is null)
        {
            return DigestOf(row);
        }

        (spent.To, spent.Locale) = (NumberOf(row), row.Locale);
        spent.Told = await log.AppendAsync(
            tx,
            new LogFact
            {
                Act = FactName.Of(UseFacts.CodeTold), Actor = actor.AsLogActor(), Customer = CustomerId.From(row.Customer), Zone = actor.Zone, Items = [spent.To.Item], Rows = [DigestOf(row)],
            },
            ct);
        return DigestOf(row);
    }

    /// <summary>Tells the number that got the code what was changed by it. Once: what the gateway does not take is an entry, and the change stands.</summary>
    /// <param name="judged">The correction, with the customer as he was before it.</param>
    public Task TellAsync(Judged judged, ItemChange change, SpentCode spent)
    {
        var known = judged.Knowledge;
        var held = HeldItem.Of(judged.Customer!, known, new HashSet<RecordId> { spent.To!.Record }, new HashSet<ItemKey> { spent.To.Item });
        var text = ContactTexts.Changed(known.Item(change.Item)!.Definition.Title, CorrectValues.Normalised(change, known));
        return contact.TellAsync(judged with { Held = held }, new ContactWords(ContactWay.Sms, spent.Locale, text), spent.Told);
    }

    private List<FieldError> Errors(ContactCodeRequest ask, string? key, Knowledge known)
    {
        var today = DateOnly.FromDateTime(Instants.At(time.NowMs()).AddMinutes(options.OffsetMinutes).DateTime);
        var errors = ask.Change is { } change ? InChange(CorrectRules.Errors([change], known, today)) : [];
        if (ask.View is null == ask.Change is null)
        {
            errors.Add((ask.View is null ? Reasons.FieldMissing : Reasons.BadField).At("view"));
        }
        else if (ask.View is { } view && CodeMatter.ErrorOf(view, known) is { } unfit)
        {
            errors.Add(unfit);
        }

        if (ask.To is { } to && known.Item(to.Item) is not { Definition.Kind: "mobile", Facts.NeverShown: false })
        {
            errors.Add(Reasons.ContactItem.At("to.item"));
        }

        if (key is not null && !IdempotencyStore.IsValid(key))
        {
            errors.Add(Reasons.BadField.At("Idempotency-Key"));
        }

        if (ask.Locale is not (null or "zh" or "en"))
        {
            errors.Add(Reasons.BadField.At("locale"));
        }

        AskRules.CheckTicket(ask.Ticket, errors);
        return errors;
    }

    private static List<FieldError> InChange(IEnumerable<FieldError> errors) =>
        [.. errors.Select(error => error with { At = error.At.Replace("changes[0]", "change", StringComparison.Ordinal) })];

    /// <summary>With an idempotency key the code's id is made of it, so a repeated request finds the code again.</summary>
    private ContactCodeRow RowOf(CustomerId customer, Actor actor, ContactCodeRequest ask, ContactCodeTarget to, string bound, string code, IdempotencyClaim? claim)
    {
        var row = new ContactCodeRow
        {
            Id = claim?.Key[..16] ?? ContactCodeId.New().Bytes, Customer = customer.Bytes, Holder = Id.Bytes(actor.OwnId()),
            ToRecord = to.Record.Bytes, ToItem = to.Item.Value, Locale = ask.Locale ?? actor.Locale, Bound = bound, Until = time.NowMs() + options.CodeMs,
        };
        row.Hash = HashOf(row, code);
        row.Mac = MacOf(row);
        return row;
    }

    private static ContactCodeTarget NumberOf(ContactCodeRow row) => new(RecordId.From(row.ToRecord), ItemKey.Make(row.ToItem));

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
        .Bytes(row.Id).Bytes(row.Customer).Bytes(row.Holder).Bytes(row.ToRecord).Bytes(Encoding.UTF8.GetBytes(row.ToItem)).Bytes(Encoding.UTF8.GetBytes(row.Locale)).Bytes(Encoding.ASCII.GetBytes(row.Bound)).Bytes(row.Hash).Int64(row.Tries).Int64(row.Used ?? -1).Int64(row.Until));

    private static RowDigest DigestOf(ContactCodeRow row) => new(Table, ContactCodeId.From(row.Id).Value, 1 + row.Tries + (row.Used is null ? 0 : 1), row.Mac);
}

/// <summary>A code that a correction spent: whom to tell, and the entry that says so.</summary>
internal sealed class SpentCode
{
    public ContactCodeTarget? To { get; set; }

    public string Locale { get; set; } = "zh";

    public EntryId Told { get; set; }
}
