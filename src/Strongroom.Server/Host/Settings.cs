using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Server.Host;

/// <summary>How the root key is kept (architecture.md, Keys).</summary>
[JsonConverter(typeof(Ground.KebabEnum<RootKind>))]
internal enum RootKind
{
    KeyFile,
    PassphraseFile,
}

/// <summary>
/// What <c>strongroom init</c> decided for one installation, kept in <c>DIR/strongroom.json</c> (mode 0600).
/// It names where keys are, never what they are.
/// </summary>
internal sealed record Settings
{
    public const string FileName = "strongroom.json";

    public int V { get; init; } = 1;

    public RootKind Root { get; init; }

    /// <summary>Path of the root key file; outside the data folder unless this is a demo.</summary>
    public required string RootFile { get; init; }

    /// <summary>Folders of the epoch holders, at least one; outside the data folder unless this is a demo.</summary>
    public required IReadOnlyList<string> EpochStores { get; init; }

    /// <summary>Folders that checkpoints, tiles and entries are shipped to.</summary>
    public IReadOnlyList<string> Anchors { get; init; } = [];

    /// <summary>Origin line of the log's checkpoints: a schema-less URL-like name without spaces or plus signs.</summary>
    public required string LogOrigin { get; init; }

    /// <summary>Packs of this installation, in order; loaded into rows once by <c>init</c>.</summary>
    public required IReadOnlyList<string> Packs { get; init; }

    /// <summary>Demo data: everything in one folder, loopback only.</summary>
    public bool Demo { get; init; }

    /// <summary>How notices leave (R123); null: they do not. Added by whoever operates the server; read at start.</summary>
    public OutboxSettings? Outbox { get; init; }

    /// <summary>Where calls and messages to customers are handed over; null: nowhere. Added by whoever operates the server; read at start.</summary>
    public ContactSettings? Contact { get; init; }

    /// <summary>Providers of single sign-on; none unless the operators add them. Read at start.</summary>
    public IReadOnlyList<SsoSettings> Sso { get; init; } = [];

    /// <summary>Reverse proxies whose word on a caller's address counts, as CIDR prefixes; none unless the operators add them. Read at start.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        WriteIndented = true,
    };

    public static string PathIn(string dataFolder) => Path.Combine(dataFolder, FileName);

    /// <exception cref="SetupException">There is no installation in this folder, or its settings cannot be read.</exception>
    public static Settings Load(string dataFolder)
    {
        var path = PathIn(dataFolder);
        if (!File.Exists(path))
        {
            throw new SetupException(
                $"{dataFolder} 里还没有安装。请先运行 strongroom init --data {dataFolder} --keys 目录。",
                $"There is no installation in {dataFolder}. Run: strongroom init --data {dataFolder} --keys FOLDER");
        }

        try
        {
            return JsonSerializer.Deserialize<Settings>(File.ReadAllBytes(path), Json)
                ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new SetupException(
                $"{path} 读不懂(第 {e.LineNumber + 1} 行)。请恢复原文件。",
                $"{path} cannot be read (line {e.LineNumber + 1}): {e.Path}. Restore the file that init wrote.");
        }
    }

    /// <summary>Writes the settings once; an installation is never written over.</summary>
    public void Save(string dataFolder)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var file = new FileStream(PathIn(dataFolder), options);
        JsonSerializer.Serialize(file, this, Json);
        file.Flush(flushToDisk: true);
    }
}

/// <summary>Something a person who installs or operates Strongroom must mend; said in both languages, exit code 2.</summary>
internal sealed class SetupException(string zh, string en) : Exception(en)
{
    public Ground.Bilingual Text { get; } = new(zh, en);
}
