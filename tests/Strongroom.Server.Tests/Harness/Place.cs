using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Clock;
using Strongroom.Tests.Harness;

namespace Strongroom.Server.Tests.Harness;

/// <summary>One installation in a temporary folder, made by <c>strongroom init</c>; on PostgreSQL its two databases besides.</summary>
internal sealed partial class Place : IAsyncDisposable
{
    private readonly Dictionary<string, string> environment = [];

    private PostgresServer? engine;

    private Place(PostgresServer? engine) => this.engine = engine;

    public string Root { get; } = Path.Combine(Path.GetTempPath(), "sr-box-" + RandomNumberGenerator.GetHexString(12, lowercase: true));

    public string Data => Path.Combine(Root, "data");

    public string Keys => Path.Combine(Root, "keys");

    public string Anchor => Path.Combine(Root, "anchor");

    /// <summary>Of everybody who signed in here.</summary>
    public Authenticators Apps { get; } = new();

    public string LogKey { get; private set; } = "";

    /// <summary>The first two administrators with their start passwords.</summary>
    public IReadOnlyList<(string Account, string Password)> Administrators { get; private set; } = [];

    public IReadOnlyDictionary<string, string> Environment => environment;

    private Template? Opened { get; set; }

    /// <summary>Connection string of the data on PostgreSQL.</summary>
    public string Database => environment["STRONGROOM_DATABASE"];

    /// <summary>The temporary folder of everything that runs here: whatever a process leaves behind lies under <see cref="Root"/>.</summary>
    public string Temporary => Path.Combine(Root, "tmp");

    public static async Task<Place> NewAsync(PostgresServer? postgres = null)
    {
        var place = new Place(postgres);
        Directory.CreateDirectory(place.Root);
        Directory.CreateDirectory(place.Temporary);
        place.environment["TMPDIR"] = place.Temporary;
        if (postgres is not null)
        {
            place.environment["STRONGROOM_DATABASE"] = await postgres.CreateDatabaseAsync();
            place.environment["STRONGROOM_KEYRING"] = await postgres.CreateDatabaseAsync();
        }

        return place;
    }

    public static async Task<Place> InitAsync(PostgresServer? postgres = null, string packs = "airline,hotel", string administerBy = "second-factor")
    {
        var place = await NewAsync(postgres);
        await place.InstallAsync(packs, "--administer-by", administerBy);
        return place;
    }

    /// <summary>
    /// An airline at work, stopped: a copy of one that was made once for the run, with people of the usual posts, a booking system and its
    /// authorisation. <see cref="PeopleAtAsync"/> takes them to a server of it.
    /// </summary>
    public static async Task<Place> OpenedAsync(PostgresServer? postgres = null)
    {
        var place = await NewAsync();
        await place.InstallOpenedAsync(postgres);
        return place;
    }

    /// <summary>The same into folders that are there already.</summary>
    public async Task InstallOpenedAsync(PostgresServer? postgres = null)
    {
        var template = await Template.OfAsync(postgres);
        await BecomeAsync(template.Place, postgres);
        await CatchUpAsync();
        Opened = template;
    }

    /// <summary>The people and the business of <see cref="OpenedAsync"/> at a server of this installation.</summary>
    public async Task<(Staff Staff, Business Business)> PeopleAtAsync(ServerProcess server)
    {
        var staff = await Opened!.Staff.AtAsync(server);
        return (staff, Opened.Business.Of(staff));
    }

    /// <summary>
    /// A copy knows of no time after it was made; its clock would count as one that jumped ahead, by which nothing opens for an hour.
    /// </summary>
    public async Task CatchUpAsync()
    {
        await using var node = await InProcess.BuildAsync(this);
        var mac = node.App.Services.GetRequiredService<IMac>();
        await node.Installation.Data.WriteAsync(async tx =>
        {
            var was = await ClockStore.ReadAsync(tx);
            Assert.True(await ClockStore.PutAsync(tx, was, ClockMark.Of(mac, TimeProvider.System.NowMs(), was!.Generation)));
        });
    }

    private async Task BecomeAsync(Place source, PostgresServer? postgres)
    {
        foreach (var (from, to) in new[] { (source.Data, Data), (source.Keys, Keys), (source.Anchor, Anchor) })
        {
            Template.CopyFolder(from, to);
        }

        // The settings name folders.
        var settings = Path.Combine(Data, "strongroom.json");
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace(source.Root, Root, StringComparison.Ordinal));
        (LogKey, Administrators) = (source.LogKey, source.Administrators);
        foreach (var (account, app) in source.Apps)
        {
            Apps[account] = app.Copy();
        }

        foreach (var (name, connection) in source.environment.Where(v => v.Key.StartsWith("STRONGROOM_", StringComparison.Ordinal)))
        {
            environment[name] = await postgres!.CopyDatabaseAsync(connection);
        }

        engine = postgres;
    }

    /// <param name="more">Further options of <c>init</c>; without the strength of administrators, a second factor is enough.</param>
    public async Task InstallAsync(string packs, params string[] more)
    {
        string[] administer = more.Contains("--administer-by") ? [] : ["--administer-by", "second-factor"];
        var ran = await RunAsync(["init", "--data", Data, "--keys", Keys, "--anchor", Anchor, "--packs", packs, "--company", "Testair", "--co-operators", "1", .. administer, .. more]);
        Assert.True(ran.Code == 0, ran.All);
        Administrators = [.. Administrator().Matches(ran.Out).Select(m => (m.Groups[1].Value, m.Groups[2].Value))];
        LogKey = VerifierKey().Match(ran.Out).Value;
        Assert.Equal(2, Administrators.Count);
    }

    /// <summary>An environment variable for every later process of this installation.</summary>
    public void Set(string name, string value) => environment[name] = value;

    public Task<Ran> RunAsync(params string[] arguments) => Cli.RunAsync(environment, arguments);

    public Task<ServerProcess> ServeAsync(params string[] more) => ServerProcess.StartAsync(this, Data, more);

    /// <summary>A copy of the data folder of a stopped server that ships to no anchor; with PostgreSQL that is one more node.</summary>
    public string CopyOfData(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(Root, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(Data).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        }

        var settings = Path.Combine(copy, "strongroom.json");
        var json = JsonNode.Parse(File.ReadAllText(settings))!;
        json["anchors"] = new JsonArray();
        File.WriteAllText(settings, json.ToJsonString());
        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        foreach (var (name, connection) in environment)
        {
            if (engine is not null && name.StartsWith("STRONGROOM_", StringComparison.Ordinal))
            {
                await engine.DropDatabaseAsync(connection);
            }
        }
    }

    [GeneratedRegex(@"administrator (\S+) .*  (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Administrator();

    [GeneratedRegex(@"strongroom\.invalid/log\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+")]
    private static partial Regex VerifierKey();
}
