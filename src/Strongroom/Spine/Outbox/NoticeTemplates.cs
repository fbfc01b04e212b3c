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

    public static readonly NoticeTemplate ApprovalWaiting = new(
        "approval-waiting",
        new("金库:有一份申请等您审批", "Strongroom: a request waits for you"),
        new(
            "有一份申请({what})于 {at} 提交,等您审批。\n请登录金库查看申请人、范围和异常提示后再决定。",
            "A request ({what}) was made at {at} and waits for your decision.\nSign in to see who asks, for what, and what is unusual about it."),
        "what", "at");

    public static readonly NoticeTemplate ApprovalEscalated = new(
        "approval-escalated",
        new("金库:有一份申请无人答复,请您处理", "Strongroom: a request without an answer has come to you"),
        new(
            "有一份申请({what})一直没有人答复,截至 {at} 转到您这里。\n过时未处理即失效,不会自动放行。",
            "A request ({what}) found no answer and has come to you at {at}.\nUnanswered it ends; it is never allowed by itself."),
        "what", "at");

    public static readonly NoticeTemplate ApprovalNobody = new(
        "approval-nobody",
        new("金库:当班的协同人不够", "Strongroom: too few colleagues on duty can approve"),
        new(
            "{at} 有人申请({what}),但当班能审批的人不够,申请没有受理。\n请核对排班。",
            "At {at} somebody asked for an approval ({what}), but too few who may give it are on duty, so the request was not taken.\nPlease check the roster."),
        "what", "at");

    public static readonly NoticeTemplate ApprovalGiven = new(
        "approval-given",
        new("金库:您的申请已批准", "Strongroom: your request was approved"),
        new("您的申请({what})已于 {at} 批准,请在有效期内使用。", "Your request ({what}) was approved at {at}. Use it before it ends."),
        "what", "at");

    public static readonly NoticeTemplate ApprovalRefused = new(
        "approval-refused",
        new("金库:您的申请未获批准", "Strongroom: your request was refused"),
        new("您的申请({what})于 {at} 被拒绝,登录金库可以看到理由。", "Your request ({what}) was refused at {at}. Sign in to read why."),
        "what", "at");

    public static readonly NoticeTemplate ApprovalExpired = new(
        "approval-expired",
        new("金库:您的申请无人答复,已失效", "Strongroom: your request ended without an answer"),
        new("您的申请({what})到 {at} 仍无人答复,已经失效。需要时请重新申请。", "Your request ({what}) had no answer by {at} and has ended. Ask again if you still need it."),
        "what", "at");

    public static readonly NoticeTemplate BreakGlassUsed = new(
        "break-glass",
        new("金库:有人启用了应急访问", "Strongroom: emergency access was opened"),
        new(
            "{at} 有人启用应急访问({what})。请尽快登录金库,核对原因和查看的内容,并在期限内完成复核。",
            "Emergency access ({what}) was opened at {at}. Sign in soon, look at the reason and at what was seen, and review it in time."),
        "what", "at");

    public static readonly IReadOnlyList<NoticeTemplate> All =
    [
        PasswordChanged, PasswordReset, ContactChanged, LogAlarm,
        ApprovalWaiting, ApprovalEscalated, ApprovalNobody, ApprovalGiven, ApprovalRefused, ApprovalExpired, BreakGlassUsed,
    ];

    private static readonly FrozenDictionary<string, NoticeTemplate> ByKey = All.ToFrozenDictionary(template => template.Key, StringComparer.Ordinal);

    public static NoticeTemplate? Find(string key) => ByKey.GetValueOrDefault(key);
}
