using System.Security.Cryptography;
using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Ground.Identifiers;
using Strongroom.Keys;
using Strongroom.Store.Compartments;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;
using Strongroom.Store.Files;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Store;

/// <summary>No plaintext at rest: 200 values, searched as UTF-8, UTF-16, hex and base64 in all that the database keeps (R28).</summary>
public abstract class CanarySuite(TestStore store) : StoreWorld(store)
{
    private static readonly ItemSpec Mobile = new(ItemKey.Of("mobile"), Compartment.General, ItemKinds.Of("mobile"), Find: true, Identifies: false);
    private static readonly ItemSpec Note = new(ItemKey.Of("note"), Compartment.Sensitive, ItemKinds.Of("text"), Find: true, Identifies: true);
    private static readonly CombinedKey Both = new(
        SearchKeyName.Of("mobile-note"), Compartment.Sensitive, [new(Mobile.Key, null, Mobile.Kind), new(Note.Key, null, Note.Kind)]);

    [Fact]
    public async Task None_of_200_values_is_anywhere_in_the_database()
    {
        var canaries = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            canaries.AddRange(await FillAsync());
        }

        Assert.Equal(200, canaries.Distinct().Count());
        var needles = canaries.SelectMany(Forms).ToList();
        var kept = await EverythingKeptAsync();
        Assert.True(kept.Sum(part => part.Length) > 30_000);

        // The search itself is tried first: a marker that is stored in clear on purpose must be found.
        Assert.Contains(kept, part => part.AsSpan().IndexOf("profile"u8) >= 0);
        Assert.All(kept, part => Assert.All(needles, needle => Assert.True(part.AsSpan().IndexOf(needle) < 0)));
    }

    /// <summary>One customer with a value in every place that takes values; answers them.</summary>
    private async Task<string[]> FillAsync()
    {
        var customer = await CustomerAsync();
        var record = RecordId.New();
        var mobile = "139" + RandomNumberGenerator.GetInt32(10_000_000, 99_999_999);
        var (note, source, reference) = (Secret("note"), Secret("source"), Secret("call"));
        using var keys = await Keys.OpenAsync(new KeyOwner(customer.Value));
        var made = Sealer.Seal(keys!, record, IntakeId.From(5), T0, [new(Mobile, mobile), new(Note, note)], [Both]);
        await WriteAsync(tx => Customers.AddRecordAsync(tx, new NewRecord(
            customer, record, RecordTypeKey.Of("profile"), Airline, T0, made.Items, made.Blocks, made.Claims, Sealer.Source("crm", source))));
        var corrected = Sealer.Seal(keys!, record, IntakeId.From(6), T0, [new(Mobile, mobile, 2)], []);
        await WriteAsync(tx => Customers.CorrectItemsAsync(tx, new Correction(
            customer, record, [new CorrectedItem(Mobile.Key, Compartment.General, 1, corrected.Items[0], T0 + 1)],
            [SearchKeyName.Of("mobile")], corrected.Blocks, [])));
        var given = Event("market", ConsentEventKind.Give, T0);
        await Db.WriteAsync(tx => Consents.RecordAsync(tx, new ConsentSubmission(customer, ReceiptId.New(), IntakeId.From(5), T0,
            [new ConsentTaken(given, ItemSealer.SealReference(keys!, given.Id, reference))])));
        await Db.WriteAsync(tx => Matching.SuggestAsync(tx, Airline, customer, [Sealer.Lookup(Mobile, mobile)!], T0));
        await Files.WriteAsync(keys!, new FilePlace(customer, record, Note.Key, 1, Compartment.Sensitive), new MemoryStream(Encoding.UTF8.GetBytes(note)));
        return [mobile, note, source, reference];
    }

    private static string Secret(string what) => what + RandomNumberGenerator.GetHexString(20, lowercase: true);

    private static IEnumerable<byte[]> Forms(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        yield return utf8;
        yield return Encoding.Unicode.GetBytes(value);
        yield return Encoding.BigEndianUnicode.GetBytes(value);
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(utf8));
        yield return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8));
        for (var shift = 0; shift < 3; shift++)
        {
            // Base64 depends on where the value begins; the ends that mix with its neighbours are left out.
            var text = Convert.ToBase64String([.. new byte[shift], .. utf8]).TrimEnd('=');
            yield return Encoding.ASCII.GetBytes(text[(shift == 0 ? 0 : 4)..^2]);
        }
    }

    private async Task<List<byte[]>> EverythingKeptAsync()
    {
        if (Options is DatabaseOptions.Sqlite sqlite)
        {
            var files = Directory.GetFiles(Path.GetDirectoryName(sqlite.File)!);
            Assert.Contains(files, file => file.EndsWith("-wal", StringComparison.Ordinal));
            return files.Select(Shared).ToList();
        }

        // Every column of every table, as bytes.
        await using var admin = await server!.AdminAsync(new Npgsql.NpgsqlConnectionStringBuilder(((DatabaseOptions.Postgres)Options).ConnectionString).Database);
        var tables = new List<string>();
        await using (var command = new Npgsql.NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'strongroom'", admin))
        await using (var rows = await command.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                tables.Add(rows.GetString(0));
            }
        }

        Assert.True(tables.Count > 15);
        var kept = new List<byte[]>();
        foreach (var table in tables)
        {
            var all = new MemoryStream();
            await using var command = new Npgsql.NpgsqlCommand($"SELECT * FROM strongroom.\"{table}\"", admin);
            await using var rows = await command.ExecuteReaderAsync();
            while (await rows.ReadAsync())
            {
                for (var i = 0; i < rows.FieldCount; i++)
                {
                    all.Write(rows.GetValue(i) switch { byte[] bytes => bytes, var other => Encoding.UTF8.GetBytes(other.ToString()!) });
                    all.WriteByte(0);
                }
            }

            kept.Add(all.ToArray());
        }

        return kept;
    }

    private protected PostgresServer? server;

    private static byte[] Shared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}

public sealed class CanaryOnSqlite() : CanarySuite(TestStore.Sqlite());

public sealed class CanaryOnPostgres : CanarySuite
{
    public CanaryOnPostgres(PostgresServer server) : base(TestStore.Postgres(server)) => this.server = server;
}
