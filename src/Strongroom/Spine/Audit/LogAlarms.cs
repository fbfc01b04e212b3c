using System.Globalization;
using Strongroom.Ground;

namespace Strongroom.Spine.Audit;

/// <summary>Raised when the stored log contradicts itself or what was signed.</summary>
internal sealed class LogAlarmException(LogAlarm alarm) : Exception(alarm.Text.En)
{
    public LogAlarm Alarm { get; } = alarm;
}

/// <summary>The alarms of the log; each names what to look at.</summary>
internal static class LogAlarms
{
    public static LogAlarmException Gap(long chain, long seq) => Make("log.gap", Place(chain, seq),
        "日志链中缺少条目，可能被删除。", "An entry of a chain is missing; it may have been deleted.");

    public static LogAlarmException Chain(EntryId entry) => Make("log.chain", entry.ToString(),
        "日志条目与其链的哈希不符，可能被修改。", "An entry does not fit the hashes of its chain; it may have been changed.");

    public static LogAlarmException Forged(string where) => Make("log.forged", where,
        "日志条目或链头不是由本系统写入的，或已被修改；不再签名。", "An entry or the head of a chain was not written by this installation, or was changed; it signs no more.");

    public static LogAlarmException Tree(string where) => Make("log.tree", where,
        "日志的哈希树与已提交的根不符。", "The stored hash tree does not give the root that was committed.");

    public static LogAlarmException Fork(long size) => Make("log.fork", size.ToString(CultureInfo.InvariantCulture),
        "日志与已签名的检查点矛盾；不再签名。", "The log contradicts a checkpoint that was signed; it signs no more.");

    public static LogAlarmException BehindAnchor(string anchor) => Make("log.behind-anchor", anchor,
        "锚点保存的检查点比日志新：日志可能从旧备份恢复。", "An anchor holds a newer checkpoint than the log: the log may come from an old backup.");

    public static string Place(long chain, long seq) => string.Create(CultureInfo.InvariantCulture, $"chain {chain} entry {seq}");

    private static LogAlarmException Make(string code, string where, string zh, string en) => new(new LogAlarm(code, where, new Bilingual(zh, en)));
}
