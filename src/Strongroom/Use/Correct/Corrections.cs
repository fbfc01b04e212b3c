using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Idempotency;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Compartments;
using Strongroom.Store.Customers;
using Strongroom.Use.Asking;

namespace Strongroom.Use.Correct;

/// <summary>Writes decided corrections: values, search rows, claims and the entry in one transaction (R4, R117).</summary>
internal sealed class Corrections(
    Database database, Asking.Asking asking, ICustomers customers, ItemSealer sealer, ItemOpener opener, IKeyring keyring, IAuditLog log, IdempotencyStore idempotency, TimeProvider time)
{
    /// <summary>The epoch of the search blocks may move once while a correction is under way.</summary>
    private const int MostEpochs = 2;

    /// <summary>Decides and writes.</summary>
    /// <param name="claim">The request's idempotency key; null without one.</param>
    /// <param name="attach">Runs in the transaction before the values are written; false undoes everything.</param>
    /// <param name="after">Runs once it is durable, with the customer as he was before; not for a repeated request.</param>
    public async Task<Outcome<CorrectAnswer>> ApplyAsync(
        Caller caller, Ask ask, IReadOnlyList<ItemChange> changes, IdempotencyClaim? claim, Func<Tx, Task<bool>>? attach, CancellationToken ct, Func<Judged, Task>? after = null)
    {
        for (var (decisions, epochs) = (0, 0); decisions < Asking.Asking.MostDecisions; decisions++)
        {
            if (await asking.JudgeAsync(caller, ask, again: decisions > 0, ct) is not { } judged)
            {
                return Reasons.SignInNeeded;
            }

            if (!judged.Decision.IsPermit || judged.Customer is not { } customer)
            {
                if (await asking.RecordAsync(judged, ct) is AppendOutcome.Changed)
                {
                    continue;
                }

                return judged.Decision.ToProblem();
            }

            if (CorrectRules.Errors(changes, customer, judged.Knowledge.Catalogue) is { Count: > 0 } errors)
            {
                return Problem.Of(errors);
            }

            var written = await TryWriteAsync(judged, customer, changes, claim, attach, ct);
            switch (written)
            {
                case Written.Done done:
                    await (done.Answer.Entry is null || after is null ? Task.CompletedTask : after(judged));
                    return done.Answer;
                case Written.Refused refused:
                    return refused.Problem;
                case Written.EpochMoved when epochs++ < MostEpochs:
                    await keyring.RefreshAsync(ct);
                    decisions--;
                    break;
                default:
                    break;
            }
        }

        return Reasons.AccessUnsettled;
    }

    private async Task<Written> TryWriteAsync(
        Judged judged, CustomerSnapshot customer, IReadOnlyList<ItemChange> changes, IdempotencyClaim? claim, Func<Tx, Task<bool>>? attach, CancellationToken ct)
    {
        var made = await MakeAsync(judged, customer, changes, ct);
        if (made is null)
        {
            return new Written.Refused(Problem.Of(Reasons.KeysUnavailable));
        }

        try
        {
            return await database.WriteAsync<Written>(async tx =>
            {
                if (claim is not null && await EarlierAsync(tx, claim, customer, changes) is { } earlier)
                {
                    return earlier;
                }

                if (await asking.HoldAsync(tx, judged) is not { } fact || (attach is not null && !await attach(tx)))
                {
                    throw new UndoException(new Written.Again());
                }

                foreach (var correction in made)
                {
                    (await customers.CorrectItemsAsync(tx, correction)).OrUndo();
                }

                var answer = Answer(customer.Id, changes, null);
                if (claim is not null)
                {
                    await idempotency.FinishAsync(tx, claim, 200, new Dictionary<string, string> { ["customer"] = customer.Id.ToString() });
                }

                return new Written.Done(answer with { Entry = await log.AppendAsync(tx, fact, ct) });
            }, ct);
        }
        catch (UndoException undo)
        {
            return undo.Why;
        }
        catch (WriteRefusedException refused)
        {
            return Of(refused.Outcome);
        }
    }

    /// <summary>A request that was done before: the same answer from what it left, without doing it again.</summary>
    private async Task<Written?> EarlierAsync(Tx tx, IdempotencyClaim claim, CustomerSnapshot customer, IReadOnlyList<ItemChange> changes) =>
        await idempotency.BeginAsync(tx, claim) switch
        {
            EarlierOutcome.None => null,
            EarlierOutcome.Done => new Written.Done(Answer(customer.Id, changes, null)),
            _ => throw new UndoException(new Written.Refused(Problem.Of(Reasons.IdempotencyMismatch))),
        };

    private static CorrectAnswer Answer(CustomerId customer, IReadOnlyList<ItemChange> changes, EntryId? entry) =>
        new(customer, [.. changes.Select(change => new ItemVersion(change.Record, change.Item, change.Version + 1))], entry);

    private static Written Of(WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Stale => new Written.Refused(Problem.Of(Reasons.RowChanged)),
        WriteOutcome.ClaimTaken => new Written.Refused(Problem.Of(Reasons.DocumentTaken)),
        WriteOutcome.EpochMoved => new Written.EpochMoved(),
        WriteOutcome.NotThere => new Written.Refused(Problem.Of(Reasons.CustomerUnknown)),
        _ => new Written.Again(),
    };

    /// <summary>Seals the new values, record by record; null when a customer's keys are gone.</summary>
    private async Task<IReadOnlyList<Correction>?> MakeAsync(Judged judged, CustomerSnapshot customer, IReadOnlyList<ItemChange> changes, CancellationToken ct)
    {
        var made = new List<Correction>();
        foreach (var group in changes.GroupBy(change => change.Record))
        {
            var record = customer.Records.First(one => one.Id == group.Key);
            var parts = await PartsAsync(judged, customer, record, group.ToList(), ct);
            using var keys = await keyring.OpenAsync(new KeyOwner(record.Owner.Value), ct);
            if (keys is null)
            {
                return null;
            }

            made.Add(Make(judged, record, group.ToList(), parts, keys));
        }

        return made;
    }

    /// <summary>
    /// Clear texts that combined search keys need besides the changed ones: other items of the record, and of the customer's other records.
    /// They are opened to be digested and shown to nobody.
    /// </summary>
    private async Task<Dictionary<ItemKey, string>> PartsAsync(
        Judged judged, CustomerSnapshot customer, RecordSnapshot record, List<ItemChange> changes, CancellationToken ct)
    {
        var changed = changes.Select(change => change.Item).ToHashSet();
        var needed = judged.Knowledge.CombinedKeys.Where(key => key.Parts.Any(part => changed.Contains(part.Item)))
            .SelectMany(key => key.Parts.Select(part => part.Item)).Where(item => !changed.Contains(item)).ToHashSet();
        var held = HeldItem.Of(customer, judged.Knowledge, null, needed)
            .OrderByDescending(item => item.Record.Id == record.Id).DistinctBy(item => item.Value.Key).ToList();
        var texts = await opener.OpenAsync(held, ct);
        return Enumerable.Range(0, held.Count).Where(i => texts[i] is not null).ToDictionary(i => held[i].Value.Key, i => texts[i]!);
    }

    private Correction Make(Judged judged, RecordSnapshot record, List<ItemChange> changes, Dictionary<ItemKey, string> parts, CustomerKeys keys)
    {
        var now = time.NowMs();
        var known = judged.Knowledge;
        var corrected = new List<CorrectedItem>();
        var (blocks, claims) = (new List<NewBlock>(), new List<NewClaim>());
        var sealing = changes.Where(change => change.Value is not null).Select(change => Sealing(judged, record, change)).ToList();

        // Each value keeps the provenance, and with it the purposes, of the value it replaces; so each is sealed with its own intake.
        var combined = known.CombinedKeys.Where(key => key.Parts.Any(part => changes.Exists(change => change.Item == part.Item))).ToList();
        var made = sealer.Seal(keys, record.Id, IntakeOf(record, null), now, sealing, combined, parts);
        blocks.AddRange(made.Blocks.Select(block => Usual(block, known)));
        claims.AddRange(made.Claims);
        foreach (var change in changes)
        {
            var item = known.Item(change.Item)!;
            var held = record.Items.FirstOrDefault(one => one.Key == change.Item);
            var compartment = Place(judged, record, item);
            corrected.Add(new CorrectedItem(
                change.Item,
                compartment,
                change.Version,
                made.Items.FirstOrDefault(one => one.Key == change.Item) is { } sealedItem ? sealedItem with { Intake = IntakeOf(record, held) } : null,
                CorrectRules.KeepOldUntil(item.Definition.Retain, now)));
        }

        var searchKeys = changes.Select(change => SearchKeyName.Make(change.Item.Value)).Concat(combined.Select(key => key.Key)).Distinct().ToList();
        return new Correction(record.Owner, record.Id, corrected, searchKeys, blocks, claims) { Day = DayOf(known.Catalogue, record, changes) };
    }

    /// <summary>The record's day follows the value that dates it, back and never forward; one taken away leaves it.</summary>
    private static DateOnly? DayOf(InformationCatalogue catalogue, RecordSnapshot record, List<ItemChange> changes) =>
        changes.Find(change => change.Item == RecordDays.ItemOf(catalogue, record.Type)) is { Value: { } value } change
            ? RecordDays.Of(catalogue, change.Item, value)
            : null;

    private static ItemToSeal Sealing(Judged judged, RecordSnapshot record, ItemChange change)
    {
        var item = judged.Knowledge.Item(change.Item)!;
        return new ItemToSeal(item.Spec with { Compartment = Place(judged, record, item) }, change.Value!, change.Version + 1);
    }

    /// <summary>Where the value lies: beside the one it replaces; a child's always with the sensitive ones (PIPL 28).</summary>
    private static Compartment Place(Judged judged, RecordSnapshot record, ItemKnown item) =>
        record.Items.FirstOrDefault(one => one.Key == item.Definition.Key)?.Compartment
        ?? (judged.Minor ? Compartment.Sensitive : item.Spec.Compartment);

    /// <summary>Search rows lie where the catalogue says, wherever the value does.</summary>
    private static NewBlock Usual(NewBlock block, Knowledge known) =>
        known.CombinedKeys.FirstOrDefault(key => key.Key == block.Key) is { } combined ? block with { Compartment = combined.Compartment }
        : known.Item(ItemKey.Make(block.Key.Value)) is { } item ? block with { Compartment = item.Spec.Compartment }
        : block;

    /// <summary>A value the record did not have was asked for when the record was taken in.</summary>
    private static IntakeId IntakeOf(RecordSnapshot record, SealedItem? held) =>
        held?.Intake ?? record.Items.Select(item => item.Intake).FirstOrDefault();

    private abstract record Written
    {
        private Written()
        {
        }

        public sealed record Done(CorrectAnswer Answer) : Written;

        public sealed record Refused(Problem Problem) : Written;

        public sealed record EpochMoved : Written;

        /// <summary>What the decision rested on moved: decide again.</summary>
        public sealed record Again : Written;
    }

    private sealed class UndoException(Written why) : Exception
    {
        public Written Why { get; } = why;
    }
}
