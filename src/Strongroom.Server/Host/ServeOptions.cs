namespace Strongroom.Server.Host;

/// <summary>What the command line says about one run of the server; what an installation is stands in <see cref="Settings"/>.</summary>
internal sealed record ServeOptions
{
    public required string DataFolder { get; init; }

    /// <summary>HTTPS addresses, for example <c>https://127.0.0.1:8443</c>; port 0 picks a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = ["https://127.0.0.1:8443"];

    /// <summary>PostgreSQL connection string of the data; null: SQLite in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>PostgreSQL connection string of the keyring; null: SQLite in the data folder.</summary>
    public string? Keyring { get; init; }

    /// <summary>PEM certificate and key; null on loopback: one is made for this run.</summary>
    public string? CertificateFile { get; init; }

    public string? CertificateKeyFile { get; init; }

    /// <summary>The origin browsers use, for cookies and the passkey relying party.</summary>
    public string? PublicOrigin { get; init; }

    /// <summary>Port on 127.0.0.1 for Prometheus; null: none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>OTLP receiver for metrics and traces (HTTP, protobuf); null: none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>The program's own log as JSON lines.</summary>
    public bool JsonLog { get; init; }

    /// <summary>Environment variable or file that holds the passphrase of a passphrase-protected root key.</summary>
    public string? PassphraseFile { get; init; }

    /// <summary>Name of this node in the log; several nodes on one database need different ones.</summary>
    public string Node { get; init; } = "node-1";
}
