using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Store.Catalogue;

/// <summary>What people call the catalogue's keys, and as much of each item as a screen needs to offer it. No rule and no value is in it.</summary>
internal sealed record CatalogueWordsView(
    IReadOnlyList<ItemWords> Items, IReadOnlyList<KeyWords> Purposes, IReadOnlyList<KeyWords> Records, IReadOnlyList<KeyWords> Posts);

internal sealed record KeyWords(string Key, string Zh, string En);

/// <param name="Kind">Name of the identifier kind: what a typed value is recognised by.</param>
/// <param name="Find">exact, exact-ask-second, combined (with another item only) or none.</param>
/// <param name="Identifies">A document number that proves identity.</param>
/// <param name="Purposes">What it may be used for: under any other purpose the decision keeps it back.</param>
internal sealed record ItemWords(
    ItemKey Key, string Zh, string En, string Category, Level Level, string Kind, string Find, bool Identifies, IReadOnlyList<ItemKey> Partners, IReadOnlyList<KeyWords> Options,
    IReadOnlyList<PurposeKey> Purposes);

/// <summary>GET /v1/catalogue/words: the catalogue's names in both languages, for everybody who is signed in.</summary>
internal static class CatalogueWords
{
    public static void MapCatalogue(this IEndpointRouteBuilder app)
    {
        CatalogueBrowser.Map(app);
        app.MapGet("/v1/catalogue/words", async (Actor actor, ICatalogues catalogues, CancellationToken ct) =>
                TypedResults.Ok(Of((await catalogues.AtAsync(actor.ConfigEpoch, ct)).Catalogue)))
            .RequirePolicy(Doors.SignedIn).Records(LogFacts.Nothing).WithName("catalogue-words");
        PostDuties.Map(app);
    }

    private static CatalogueWordsView Of(InformationCatalogue catalogue) => new(
        [.. catalogue.Items.Select(item => new ItemWords(
            item.Key, item.Title.Zh, item.Title.En, Kebab.Of(item.Category), item.Level, item.Kind, Kebab.Of(item.Search), item.Identifies,
            [.. item.Partners], [.. item.Options.Select(option => Named(option.Key, option.Title))], [.. item.Purposes]))],
        [.. catalogue.Purposes.Select(purpose => Named(purpose.Key.Value, purpose.Title))],
        [.. catalogue.Records.Select(record => Named(record.Key.Value, record.Title))],
        [.. catalogue.Posts.Select(post => Named(post.Key.Value, post.Title))]);

    private static KeyWords Named(string key, Bilingual title) => new(key, title.Zh, title.En);
}
