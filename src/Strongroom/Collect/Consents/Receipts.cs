using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Intakes;

namespace Strongroom.Collect.Consents;

/// <summary>Consent receipts after ISO/IEC TS 27560 (R23): built from the history and signed each time one is fetched; the log proves them.</summary>
internal sealed class Receipts(Database database, ConsentDesk desk, IConsents consents, IIntakes intakes, ISigner signer, IAuditLog log)
{
    /// <summary>The reading is an entry before it is answered.</summary>
    /// <exception cref="UndoneException">The caller's rights moved meanwhile: ask again.</exception>
    public async Task<Outcome<ReceiptsAnswer>> ListAsync(CustomerId id, Serving serving, Actor actor, CancellationToken ct)
    {
        var seen = await desk.SeeAsync(id, actor, ReadScope.Outline, ct);
        var denied = await desk.RefusalAsync(actor, Act.Receipts, [null], [], seen, serving, ct);
        var history = denied is null ? await database.ReadAsync(tx => consents.HistoryAsync(tx, id), ct) : null;
        await RecordAsync(Fact(ConsentFacts.ReceiptsRead, actor, seen.Customer?.Id, serving, denied), actor, seen, ct);
        return denied is not null ? denied : new ReceiptsAnswer(id, [.. history!.Rows.GroupBy(row => row.Receipt).Select(group => new ReceiptLine(
            group.Key, group.Max(row => row.Recorded), group.GroupBy(row => row.Event.Purpose).ToDictionary(rows => rows.Key, rows => rows.Last().State)))]);
    }

    /// <summary>Refused alike: no such receipt, out of the caller's reach, or one of its rows was altered: no half receipt is given.</summary>
    /// <exception cref="UndoneException">The caller's rights moved meanwhile: ask again.</exception>
    public async Task<Outcome<SignedDocument>> OneAsync(ReceiptId id, Serving serving, Actor actor, CancellationToken ct)
    {
        var intake = await database.ReadAsync(tx => intakes.OfReceiptAsync(tx, id), ct);

        // Without a receipt a customer is read all the same, so that the time taken tells nothing.
        var seen = await desk.SeeAsync(intake?.Customer ?? CustomerId.New(), actor, ReadScope.Outline, ct);
        var denied = await desk.RefusalAsync(actor, Act.Receipts, [null], [], seen, serving, ct);
        ConsentReceipt? receipt = null;
        if (denied is null)
        {
            var history = await database.ReadAsync(tx => consents.OfReceiptAsync(tx, intake!.Customer, id), ct);
            receipt = ConsentReceipt.Build(history, Frame(intake!, history, seen));
            denied = receipt is null ? Problem.Of(Reasons.NotFound) : null;
        }

        await RecordAsync(Fact(ConsentFacts.ReceiptRead, actor, seen.Customer?.Id, serving, denied), actor, seen, ct);
        return denied switch
        {
            null => receipt!.Sign(signer),
            { Code: var code } when code == Reasons.CustomerUnknown.Code => Reasons.NotFound,
            _ => denied,
        };
    }

    private async Task RecordAsync(LogFact fact, Actor actor, CustomerSeen seen, CancellationToken ct)
    {
        if (await log.AppendAsync(fact, actor.Guard() with { ConfigEpoch = seen.Settings.Epoch }, ct) is AppendOutcome.Changed)
        {
            throw new UndoneException(Problem.Of(Reasons.RowChanged));
        }
    }

    private static LogFact Fact(string name, Actor actor, CustomerId? customer, Serving serving, Problem? denied) => ConsentFacts.Of(name, actor, serving) with
    {
        Customer = customer,
        Decision = denied is null ? Verdict.Permit : Verdict.Deny,
        Reasons = denied is null ? [] : [.. denied.Reasons.Select(reason => reason.Code).Prepend(denied.Code).Distinct(StringComparer.Ordinal).Take(16)],
    };

    private static ReceiptFrame Frame(IntakeRecord intake, ConsentHistory history, CustomerSeen seen)
    {
        var notice = seen.Settings.Notice(intake.Notice, (int)intake.NoticeVersion);
        var party = notice?.Party;
        var purposes = history.Rows.Select(row => row.Event.Purpose).Distinct()
            .Select(seen.Settings.Catalogue.Purpose).OfType<PurposeDefinition>()
            .Select(purpose => Purpose(purpose, notice?.Text, seen.Settings.Catalogue))
            .ToList();
        return new ReceiptFrame(
            new ReceiptController(seen.Customer!.Entity, new Bilingual(party?.Handler ?? "", party?.Handler ?? ""), party?.Contact ?? ""),
            notice is null ? [] : [new ReceiptNotice(notice.Text.Key, notice.Text.Version, "zh")],
            purposes);
    }

    private static ReceiptPurpose Purpose(PurposeDefinition purpose, NoticeText? notice, InformationCatalogue catalogue) => new(
        purpose.Key,
        purpose.Title,
        purpose.Bases[0],
        [.. (notice?.Items ?? []).Select(catalogue.Item).OfType<ItemDefinition>().Where(item => item.Purposes.Contains(purpose.Key))
            .Select(item => new ReceiptItem(item.Key, item.Title, item.Mark == Mark.Sensitive))],
        [.. (notice?.Zh.Recipients ?? []).Zip(notice?.En.Recipients ?? [], (zh, en) => new Bilingual(zh.Name, en.Name))],
        new Bilingual(notice?.Zh.Retention ?? "", notice?.En.Retention ?? ""),
        new Bilingual(notice?.Zh.Rights ?? "", notice?.En.Rights ?? ""));
}
