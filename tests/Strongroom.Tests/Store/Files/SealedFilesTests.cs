using System.Security.Cryptography;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Files;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store.Files;

public abstract class SealedFilesSuite(TestStore store) : StoreWorld(store)
{
    private async Task<(FilePlace Place, CustomerKeys Keys)> PlaceAsync(Compartment compartment = Compartment.Sensitive)
    {
        var customer = await CustomerAsync();
        var open = await Keys.OpenAsync(new KeyOwner(customer.Value));
        return (new FilePlace(customer, RecordId.New(), ItemKey.Of("id_image"), 1, compartment), open!);
    }

    private Task<bool> AttachAsync(FileId id, FilePlace place) => Db.WriteAsync(tx => Files.AttachAsync(tx, id, place));

    [Theory]
    [InlineData(0, Compartment.Sensitive)]
    [InlineData(1, Compartment.General)]
    [InlineData(3_000_000, Compartment.Sensitive)]
    public async Task A_file_comes_back_whole_once_it_is_attached(int size, Compartment compartment)
    {
        var (place, keys) = await PlaceAsync(compartment);
        var content = RandomNumberGenerator.GetBytes(size);

        var file = await Files.WriteAsync(keys, place, new MemoryStream(content));

        Assert.Null(await Files.FindAsync(file.Id));
        await Assert.ThrowsAsync<BrokenSealException>(() => Files.OpenAsync(keys, file, Stream.Null));
        Assert.False(await AttachAsync(file.Id, place with { Version = 2 }));
        Assert.True(await AttachAsync(file.Id, place));
        Assert.False(await AttachAsync(file.Id, place));
        var output = new MemoryStream();
        Assert.Equal(size, await Files.OpenAsync(keys, (await Files.FindAsync(file.Id))!, output));
        Assert.Equal(content, output.ToArray());
    }

    [Theory]
    [InlineData("DELETE FROM sensitive_chunk WHERE n = 1", DbRole.Sensitive)]
    [InlineData("DELETE FROM sensitive_chunk WHERE n = 3", DbRole.Sensitive)]
    [InlineData("UPDATE sensitive_chunk SET n = 4 - n WHERE n = 1 OR n = 3", DbRole.Sensitive)]
    [InlineData("UPDATE sensitive_chunk SET bytes = (SELECT bytes FROM sensitive_chunk WHERE n = 2) WHERE n = 1", DbRole.Sensitive)]
    [InlineData("UPDATE sealed_file SET chunks = 2", null)]
    [InlineData("UPDATE sealed_file SET item = 'face'", null)]
    public async Task A_file_that_was_touched_does_not_open(string edit, DbRole? role)
    {
        var (place, keys) = await PlaceAsync();
        var file = await Files.WriteAsync(keys, place, new MemoryStream(RandomNumberGenerator.GetBytes(900_000)));
        await AttachAsync(file.Id, place);
        if (edit.Contains("4 - n", StringComparison.Ordinal))
        {
            // In two steps, for the key is unique at every moment.
            await TamperAsync("UPDATE sensitive_chunk SET n = 100 WHERE n = 1", null, role);
            await TamperAsync("UPDATE sensitive_chunk SET n = 1 WHERE n = 3", null, role);
            edit = "UPDATE sensitive_chunk SET n = 3 WHERE n = 100";
        }

        await TamperAsync(edit, null, role);

        await Assert.ThrowsAsync<BrokenSealException>(() => Files.OpenAsync(keys, file, Stream.Null));
    }

    [Fact]
    public async Task Two_files_of_one_item_cannot_be_exchanged_nor_opened_by_another_customer()
    {
        var (place, keys) = await PlaceAsync();
        var one = await Files.WriteAsync(keys, place, new MemoryStream([1, 2, 3]));
        var two = await Files.WriteAsync(keys, place, new MemoryStream([4, 5, 6]));
        await AttachAsync(one.Id, place);
        await AttachAsync(two.Id, place);
        await TamperAsync("DELETE FROM sensitive_chunk WHERE file = @one", new { one = one.Id.Bytes }, DbRole.Sensitive);
        await TamperAsync("UPDATE sensitive_chunk SET file = @one WHERE file = @two", new { one = one.Id.Bytes, two = two.Id.Bytes }, DbRole.Sensitive);

        await Assert.ThrowsAsync<BrokenSealException>(() => Files.OpenAsync(keys, one, Stream.Null));
        var (_, stranger) = await PlaceAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Files.OpenAsync(stranger, two, Stream.Null));
    }

    [Fact]
    public async Task The_sweep_takes_what_was_never_attached_and_nothing_else()
    {
        var (place, keys) = await PlaceAsync();
        var kept = await Files.WriteAsync(keys, place, new MemoryStream([1]));
        await AttachAsync(kept.Id, place);
        var lost = await Files.WriteAsync(keys, place, new MemoryStream([2]));
        Clock.Now += 10_000;
        var fresh = await Files.WriteAsync(keys, place, new MemoryStream([3]));

        Assert.Equal(1, await Files.SweepAsync(T0 + 5_000));

        Assert.False(await AttachAsync(lost.Id, place));
        Assert.True(await AttachAsync(fresh.Id, place));
        Assert.NotNull(await Files.FindAsync(kept.Id));
        await Db.WriteAsync(tx => Files.DeleteAsync(tx, [kept.Id, fresh.Id]));
        Assert.Null(await Files.FindAsync(kept.Id));
        Assert.Equal(0L, await Db.ReadAsync(async tx =>
        {
            await using var role = await tx.AsRoleAsync(DbRole.Sensitive);
            return await tx.ScalarAsync<long>("SELECT COUNT(*) FROM sensitive_chunk");
        }));
    }
}

public sealed class SealedFilesOnSqlite() : SealedFilesSuite(TestStore.Sqlite());

public sealed class SealedFilesOnPostgres(PostgresServer server) : SealedFilesSuite(TestStore.Postgres(server));
