using Microsoft.Extensions.Logging.Abstractions;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Policies;
using Strongroom.Store.Catalogue;
using Strongroom.Tests.Harness;
using Strongroom.Tests.Spine.Policies;

namespace Strongroom.Tests.Store.Catalogue;

/// <summary>The catalogue lives in authenticated rows; packs are only how it comes and goes.</summary>
public abstract class CataloguesSuite(TestStore store) : StoreSuite(store)
{
    private readonly MemoryLog log = new();
    private ControlStore rows = null!;
    private Catalogues catalogues = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        rows = new ControlStore(new ControlRows(new ControlTestMac()), log, new ControlAlarms(log, NullLogger<ControlAlarms>.Instance), TimeProvider.System);
        catalogues = new Catalogues(Db, rows);
    }

    [Fact]
    public async Task Merged_packs_read_back_equal_and_loading_them_again_changes_nothing()
    {
        var merged = Merged("airline", "hotel");
        Assert.NotNull(await Db.WriteAsync(tx => catalogues.SaveAsync(tx, merged, LogActor.System)));
        var read = PackWriter.Write((await new Catalogues(Db, rows).AtAsync(0)).Catalogue);
        Assert.All(PackWriter.Write(merged), file => Assert.Equal(file.Value, read[file.Key]));
        Assert.Null(await Db.WriteAsync(tx => catalogues.SaveAsync(tx, merged, LogActor.System)));
        Assert.Equal("catalogue-changed", Assert.Single(log.Facts, f => f.Rows.Count > 0).Act.Value);
    }

    [Fact]
    public async Task A_newer_catalogue_is_read_at_its_epoch()
    {
        await Db.WriteAsync(tx => catalogues.SaveAsync(tx, Merged("airline"), LogActor.System));
        var before = await catalogues.AtAsync(0);
        await Db.WriteAsync(tx => new Catalogues(Db, rows).SaveAsync(tx, Merged("airline", "hotel"), LogActor.System));
        Assert.Same(before, await catalogues.AtAsync(before.Epoch));
        Assert.NotNull((await catalogues.AtAsync(before.Epoch + 1)).Catalogue.Item(ItemKey.Of("stay")));
    }

    [Fact]
    public async Task An_altered_row_leaves_no_catalogue_at_all()
    {
        await Db.WriteAsync(tx => catalogues.SaveAsync(tx, Merged("general"), LogActor.System));
        await Db.WriteAsync(tx => tx.ExecuteAsync("UPDATE control_row SET content = REPLACE(content, 'level: 4', 'level: 1') WHERE kind = 'catalogue'"));
        await Assert.ThrowsAsync<CatalogueUnavailableException>(async () => await new Catalogues(Db, rows).AtAsync(0));
    }

    [Fact]
    public async Task Without_rows_there_is_no_catalogue() =>
        await Assert.ThrowsAsync<CatalogueUnavailableException>(async () => await catalogues.AtAsync(0));

    private static InformationCatalogue Merged(params string[] packs) =>
        Assert.IsType<CatalogueMergeResult.Merged>(
            CatalogueMerge.Merge(Catalogues.Own, new Bilingual("本安装", "This installation"), packs.Select(Packs.Load))).Catalogue;
}

public sealed class CataloguesOnSqlite() : CataloguesSuite(TestStore.Sqlite());

public sealed class CataloguesOnPostgres(PostgresServer server) : CataloguesSuite(TestStore.Postgres(server));
