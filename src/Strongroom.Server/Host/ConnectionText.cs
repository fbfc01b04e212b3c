namespace Strongroom.Server.Host;

/// <summary>Where a connection string comes from: a command line is read by everybody on the machine, so a file is better there (R105).</summary>
internal static class ConnectionText
{
    private const int Shortest = 3;

    /// <summary>What an option gave: the file that holds the string, or, outside <c>verify</c>, the string itself, known by its equals sign.</summary>
    /// <exception cref="SetupException">No such file, one that others may read, or one that holds nothing.</exception>
    public static string Of(string option, string given) => !File.Exists(given) && given.Contains('=', StringComparison.Ordinal) ? given : InFile(option, given);

    public static string InFile(string option, string file) => File.Exists(file)
        ? OutboxSettings.ReadSecret(file, Shortest).Trim()
        : throw new SetupException(
            $"{option} 后面写存放连接串的文件;没有这个文件。连接串本身不要写在命令行上。",
            $"{option} takes a file that holds the connection string, and there is no such file; the string itself does not belong on a command line.");
}
