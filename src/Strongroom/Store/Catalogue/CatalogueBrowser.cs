using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Ground.Masks;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Store.Catalogue;

/// <summary>The catalogue as data owners read it: every rule of every item and purpose, and no value of anybody (R14–R16).</summary>
internal sealed record CatalogueView(CataloguePack Pack, IReadOnlyList<CataloguePack> Includes, IReadOnlyList<CatalogueItem> Items, IReadOnlyList<CataloguePurpose> Purposes);

internal sealed record CataloguePack(string Id, string Version, string Zh, string En);

/// <param name="Mask">The mask's specification, as packs write it.</param>
/// <param name="Retain">How long it stays; with two terms the earlier end counts.</param>
/// <param name="Volume">Customers per operation or day at which a second person is asked.</param>
/// <param name="Records">Keys of the record types that hold it.</param>
/// <param name="Forms">Keys of the catalogue's forms that ask for it.</param>
internal sealed record CatalogueItem(
    ItemKey Key, string Zh, string En, Category Category, Level Level, Mark Mark, string Kind, string Mask, string Search, bool Identifies,
    IReadOnlyList<PurposeKey> Purposes, IReadOnlyList<CatalogueTerm> Retain, int Volume, IReadOnlyList<RecordTypeKey> Records, IReadOnlyList<FormKey> Forms,
    Bilingual? Note, bool ToConfirm);

/// <param name="After">The event the term counts from.</param>
/// <param name="Term">For example 3y, 6m, 30d, 24h.</param>
internal sealed record CatalogueTerm(string After, string Term);

/// <param name="Bases">PIPL 13(1)–(7), as packs name them.</param>
/// <param name="DutyItems">What a legal duty keeps by itself.</param>
internal sealed record CataloguePurpose(
    PurposeKey Key, string Zh, string En, IReadOnlyList<string> Bases, Bilingual? BasisNote, IReadOnlyList<CatalogueSource> Sources, IReadOnlyList<CatalogueTerm> Retain,
    bool AlsoConsent, IReadOnlyList<ConsentForm> ConsentForms, bool SeparateConsent, bool NeverClear, IReadOnlyList<ItemKey> DutyItems, bool ToConfirm);

internal sealed record CatalogueSource(string Zh, string En, string Article, string Version, bool ToConfirm);

/// <param name="Value">A made-up sample. It is masked and forgotten: neither kept nor logged nor answered.</param>
internal sealed record MaskTry(string Value);

/// <param name="Hidden">The mask does not understand the sample and hides all of it.</param>
internal sealed record MaskTried(string Shown, string Mask, bool Hidden);

/// <summary>GET /v1/catalogue, and what a mask makes of a sample.</summary>
internal static class CatalogueBrowser
{
    private const int LongestSample = 2_048;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/catalogue", async (Actor actor, ICatalogues catalogues, CancellationToken ct) =>
                TypedResults.Ok(Of((await catalogues.AtAsync(actor.ConfigEpoch, ct)).Catalogue)))
            .RequirePolicy(Doors.CatalogueRead).Records(LogFacts.Nothing).WithName("catalogue");
        app.MapPost("/v1/catalogue/items/{key}/mask", (ItemKey key, MaskTry ask, Actor actor, ICatalogues catalogues, CancellationToken ct) =>
                TryAsync(key, ask, actor, catalogues, ct))
            .RequirePolicy(Doors.CatalogueTry).Records(LogFacts.Nothing).WithName("catalogue-mask");
    }

    private static async Task<Results<Ok<MaskTried>, ProblemHttpResult>> TryAsync(ItemKey key, MaskTry ask, Actor actor, ICatalogues catalogues, CancellationToken ct)
    {
        if ((await catalogues.AtAsync(actor.ConfigEpoch, ct)).Catalogue.Item(key) is not { } item)
        {
            return Problem.Of(Reasons.NotFound).ToResult();
        }

        if (ask.Value.Length > LongestSample)
        {
            return Problem.Of([Reasons.FieldLong.At("value")]).ToResult();
        }

        var mask = Mask.Parse(item.Mask);
        var shown = mask.Apply(ask.Value);
        return TypedResults.Ok(new MaskTried(shown, mask.Spec, shown == Mask.Hidden));
    }

    private static CatalogueView Of(InformationCatalogue catalogue) => new(
        Of(catalogue.Pack), [.. catalogue.Includes.Select(Of)], [.. catalogue.Items.Select(item => Of(item, catalogue))], [.. catalogue.Purposes.Select(Of)]);

    private static CataloguePack Of(PackStamp pack) => new(pack.Id, pack.Version.ToString(), pack.Title.Zh, pack.Title.En);

    private static CatalogueItem Of(ItemDefinition item, InformationCatalogue catalogue) => new(
        item.Key, item.Title.Zh, item.Title.En, item.Category, item.Level, item.Mark, item.Kind, item.Mask, Kebab.Of(item.Search), item.Identifies,
        [.. item.Purposes], [Of(new RetentionTerm(item.Retain.After, item.Retain.Term)), .. item.Retain.Or is { } or ? (CatalogueTerm[])[Of(or)] : []], item.Volume,
        [.. catalogue.Records.Where(record => record.Items.Contains(item.Key)).Select(record => record.Key)],
        [.. catalogue.Forms.Where(form => form.Items.Any(one => one.Item == item.Key)).Select(form => form.Key)],
        item.Note, item.ToConfirm);

    private static CataloguePurpose Of(PurposeDefinition purpose) => new(
        purpose.Key, purpose.Title.Zh, purpose.Title.En, [.. purpose.Bases.Select(BasisCodes.Of)], purpose.BasisNote,
        [.. purpose.Sources.Select(source => new CatalogueSource(
            source.Law.Zh, source.Law.En, source.Article, source.Version.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), source.ToConfirm))],
        [.. purpose.Retain.Select(Of)], purpose.AlsoConsent, [.. purpose.ConsentForms], purpose.SeparateConsent, purpose.NeverClear, [.. purpose.DutyItems], purpose.ToConfirm);

    private static CatalogueTerm Of(RetentionTerm term) => new(Kebab.Of(term.After), term.Term.ToString());
}
