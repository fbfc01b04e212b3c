using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Json;
using Strongroom.Keys;
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
    /// <summary>Null: no such customer for this caller. The reading is an entry before it is answered.</summary>
    public async Task<ReceiptsAnswer?> ListAsync(CustomerId id, Actor actor, CancellationToken ct)
    {
        var seen = await desk.SeeAsync(id, actor, ReadScope.Outline, ct);
        var history = seen is null ? null : await database.ReadAsync(tx => consents.HistoryAsync(tx, id), ct);
        await RecordAsync(Fact(ConsentFacts.ReceiptsRead, actor, seen is null ? null : id), actor, ct);
        return history is null ? null : new ReceiptsAnswer(id, [.. history.Rows.GroupBy(row => row.Receipt).Select(group => new ReceiptLine(
            group.Key, group.Max(row => row.Recorded), group.GroupBy(row => row.Event.Purpose).ToDictionary(rows => rows.Key, rows => rows.Last().State)))]);
    }

    /// <summary>Null: no such receipt for this caller, or one of its rows was altered: no half receipt is given.</summary>
    public async Task<SignedDocument?> OneAsync(ReceiptId id, Actor actor, CancellationToken ct)
    {
        var intake = await database.ReadAsync(tx => intakes.OfReceiptAsync(tx, id), ct);
        var seen = intake is null ? null : await desk.SeeAsync(intake.Customer, actor, ReadScope.Outline, ct);
        ConsentReceipt? receipt = null;
        if (intake is not null && seen is not null)
        {
            var history = await database.ReadAsync(tx => consents.OfReceiptAsync(tx, intake.Customer, id), ct);
            receipt = ConsentReceipt.Build(history, Frame(intake, history, seen));
        }

        await RecordAsync(Fact(ConsentFacts.ReceiptRead, actor, receipt is null ? null : intake!.Customer), actor, ct);
        return receipt?.Sign(signer);
    }

    /// <exception cref="UndoneException">The caller's rights moved meanwhile: ask again.</exception>
    private async Task RecordAsync(LogFact fact, Actor actor, CancellationToken ct)
    {
        if (await log.AppendAsync(fact, actor.Guard(), ct) is AppendOutcome.Changed)
        {
            throw new UndoneException(Spine.Access.Problem.Of(Spine.Access.Reasons.RowChanged));
        }
    }

    private static LogFact Fact(string name, Actor actor, CustomerId? customer) => ConsentFacts.Of(name, actor) with
    {
        Customer = customer,
        Decision = customer is null ? Verdict.Deny : Verdict.Permit,
        Reasons = customer is null ? [Spine.Access.Reasons.CustomerUnknown.Code] : [],
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
            new ReceiptController(seen.Customer.Entity, new Bilingual(party?.Handler ?? "", party?.Handler ?? ""), party?.Contact ?? ""),
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
