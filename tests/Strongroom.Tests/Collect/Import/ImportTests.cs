using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Collect.Import;
using Strongroom.Collect.Intake;
using Strongroom.Ground;
using Strongroom.Store.Catalogue;
using Strongroom.Store.Customers;
using Strongroom.Tests.Harness;

namespace Strongroom.Tests.Collect.Import;

/// <summary>Carries requests to the bulk of a world, as the server does, and can lose the answer or the whole server on the way.</summary>
internal sealed class BulkHandler(Func<string, PipeReader, PipeWriter, CancellationToken, Task> serve) : HttpMessageHandler
{
    public int Requests { get; private set; }

    /// <summary>What becomes of the n-th request: the answer, or nothing although the work was done.</summary>
    public Func<int, bool> LosesAnswer { get; set; } = _ => false;

    public Func<int, HttpStatusCode?> Refuses { get; set; } = _ => null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var n = ++Requests;
        if (Refuses(n) is { } status)
        {
            return new HttpResponseMessage(status) { Content = new StringContent("""{"type":"/problems/import.refused","zh":"不行","en":"No"}""") };
        }

        var output = new MemoryStream();
        var writer = PipeWriter.Create(output, new StreamPipeWriterOptions(leaveOpen: true));
        await serve(request.RequestUri!.AbsolutePath, PipeReader.Create(await request.Content!.ReadAsStreamAsync(cancellationToken)), writer, cancellationToken);
        await writer.CompleteAsync();
        return LosesAnswer(n) ? throw new HttpRequestException("lost") : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(output.ToArray()) };
    }
}

/// <summary>A world with a server to import through and a folder for the files beside an import.</summary>
public abstract class ImportWorld(TestStore store) : CollectWorld(store)
{
    private readonly string folder = Directory.CreateTempSubdirectory("sr-import-").FullName;

    private protected BulkHandler Server { get; private set; } = null!;

    private protected string Rejects => Path.Combine(folder, "rejects.csv");

    private protected string Resume => Path.Combine(folder, "resume.json");

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Server = new BulkHandler(async (path, input, output, ct) => await Bulk.RunAsync(
            new BulkRequest(FormKey.Of(path.Split('/')[^1]), await ActorAsync(), Again, Act.Import), input, output, ct));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected string Write(params string[] lines)
    {
        var path = Path.Combine(folder, RandomNumberGenerator.GetHexString(8) + ".csv");
        File.WriteAllText(path, string.Join('\n', lines) + "\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private protected async Task<ImportOutcome> RunAsync(string file, string mapping, int chunk = 500, Action<ImportProgress>? progress = null, CancellationToken ct = default)
    {
        using var http = new HttpClient(Server, disposeHandler: false) { BaseAddress = new Uri("https://localhost/") };
        var options = new ImportOptions(http, file, Path.Combine(Repository.Root, "samples", mapping + ".map.yaml"), Rejects, Resume, chunk);
        return await new CsvImport(options, TimeProvider.System).RunAsync(progress, ct);
    }
}

public abstract class ImportSuite(TestStore store) : ImportWorld(store)
{
    [Fact]
    public async Task Every_row_is_created_rejected_or_known_and_the_rejects_tell_where_without_values()
    {
        var file = Write(
            "PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked",
            "1,0,3,\"Braund, Mr. Owen Harris\",male,22,1,0,A/5 21171,7,,S",
            "2,1,1,SecretName,female,notanage,1,0,PC 17599,71,C85,C",
            "3,1,3,\"Open quote,female,26",
            "4,1,1,\"Futrelle, Mrs. Jacques\",female,35,1,0,113803,53,C123,S",
            "5,0,3,TooFew",
            "6,0,3,,male,,0,0,330877,8,,Q",
            "1,0,3,\"Braund, Mr. Owen Harris\",male,22,1,0,A/5 21171,7,,S");
        var seen = new List<ImportProgress>();

        var done = Assert.IsType<ImportOutcome.Done>(await RunAsync(file, "passengers-1912", progress: seen.Add));

        Assert.Equal(new ImportCounts(7, 2, 1, 4), done.Counts);
        var rejects = await File.ReadAllLinesAsync(Rejects);
        Assert.Equal("line,column,code,zh,en", rejects[0]);
        Assert.Equal(
            ["3,Age,number.shape", "4,,csv.quote-open", "6,,csv.columns", "7,Name,item.missing"],
            rejects.Skip(1).Select(line => string.Join(',', line.Split(',').Take(3))));
        Assert.DoesNotContain("SecretName", await File.ReadAllTextAsync(Rejects), StringComparison.Ordinal);
        Assert.False(File.Exists(Resume));
        Assert.Equal(done.Counts.Rows, seen[^1].Rows);
        Assert.Equal(new FileInfo(file).Length, seen[^1].Bytes);
        Assert.Equal("import", Log.Facts.First(fact => fact.Customer is not null).Act.Value);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Rejects));
        }

        // The same file again: everybody is known, the counts still add up.
        Assert.Equal(new ImportCounts(7, 0, 3, 4), Assert.IsType<ImportOutcome.Done>(await RunAsync(file, "passengers-1912")).Counts);
        Assert.Equal(2, await CountAsync("customer"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_run_killed_between_chunks_or_before_its_answer_goes_on_without_doubling(int dies)
    {
        var file = Write(["PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked", .. Enumerable.Range(1, 40).Select(Row)]);
        using var killed = new CancellationTokenSource();

        // The server does the work of this chunk; the client dies before it hears of it.
        Server.LosesAnswer = n => n == dies && Kill(killed);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(file, "passengers-1912", chunk: 9, ct: killed.Token));
        var rejectsThen = File.Exists(Rejects) ? await File.ReadAllTextAsync(Rejects) : "";
        await File.AppendAllTextAsync(Rejects, "half a li");
        Server.LosesAnswer = _ => false;

        var done = Assert.IsType<ImportOutcome.Done>(await RunAsync(file, "passengers-1912", chunk: 9));

        Assert.Equal(dies > 1, done.Resumed);
        Assert.Equal((40L, 4L), (done.Counts.Rows, done.Counts.Rejected));
        Assert.Equal(done.Counts.Rows, done.Counts.Created + done.Counts.Known + done.Counts.Rejected);
        Assert.Equal(36, await CountAsync("customer"));
        Assert.Equal(36, await CountAsync("record_source"));
        var rejects = await File.ReadAllLinesAsync(Rejects);
        Assert.Equal(["line", "11", "21", "31", "41"], rejects.Select(line => line.Split(',')[0]));
        Assert.StartsWith(rejectsThen, await File.ReadAllTextAsync(Rejects), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_and_a_refusal_stops_with_its_reason()
    {
        var file = Write(["PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked", .. Enumerable.Range(1, 9).Select(Row)]);
        Server.LosesAnswer = n => n == 1;
        Assert.Equal(new ImportCounts(9, 0, 9, 0), Assert.IsType<ImportOutcome.Done>(await RunAsync(file, "passengers-1912")).Counts);

        Server.Refuses = n => n == 4 ? HttpStatusCode.Forbidden : null;
        var other = Write(["PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked", .. Enumerable.Range(101, 9).Select(Row)]);
        var stopped = Assert.IsType<ImportOutcome.Stopped>(await RunAsync(other, "passengers-1912", chunk: 5));
        Assert.Equal(("import.refused", "No", 5L), (stopped.Why.Code, stopped.Why.En, stopped.Counts.Rows));
        Assert.Equal(new ImportCounts(9, 9, 0, 0), Assert.IsType<ImportOutcome.Done>(await RunAsync(other, "passengers-1912", chunk: 5)).Counts);
    }

    [Fact]
    public async Task Nothing_is_sent_when_mapping_header_or_resume_file_do_not_fit()
    {
        var file = Write("PassengerId,Name,Name,Sex", "1,A,B,male");
        Assert.Equal(
            ["1 Age csv.no-column", "1 Cabin csv.no-column", "1 Embarked csv.no-column", "1 Fare csv.no-column", "1 Name csv.twice", "1 Ticket csv.no-column"],
            Assert.IsType<ImportOutcome.Unfit>(await RunAsync(file, "passengers-1912")).Errors.Select(error => $"{error.At} {error.Code}").Order());
        await File.WriteAllTextAsync(Resume, "not ours");
        Assert.Equal("file.unsafe", Assert.IsType<ImportOutcome.Unfit>(await RunAsync(file, "passengers-1912")).Errors.Single().Code);
        File.SetUnixFileMode(Resume, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal("resume.unreadable", Assert.IsType<ImportOutcome.Unfit>(await RunAsync(file, "passengers-1912")).Errors.Single().Code);
        ImportFiles.WriteState(Resume, new ImportState(1, "other", "other", 0, 1, ImportCounts.None, 0));
        Assert.Equal("resume.file", Assert.IsType<ImportOutcome.Unfit>(await RunAsync(file, "passengers-1912")).Errors.Single().Code);
        Assert.Equal("file.missing", Assert.IsType<ImportOutcome.Unfit>(await RunAsync(Path.Combine(Path.GetDirectoryName(file)!, "none.csv"), "passengers-1912")).Errors.Single().Code);
        Assert.Equal(0, Server.Requests);
    }

    [Fact]
    public async Task The_files_beside_an_import_are_never_a_link_to_something_else()
    {
        var file = Write("PassengerId,Survived,Pclass,Name,Sex,Age,SibSp,Parch,Ticket,Fare,Cabin,Embarked", Row(1));
        var victim = Write("a file of somebody else's");
        var before = await File.ReadAllTextAsync(victim);
        foreach (var beside in new[] { Rejects, Resume })
        {
            File.CreateSymbolicLink(beside, victim);
            Assert.Equal("file.unsafe", Assert.IsType<ImportOutcome.Unfit>(await RunAsync(file, "passengers-1912")).Errors.Single().Code);
            File.Delete(beside);
        }

        File.CreateSymbolicLink(Resume + ".new", victim);
        Assert.IsType<ImportOutcome.Done>(await RunAsync(file, "passengers-1912"));
        Assert.Equal(before, await File.ReadAllTextAsync(victim));
    }

    private static bool Kill(CancellationTokenSource killed)
    {
        killed.Cancel();
        return true;
    }

    /// <summary>Every tenth row has an age that is none.</summary>
    private static string Row(int i) => $"{i},0,3,\"Test, Mr. {(char)(65 + (i % 26))}{(char)(97 + (i / 26))}n\",male,{(i % 10 == 0 ? "old" : "30")},0,0,T {i},7,,S";
}

public sealed class ImportOnSqlite() : ImportSuite(TestStore.Sqlite())
{
    [Fact]
    public async Task The_passengers_of_1912_reconcile_to_the_line()
    {
        var done = Assert.IsType<ImportOutcome.Done>(await RunAsync(Repository.Shared("data/passengers-1912.csv"), "passengers-1912"));

        Assert.Equal(714, done.Counts.Rows);
        Assert.Equal(714, done.Counts.Created + done.Counts.Rejected);
        Assert.Equal(done.Counts.Created, await CountAsync("customer"));
        Assert.Equal(done.Counts.Created, await CountAsync("intake"));
        Assert.Equal("", string.Join('\n', (await File.ReadAllLinesAsync(Rejects)).Skip(1)));
        Assert.Equal(714, done.Counts.Created);
    }
}

public sealed class ImportOnPostgres(PostgresServer server) : ImportSuite(TestStore.Postgres(server));

/// <summary>The other real file, under the telecom pack.</summary>
public sealed class TelecomImportOnSqlite() : ImportWorld(TestStore.Sqlite())
{
    private static readonly Lazy<InformationCatalogue> Telecom = new(() => Pack("telecom"));

    private protected override InformationCatalogue Catalogue => Telecom.Value;

    [Fact]
    public async Task The_subscribers_reconcile_to_the_line()
    {
        var done = Assert.IsType<ImportOutcome.Done>(await RunAsync(Repository.Shared("data/telecom-subscribers.csv"), "telecom-subscribers", chunk: 1000));

        Assert.Equal("", string.Join('\n', (await File.ReadAllLinesAsync(Rejects)).Skip(1)));
        Assert.Equal(new ImportCounts(7043, 7043, 0, 0), done.Counts);
        Assert.Equal(7043, await CountAsync("customer"));
    }
}
