using System.Collections.Frozen;
using Strongroom.Ground;

namespace Strongroom.Spine.Outbox;

/// <summary>The words of one kind of notice; <c>{name}</c> stands for one of its values.</summary>
/// <param name="Key">Stable code, kebab-case.</param>
internal sealed record NoticeTemplate(string Key, Bilingual Subject, Bilingual Text, params IReadOnlyList<string> Values)
{
    /// <exception cref="ArgumentException">A value is missing or unknown: a notice is never sent with a hole in it.</exception>
    public (string Subject, string Text) Fill(string locale, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count != Values.Count || Values.Any(name => !values.ContainsKey(name)))
        {
            throw new ArgumentException($"Values of {Key} do not fit its text.", nameof(values));
        }

        var zh = string.Equals(locale, "zh", StringComparison.Ordinal);
        return (Put(zh ? Subject.Zh : Subject.En, values), Put(zh ? Text.Zh : Text.En, values));
    }

    private static string Put(string text, IReadOnlyDictionary<string, string> values) =>
        values.Aggregate(text, (filled, value) => filled.Replace("{" + value.Key + "}", value.Value, StringComparison.Ordinal));
}

/// <summary>All notices that leave the system. None names a customer or a colleague: who needs more signs in and looks.</summary>
internal static class NoticeTemplates
{
    public static readonly NoticeTemplate PasswordChanged = new(
        "password-changed",
        new("金库:您的密码已更改", "Strongroom: your password was changed"),
        new(
            "您的金库密码于 {at} 更改,其他登录已全部退出。\n如果不是您本人操作,请立即联系安全管理员。",
            "Your Strongroom password was changed at {at}. All your other sessions were ended.\nIf this was not you, tell a security administrator at once."),
        "at");

    public static readonly NoticeTemplate PasswordReset = new(
        "password-reset",
        new("金库:安全管理员重置了您的密码", "Strongroom: an administrator reset your password"),
        new(
            "安全管理员于 {at} 为您重置了密码,请向其索取初始密码,登录后马上更换。\n如果您没有申请,请立即联系另一位安全管理员。",
            "An administrator reset your password at {at}. Ask them for the start password and replace it when you sign in.\nIf you did not ask for this, tell another administrator at once."),
        "at");

    public static readonly NoticeTemplate ContactChanged = new(
        "contact-changed",
        new("金库:通知地址已更改", "Strongroom: your notice address was changed"),
        new(
            "您在金库的通知地址于 {at} 更改,今后的通知发到新地址。\n如果不是您本人操作,请立即联系安全管理员。",
            "The address for your Strongroom notices was changed at {at}. Later notices go to the new one.\nIf this was not you, tell a security administrator at once."),
        "at");

    public static readonly NoticeTemplate LogAlarm = new(
        "log-alarm",
        new("金库告警:日志核对不一致", "Strongroom alarm: the log contradicts itself"),
        new(
            "日志核对发现异常({code}),时间 {at}。系统已停止签署新的检查点。\n请按运维手册“日志告警”一节处理,并保留现场。",
            "A check of the log failed ({code}) at {at}. No further checkpoint is signed.\nFollow the section on log alarms in the operations manual, and keep everything as it is."),
        "code", "at");

    public static readonly IReadOnlyList<NoticeTemplate> All = [PasswordChanged, PasswordReset, ContactChanged, LogAlarm];

    private static readonly FrozenDictionary<string, NoticeTemplate> ByKey = All.ToFrozenDictionary(template => template.Key, StringComparer.Ordinal);

    public static NoticeTemplate? Find(string key) => ByKey.GetValueOrDefault(key);
}
