using System.Collections.Concurrent;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;

namespace Strongroom.Store.Catalogue;

/// <summary>One file of the installation's catalogue, as a control row: the rows are the truth, packs are how they come and go.</summary>
internal sealed record CatalogueFile(string Name, string Text);

/// <summary>The catalogue of this installation at a configuration epoch.</summary>
internal interface ICatalogues
{
    /// <summary>Reads the rows when the epoch is newer than what is held; the answer carries the epoch it was read at (≥ the one asked).</summary>
    /// <exception cref="CatalogueUnavailableException">Rows are missing, altered, or do not load: nothing may be decided.</exception>
    ValueTask<CatalogueAt> AtAsync(long epoch, CancellationToken ct = default);
}

internal sealed record CatalogueAt(long Epoch, InformationCatalogue Catalogue);

/// <summary>The catalogue's rows are not whole. Everything that needs them fails closed.</summary>
internal sealed class CatalogueUnavailableException(string where) : Exception($"The catalogue cannot be used: {where}.");

/// <summary>Keeps the catalogue in control rows: one per file of the written pack, so every change is versioned, authenticated and logged (R14–R16).</summary>
internal sealed class Catalogues(Database data, ControlStore rows) : ICatalogues
{
    public const string Kind = "catalogue";

    /// <summary>Id of the installation's own merged pack.</summary>
    public const string Own = "installation";

    private static readonly FactName Changed = FactName.Of("catalogue-changed");

    private readonly ConcurrentDictionary<string, InformationCatalogue> parsed = new(StringComparer.Ordinal);
    private volatile CatalogueAt? current;

    public async ValueTask<CatalogueAt> AtAsync(long epoch, CancellationToken ct = default) =>
        current is { } held && held.Epoch >= epoch ? held : await data.ReadAsync(ReadAsync, ct);

    /// <summary>Inside a transaction that goes on to write.</summary>
    public async Task<CatalogueAt> ReadAsync(Tx tx)
    {
        var epoch = await ConfigEpoch.ReadAsync(tx);
        var list = await rows.ListAsync<CatalogueFile>(tx, Kind);
        if (!list.IsWhole || list.Rows.Count == 0)
        {
            throw new CatalogueUnavailableException(list.Rows.Count == 0 ? "no rows" : $"{list.Broken.Count} altered rows");
        }

        var stamp = string.Join(' ', list.Rows.Select(row => $"{row.Key}@{row.Version}"));
        var catalogue = parsed.GetOrAdd(stamp, _ => Parse(list));
        var read = new CatalogueAt(epoch, catalogue);
        if (current is not { } held || held.Epoch <= epoch)
        {
            current = read;
        }

        return read;
    }

    /// <summary>Writes the catalogue's files, each a new version of its row when it differs; one entry with their digests.</summary>
    public async Task<ControlSaved?> SaveAsync(Tx tx, InformationCatalogue catalogue, LogActor actor)
    {
        var changes = new List<ControlChange>();
        foreach (var (name, text) in PackWriter.Write(catalogue))
        {
            var key = ControlKey.Named(Kind, name);
            var held = await rows.LoadForUpdateAsync<CatalogueFile>(tx, key);
            if (held?.Content.Text != text)
            {
                changes.Add(ControlChange.Of(key, held?.Version ?? 0, new CatalogueFile(name, text)));
            }
        }

        return changes.Count == 0 ? null : await rows.SaveAllAsync(tx, changes, new LogFact { Act = Changed, Actor = actor });
    }

    private InformationCatalogue Parse(ControlList<CatalogueFile> list)
    {
        if (parsed.Count > 8)
        {
            parsed.Clear();
        }

        var texts = list.Rows.ToDictionary(row => row.Content.Name, row => row.Content.Text, StringComparer.Ordinal);
        return PackLoader.Load(Own, texts) switch
        {
            PackLoadResult.Loaded loaded => loaded.Catalogue,
            PackLoadResult.Broken broken => throw new CatalogueUnavailableException(broken.Mistakes[0].Code),
            _ => throw new CatalogueUnavailableException("unknown result"),
        };
    }
}
