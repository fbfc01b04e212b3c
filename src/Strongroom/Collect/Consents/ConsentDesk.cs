using Strongroom.Collect.Channels;
using Strongroom.Collect.Intake;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Consents;

internal static class ConsentFacts
{
    public const string Recorded = "consent-recorded";
    public const string Withdrawn = "consent-withdrawn";
    public const string ReceiptsRead = "receipts-read";
    public const string ReceiptRead = "receipt-read";

    public static LogFact Of(string name, Actor actor, Serving serving) => new()
    {
        Act = FactName.Of(name),
        Actor = actor.AsLogActor(),
        Zone = actor.Zone,
        Details = serving.Ticket is { Length: > 0 and <= Serving.LongestTicket } ticket ? new LogDetails { Ticket = ticket } : null,
    };
}

/// <summary>Settings and customer of one instant; null where there is none, or none this caller's systems have anything to do with.</summary>
internal sealed record CustomerSeen(CustomerSnapshot? Customer, CollectSettings Settings);

/// <summary>
/// Consents given, refused and withdrawn after collection (R23, R24; PIPL 14–16). Each is one transaction with its history, provenance and
/// entry, and binds the next read on every node by the customer's version. Each is the one decision's matter first; withdrawing asks for
/// less than giving, never for more.
/// </summary>
internal sealed class ConsentDesk(
    Database database,
    CollectConfig config,
    ICustomers customers,
    IConsents consents,
    IIntakes intakes,
    IntakeSeals seals,
    IntakeGate gate,
    IEnumerable<ICommitGuards> guards,
    IAuditLog log,
    TimeProvider time)
{
    /// <summary>The form name under which a withdrawal is kept: it comes through no form.</summary>
    public static readonly FormKey Withdrawal = FormKey.Of("withdrawal");

    public async Task<Outcome<ConsentsAnswer>> RecordAsync(CustomerId id, ConsentsAsk ask, Actor actor, CancellationToken ct)
    {
        var serving = new Serving(ask.Session, ask.Ticket);
        var seen = await SeeAsync(id, actor, ReadScope.Outline, ct);
        if (await RefusalAsync(actor, Act.Consent, Purposes(ask), Items(ask), seen, serving, ct) is { } denied)
        {
            return await RefuseAsync(ConsentFacts.Recorded, actor, seen.Customer is null ? null : id, serving, denied, ct);
        }

        if (Admit(ask, actor, seen, out var channel, out var form, out var said) is { } problem)
        {
            return await RefuseAsync(ConsentFacts.Recorded, actor, id, serving, problem, ct);
        }

        var now = time.NowMs();
        var notice = seen.Settings.CurrentNotice(form!.Form.Notice)!;
        var intake = new IntakeRecord(
            IntakeId.New(), id, ReceiptId.New(), form.Form.Key, form.Version, channel, notice.Text.Key, notice.Text.Version,
            [.. said!.Select(one => one.Event.Purpose).Distinct()], actor.AsLogActor(), now, null);
        using var lease = await seals.OpenAsync(id, ct);
        if (lease is null)
        {
            return await RefuseAsync(ConsentFacts.Recorded, actor, null, serving, Problem.Of(Reasons.CustomerUnknown), ct);
        }

        var events = said!.Select(one => one.Reference is { } reference
            ? new ConsentTaken(one.Event, lease.SealReference(one.Event.Id, reference))
            : new ConsentTaken(one.Event)).ToList();
        var outcome = await WriteAsync(actor, intake, events, ConsentFacts.Recorded, seen.Settings.Epoch, serving, ct);
        return outcome switch
        {
            Outcome<Written>.Done done => new ConsentsAnswer(id, intake.Receipt, done.Value.States, done.Value.Entry),
            Outcome<Written>.Refused refused => await RefuseAsync(ConsentFacts.Recorded, actor, id, serving, refused.Problem, ct),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public async Task<Outcome<WithdrawAnswer>> WithdrawAsync(CustomerId id, PurposeKey purpose, Serving serving, Actor actor, CancellationToken ct)
    {
        var seen = await SeeAsync(id, actor, ReadScope.Everything, ct);
        if (await RefusalAsync(actor, Act.Withdraw, [purpose], [], seen, serving, ct) is { } denied)
        {
            return await RefuseWithdrawAsync(actor, seen.Customer is null ? null : id, serving, denied, ct);
        }

        var now = time.NowMs();
        var before = seen.Customer!.Consents.GetValueOrDefault(purpose);
        var intake = new IntakeRecord(
            IntakeId.New(), id, ReceiptId.New(), Withdrawal, 0, default, before?.Notice ?? NoticeKey.Make("none"), before?.NoticeVersion ?? 0,
            [purpose], actor.AsLogActor(), now, null);
        var taken = new ConsentTaken(new ConsentEvent(purpose, ConsentEventKind.Withdraw, now, ConsentId.New(), null, null, before?.Notice, before?.NoticeVersion ?? 0));
        switch (await WriteAsync(actor, intake, [taken], ConsentFacts.Withdrawn, seen.Settings.Epoch, serving, ct))
        {
            case Outcome<Written>.Done done:
                var (ends, stays) = StayRules.After(purpose, await HeldAsync(seen.Customer, ct), Given(seen.Customer, purpose), seen.Settings.Catalogue);
                return new WithdrawAnswer(id, purpose, done.Value.States[purpose], intake.Receipt, ends, stays, done.Value.Entry);
            case Outcome<Written>.Refused refused:
                return await RefuseWithdrawAsync(actor, id, serving, refused.Problem, ct);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public async Task<CustomerSeen> SeeAsync(CustomerId id, Actor actor, ReadScope scope, CancellationToken ct)
    {
        var settings = await config.AtLeastAsync(actor.ConfigEpoch, ct);
        var customer = await customers.ReadAsync(id, scope, ct);
        return new CustomerSeen(customer is { MergedInto: null } && CallerEntities.Reaches(actor, customer.Entity, settings) ? customer : null, settings);
    }

    /// <summary>Each purpose is decided on its own, the heaviest refusal first. Null: go on. Unknown and out of reach are the same answer.</summary>
    public async Task<Problem?> RefusalAsync(
        Actor actor, Act act, IReadOnlyList<PurposeKey?> purposes, IReadOnlyList<ItemKey> items, CustomerSeen seen, Serving serving, CancellationToken ct)
    {
        if (serving.Mistake is { } mistake)
        {
            return Problem.Of([mistake]);
        }

        if (seen.Customer is null)
        {
            return Problem.Of(Reasons.CustomerUnknown);
        }

        if (actor.ConfigEpoch != seen.Settings.Epoch)
        {
            return Problem.Of(Reasons.RowChanged);
        }

        foreach (var purpose in purposes)
        {
            if (purpose is { } named && seen.Settings.Catalogue.Purpose(named) is null)
            {
                return Problem.Of([Reasons.PurposeUnknown.At("purpose")]);
            }

            if (await gate.RefusalAsync(actor, new GateAsk(act, purpose, items, seen.Customer, serving.Session, serving.Ticket), seen.Settings, ct) is { } denied)
            {
                return denied;
            }
        }

        return null;
    }

    private static List<PurposeKey?> Purposes(ConsentsAsk ask) =>
        [.. (ask.Consents ?? []).Select(said => Name.TryParse<PurposeKey>(said?.Purpose, out var purpose) ? purpose : (PurposeKey?)null).DefaultIfEmpty().Distinct()];

    private static List<ItemKey> Items(ConsentsAsk ask) =>
        [.. (ask.Consents ?? []).SelectMany(said => said?.Items ?? []).Select(text => Name.TryParse<ItemKey>(text, out var item) ? item : (ItemKey?)null).OfType<ItemKey>()];

    private Problem? Admit(
        ConsentsAsk ask, Actor actor, CustomerSeen seen, out ChannelId channelId, out Forms.FormVersion? form, out IReadOnlyList<TakenConsent>? said)
    {
        (form, said) = (seen.Settings.Form(ask.Form)?.Open, null);
        channelId = default;
        if (form is null)
        {
            return Problem.Of(seen.Settings.Form(ask.Form) is null ? Reasons.FormUnknown : Reasons.FormNotOpen);
        }

        channelId = ChannelRules.Find(ask.Channel, form.Form, actor, seen.Settings.Channels) ?? default;

        if ((ChannelRules.FormRefusal(ask.Form, actor)
            ?? ChannelRules.Refusal(seen.Settings.Channel(channelId), channelId, form.Form, actor)
            ?? (seen.Settings.Channel(channelId)!.Entity == seen.Customer!.Entity ? null : Reasons.ChannelUnknown)) is { } refusal)
        {
            return Problem.Of(refusal);
        }

        var now = time.GetUtcNow();
        var errors = new List<FieldError>();
        var asked = new SubmissionCase(
            new Submission { Notice = ask.Notice, Consents = ask.Consents }, form.Form, seen.Settings.Catalogue,
            seen.Settings.CurrentNotice(form.Form.Notice)?.Text, now.ToUnixTimeMilliseconds(), DateOnly.FromDateTime(now.UtcDateTime));
        SubmissionRules.CheckNotice(asked, errors);
        said = ConsentTakingRules.JudgeAlone(asked, errors);
        return errors.Count > 0 ? Problem.Of(errors) : null;
    }

    private async Task<Outcome<Written>> WriteAsync(
        Actor actor, IntakeRecord intake, IReadOnlyList<ConsentTaken> events, string fact, long epoch, Serving serving, CancellationToken ct)
    {
        return await database.ChangeAsync(async tx =>
        {
            CommitGuard[] guard = [actor.Guard() with { ConfigEpoch = epoch }];
            foreach (var check in guards)
            {
                if ((await check.FailingAsync(tx, guard)).Count > 0)
                {
                    throw new UndoneException(Problem.Of(Reasons.RowChanged));
                }
            }

            var outcome = await consents.RecordAsync(tx, new ConsentSubmission(intake.Customer, intake.Receipt, intake.Id, intake.At, events));
            if (outcome is not ConsentOutcome.Recorded recorded)
            {
                throw new UndoneException(ProblemOf(outcome));
            }

            await intakes.AddAsync(tx, intake);
            var states = recorded.Rows.GroupBy(row => row.Purpose).ToDictionary(group => group.Key, group => group.Last().State);
            var entry = await log.AppendAsync(tx, ConsentFacts.Of(fact, actor, serving) with
            {
                Customer = intake.Customer,
                Purpose = intake.Purposes[0],
                Decision = Verdict.Permit,
                Channel = intake.Channel == default ? null : intake.Channel,
                Reasons = [.. states.Select(pair => $"{Kebab.Of(pair.Value)}.{pair.Key}")],
                Rows = [.. recorded.Rows.Take(16).Select(row => new RowDigest("consent", row.Id.Value, recorded.Version, row.Digest))],
            }, ct);
            return new Written(states, entry);
        }, ct);
    }

    private static Problem ProblemOf(ConsentOutcome outcome) => outcome switch
    {
        ConsentOutcome.Refused refused => Problem.Of(Reasons.Find(refused.Code) ?? Reasons.ConsentOlder),
        ConsentOutcome.WrongState { State: LifeState.Restricted } => Problem.Of(Reasons.CustomerRestricted),
        ConsentOutcome.WrongState => Problem.Of(Reasons.RecordArchived),
        _ => Problem.Of(Reasons.CustomerUnknown),
    };

    private async Task<Dictionary<ItemKey, IReadOnlySet<PurposeKey>>> HeldAsync(CustomerSnapshot customer, CancellationToken ct)
    {
        var items = customer.Records.SelectMany(record => record.Items).ToList();
        var sources = await database.ReadAsync(tx => intakes.ReadManyAsync(tx, [.. items.Select(item => item.Intake).Distinct()]), ct);
        return items.GroupBy(item => item.Key).ToDictionary(
            group => group.Key,
            IReadOnlySet<PurposeKey> (group) => group.SelectMany(item => sources.GetValueOrDefault(item.Intake)?.Purposes ?? []).ToHashSet());
    }

    private static HashSet<PurposeKey> Given(CustomerSnapshot customer, PurposeKey withdrawn) =>
        [.. customer.Consents.Where(pair => pair.Key != withdrawn && pair.Value.IsGiven).Select(pair => pair.Key)];

    private async Task<Outcome<WithdrawAnswer>> RefuseWithdrawAsync(Actor actor, CustomerId? id, Serving serving, Problem problem, CancellationToken ct)
    {
        await RefuseAsync(ConsentFacts.Withdrawn, actor, id, serving, problem, ct);
        return problem;
    }

    private async Task<Outcome<ConsentsAnswer>> RefuseAsync(string fact, Actor actor, CustomerId? id, Serving serving, Problem problem, CancellationToken ct)
    {
        await log.AppendAsync(ConsentFacts.Of(fact, actor, serving) with
        {
            Customer = id,
            Decision = Verdict.Deny,
            Reasons =
            [
                .. problem.Errors.Select(error => error.Code).Prepend(problem.Code).Concat(problem.Reasons.Select(reason => reason.Code))
                    .Distinct(StringComparer.Ordinal).Take(16),
            ],
        }, guard: null, ct);
        return problem;
    }

    private sealed record Written(IReadOnlyDictionary<PurposeKey, ConsentState> States, EntryId Entry);
}
