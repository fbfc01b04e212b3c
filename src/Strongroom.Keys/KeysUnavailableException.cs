namespace Strongroom.Keys;

/// <summary>Why the keys cannot be had. Every one of them stops the server from opening anything (503 keys.unavailable).</summary>
public enum KeysFault
{
    /// <summary>The keyring database holds no installation yet.</summary>
    NotInitialised,

    /// <summary>The root key file is missing, open to others, inside the data folder, or not a root key file.</summary>
    RootUnreadable,

    /// <summary>The passphrase does not open the root key file.</summary>
    PassphraseWrong,

    /// <summary>The root key is well formed but belongs to another installation.</summary>
    RootWrong,

    /// <summary>No registered holder has the secret of a living epoch.</summary>
    EpochSecretMissing,

    /// <summary>A holder's epoch secret is damaged, open to others, or not the one this keyring was sealed with.</summary>
    EpochSecretWrong,

    /// <summary>An epoch holder is not the registered one, or is placed where it must not be.</summary>
    HolderRefused,

    /// <summary>A row of the keyring is missing or does not open.</summary>
    KeyringDamaged,

    /// <summary>The keyring database does not answer.</summary>
    KeyringUnreachable,
}

/// <summary>The keys cannot be had; nothing was created, changed or opened. Carries names of files and holders, never a value.</summary>
public sealed class KeysUnavailableException : Exception
{
    /// <param name="fault">What is wrong.</param>
    /// <param name="where">The file, holder or row that it was seen at, and what to do when there is more to say.</param>
    /// <param name="inner">The cause, when there is one.</param>
    public KeysUnavailableException(KeysFault fault, string where, Exception? inner = null)
        : base($"{Text(fault).En} ({where})", inner) => (Fault, Where) = (fault, where);

    /// <summary>What is wrong.</summary>
    public KeysFault Fault { get; }

    /// <summary>The file, holder or row it was seen at.</summary>
    public string Where { get; }

    /// <summary>Stable code for people and machines, such as <c>keys.root-wrong</c>.</summary>
    public string Code => Text(Fault).Code;

    /// <summary>The same sentence in Chinese.</summary>
    public string Zh => $"{Text(Fault).Zh}({Where})";

    private static (string Code, string Zh, string En) Text(KeysFault fault) => fault switch
    {
        KeysFault.NotInitialised => ("keys.not-initialised", "密钥库尚未初始化,请先运行 strongroom init。",
            "The keyring is empty. Run `strongroom init` first."),
        KeysFault.RootUnreadable => ("keys.root-unreadable", "根密钥文件无法使用。", "The root key file cannot be used."),
        KeysFault.PassphraseWrong => ("keys.passphrase-wrong", "口令不正确,无法打开根密钥。", "The passphrase does not open the root key."),
        KeysFault.RootWrong => ("keys.root-wrong", "这把根密钥不属于本安装。", "This root key belongs to another installation."),
        KeysFault.EpochSecretMissing => ("keys.epoch-secret-missing", "没有任何保管处持有该纪元的密钥。",
            "No holder has the secret of a living epoch."),
        KeysFault.EpochSecretWrong => ("keys.epoch-secret-wrong", "保管处的纪元密钥不可用。", "A holder's epoch secret cannot be used."),
        KeysFault.HolderRefused => ("keys.holder-refused", "该纪元密钥保管处不可接受。", "This epoch holder cannot be accepted."),
        KeysFault.KeyringUnreachable => ("keys.keyring-unreachable", "密钥库数据库没有响应。", "The keyring database does not answer."),
        _ => ("keys.keyring-damaged", "密钥库的内容不完整或被改动。", "The keyring is incomplete or was altered."),
    };
}

/// <summary>A sealed value, file or secret that does not open: altered, moved, truncated, or sealed under another key.</summary>
public sealed class BrokenSealException : System.Security.Cryptography.CryptographicException
{
    /// <param name="what">The kind of thing, never its content.</param>
    public BrokenSealException(string what)
        : base(what)
    {
    }
}
