using System.Text;
using Strongroom.Data;
using Strongroom.Keys;
using Strongroom.Keys.Disk;
using Strongroom.Keys.Epochs;
using Strongroom.Keys.Roots;

namespace Strongroom.Server.Host;

/// <summary>An installation opened by this process: folder lock, root key, epoch holders, keyring and data, closed in that order reversed.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly List<object> owned = [];

    private Installation(Settings settings) => Settings = settings;

    public Settings Settings { get; }

    public Database Data { get; private set; } = null!;

    public Database KeyringData { get; private set; } = null!;

    public Keyring Keyring { get; private set; } = null!;

    /// <summary>Opens what <c>init</c> made. Nothing is created but the schema of a new program version.</summary>
    /// <exception cref="SetupException">The folder holds no installation, or the command line does not fit it.</exception>
    public static async Task<Installation> OpenAsync(ServeOptions options, TimeProvider time, CancellationToken ct)
    {
        var installation = new Installation(Settings.Load(options.DataFolder));
        try
        {
            await installation.OpenPartsAsync(options, time, create: false, ct);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes root key, epoch holders, keyring and schema for the first time; an existing part is an error, never overwritten.</summary>
    public static async Task<Installation> CreateAsync(ServeOptions options, Settings settings, TimeProvider time, CancellationToken ct)
    {
        var installation = new Installation(settings);
        try
        {
            await installation.OpenPartsAsync(options, time, create: true, ct);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = owned.Count - 1; i >= 0; i--)
        {
            switch (owned[i])
            {
                case IAsyncDisposable later: await later.DisposeAsync(); break;
                case IDisposable now: now.Dispose(); break;
            }
        }

        owned.Clear();
    }

    private async Task OpenPartsAsync(ServeOptions options, TimeProvider time, bool create, CancellationToken ct)
    {
        MemoryImages.Forbid();
        DataFolder.Make(options.DataFolder);
        Own(FolderLock.Take(options.DataFolder));
        var placement = new SecretPlacement(options.DataFolder, AllowInsideDataFolder: Settings.Demo);
        var root = Own(OpenRoot(options, placement, create));
        var holders = Settings.EpochStores.Select((folder, i) => Own(FolderHolder.Open($"holder-{i + 1}", folder, placement, create))).ToList<IEpochHolder>();
        KeyringData = Own(await Database.OpenAsync(Where(options.Keyring, options.DataFolder, "keyring", time), ct));
        var keys = new KeyringOptions(root, holders, KeyringData, time);
        if (create && !await Keyring.InitializeAsync(keys, ct))
        {
            throw new SetupException("密钥库里已有一个安装,不会覆盖。", "The keyring already holds an installation; it is never written over.");
        }

        Keyring = Own(await Keyring.OpenAsync(keys, ct));
        Data = Own(await Database.OpenAsync(Where(options.Database, options.DataFolder, "data", time), ct));
        foreach (var database in new[] { KeyringData, Data }.Where(d => d.Engine == Engine.Sqlite))
        {
            // The folder is ours alone: leases in it are of a process that is gone, killed perhaps.
            await new Leases(database, time).ForgetAsync(ct);
        }
    }

    private IRootKey OpenRoot(ServeOptions options, SecretPlacement placement, bool create)
    {
        if (Settings.Root == RootKind.KeyFile)
        {
            return create ? KeyFileRoot.Create(Settings.RootFile, placement) : new KeyFileRoot(Settings.RootFile, placement);
        }

        var passphrase = Passphrase(options);
        try
        {
            return create
                ? PassphraseRoot.Create(Settings.RootFile, passphrase, placement)
                : new PassphraseRoot(Settings.RootFile, passphrase, placement);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(passphrase);
        }
    }

    private static byte[] Passphrase(ServeOptions options)
    {
        if (options.PassphraseFile is { } file)
        {
            var bytes = File.ReadAllBytes(file);
            var end = bytes.Length;
            while (end > 0 && bytes[end - 1] is (byte)'\n' or (byte)'\r')
            {
                end--;
            }

            return bytes[..end];
        }

        return Environment.GetEnvironmentVariable("STRONGROOM_PASSPHRASE") is { Length: > 0 } given
            ? Encoding.UTF8.GetBytes(given)
            : throw new SetupException(
                "根密钥受口令保护:请用 --passphrase-file 或环境变量 STRONGROOM_PASSPHRASE 提供口令。",
                "The root key is protected by a passphrase: give --passphrase-file or STRONGROOM_PASSPHRASE.");
    }

    private static DatabaseOptions Where(string? connection, string folder, string set, TimeProvider time)
    {
        var given = string.IsNullOrEmpty(connection)
            ? Environment.GetEnvironmentVariable(set == "data" ? "STRONGROOM_DATABASE" : "STRONGROOM_KEYRING")
            : ConnectionText.Of(set == "data" ? "--database" : "--keyring", connection);
        return string.IsNullOrEmpty(given)
            ? new DatabaseOptions.Sqlite(Path.Combine(folder, set == "data" ? "strongroom.db" : "keyring.db")) { Set = set, Time = time }
            : new DatabaseOptions.Postgres(given) { Set = set, Time = time };
    }

    private T Own<T>(T part) where T : notnull
    {
        owned.Add(part);
        return part;
    }
}
