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

    public static readonly NoticeTemplate IdentityLinked = new(
        "identity-linked",
        new("金库:您的账号关联了单点登录", "Strongroom: single sign-on was linked to your account"),
        new(
            "安全管理员于 {at} 为您的账号关联了单点登录身份,今后可以用它登录。\n如果您不知情,请立即联系另一位安全管理员。",
            "Administrators linked a single sign-on identity to your account at {at}; it signs you in from now on.\nIf you know nothing of this, tell another administrator at once."),
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

    public static readonly NoticeTemplate ClockBack = new(
        "clock-back",
        new("金库告警:服务器时钟倒退", "Strongroom alarm: a server's clock went back"),
        new(
            "有一台服务器的时钟落后于已经过去的时间({code}),发现于 {at}。系统按已知时间继续运行,到期的仍然到期。\n请核对各服务器的时钟,按运维手册“时钟”一节处理。",
            "A server's clock lies behind the time that has passed ({code}), found at {at}. The system goes on by the time it knows; what has expired stays expired.\nCheck the clocks of all servers and follow the section on clocks in the operations manual."),
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

    public static readonly NoticeTemplate ApprovalTaken = new(
        "approval-taken",
        new("金库:给您的授权被收回", "Strongroom: an approval of yours was taken back"),
        new(
            "给您的授权({what})已于 {at} 被收回,不能再使用。登录金库可以看到由谁收回和原因。",
            "An approval of yours ({what}) was taken back at {at} and opens nothing any more. Sign in to read who did it and why."),
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

    public static readonly NoticeTemplate GlassReviewDue = new(
        "break-glass-review-due",
        new("金库:应急访问等您复核", "Strongroom: emergency access waits for your review"),
        new(
            "一次应急访问({what})还没有复核,期限是 {at}。请登录金库核对原因和查看的内容。",
            "An emergency access ({what}) is not reviewed yet; the term ends at {at}. Sign in and look at the reason and at what was seen."),
        "what", "at");

    public static readonly NoticeTemplate GlassReviewOverdue = new(
        "break-glass-review-overdue",
        new("金库:应急访问复核逾期", "Strongroom: the review of an emergency access is overdue"),
        new(
            "一次应急访问({what})应在 {at} 前复核,至今没有完成。在此之前,使用人不能再次启用应急访问。请督促完成。",
            "An emergency access ({what}) was to be reviewed by {at} and is not. Until then its user can open no other. See that it is done."),
        "what", "at");

    public static readonly NoticeTemplate OrderPushed = new(
        "work-order",
        new("金库:工单以您的名义下发了授权", "Strongroom: a ticket opened a grant in your name"),
        new(
            "{at} 工单系统下发了一项授权({what}),写明由您审批或归您监督。如果您没有批准过,请立即登录金库撤销相关权限并报告安全管理员。",
            "At {at} the ticket system opened a grant ({what}) that names you as approver, or that you oversee. If nobody approved it, tell the security administrators at once."),
        "what", "at");

    public static readonly NoticeTemplate ReviewOpened = new(
        "review-opened",
        new("金库:有权限等您复核", "Strongroom: rights wait for your review"),
        new(
            "一次权限复核已经开始(编号 {review}),其中 {count} 项由您决定,请在 {at} 前逐项确认、减少或撤销。\n到期没有确认的权限会自动停用。",
            "An access review has begun ({review}). {count} rights are yours to confirm, reduce or revoke before {at}.\nWhat nobody confirms by then is suspended."),
        "review", "count", "at");

    public static readonly NoticeTemplate ReviewDue = new(
        "review-due",
        new("金库:权限复核快到期了", "Strongroom: an access review ends soon"),
        new(
            "权限复核(编号 {review})还有 {count} 项等您决定,截止时间 {at}。\n到期没有确认的权限会自动停用,相关同事将无法继续使用。",
            "{count} rights in access review {review} still wait for you. It ends at {at}.\nWhat nobody confirms by then is suspended, and your colleagues cannot go on using it."),
        "review", "count", "at");

    public static readonly NoticeTemplate ReviewOverdue = new(
        "review-overdue",
        new("金库:权限复核到期,部分权限已停用", "Strongroom: an access review ran out and rights were suspended"),
        new(
            "权限复核(编号 {review})于 {at} 到期,{count} 项没有人确认,已经停用或需要您处理。\n请督促责任人补做决定,确认后权限立即恢复。",
            "Access review {review} ended at {at}. Nobody confirmed {count} rights; they are suspended or need you.\nAsk those who answer for them to decide: what they confirm is back at once."),
        "review", "count", "at");

    public static readonly NoticeTemplate AlertRaised = new(
        "alert-raised",
        new("金库告警:有人的操作异常", "Strongroom alert: somebody's use is out of the ordinary"),
        new(
            "规则 {rule} 于 {at} 触发告警(编号 {alert}),当日数量 {count}。\n请登录查看是谁、做了什么,并认领处理。",
            "Rule {rule} raised alert {alert} at {at}; the figure of the day is {count}.\nSign in to see who and what, and take it."),
        "alert", "rule", "count", "at");

    public static readonly NoticeTemplate AlertWaiting = new(
        "alert-waiting",
        new("金库告警:一天没有人处理", "Strongroom alert: nobody took it for a day"),
        new(
            "告警(编号 {alert},规则 {rule},数量 {count})自 {at} 起没有人认领。\n请指定人员处理。",
            "Nobody has taken alert {alert} (rule {rule}, figure {count}) since {at}.\nName somebody to look at it."),
        "alert", "rule", "count", "at");

    public static readonly NoticeTemplate CheckFinding = new(
        "check-finding",
        new("金库:日志检查发现问题", "Strongroom: a log check found something"),
        new(
            "日志检查(条目编号 {item})的结论是 {verdict},涉及 {at} 的一次操作,操作人属于您负责的范围。\n请登录查看并核实处理。",
            "A log check judged item {item} as {verdict}. It is about an act at {at} by somebody you answer for.\nSign in, look at it and settle it."),
        "item", "verdict", "at");

    public static readonly NoticeTemplate CheckResult = new(
        "check-result",
        new("金库:日志检查结果通报", "Strongroom: the result of a log check"),
        new(
            "日志检查(编号 {check})已完成:共检查 {count} 条,疑问 {questions} 条,违规 {violations} 条。\n涉及您负责的部门,请登录查看明细。",
            "Log check {check} is done: {count} entries, {questions} questions, {violations} violations.\nPeople you answer for were among them. Sign in for the details."),
        "check", "count", "questions", "violations");

    public static readonly NoticeTemplate CheckOverdue = new(
        "check-overdue",
        new("金库:日志检查逾期", "Strongroom: a log check is overdue"),
        new(
            "日志检查(编号 {check})应在 {at} 前完成,还有 {count} 条没有检查。\n请督促检查人员完成。",
            "Log check {check} was due at {at}, and {count} entries are not judged.\nSee that somebody finishes it."),
        "check", "count", "at");

    public static readonly NoticeTemplate CheckUnread = new(
        "check-unread",
        new("金库:日志检查结果无人确认", "Strongroom: nobody acknowledged the result of a log check"),
        new(
            "日志检查(编号 {check})的结果通报给了人员 {person},到 {at} 仍未确认。\n请督促其查看并处理。",
            "The result of log check {check} went to person {person}, who had not acknowledged it by {at}.\nSee that it is read and acted on."),
        "check", "person", "at");

    public static readonly IReadOnlyList<NoticeTemplate> All =
    [
        PasswordChanged, PasswordReset, IdentityLinked, ContactChanged, LogAlarm, ClockBack,
        ApprovalWaiting, ApprovalEscalated, ApprovalNobody, ApprovalGiven, ApprovalRefused, ApprovalTaken, ApprovalExpired, BreakGlassUsed, GlassReviewDue, GlassReviewOverdue, OrderPushed,
        ReviewOpened, ReviewDue, ReviewOverdue, AlertRaised, AlertWaiting, CheckFinding, CheckResult, CheckOverdue, CheckUnread,
    ];

    private static readonly FrozenDictionary<string, NoticeTemplate> ByKey = All.ToFrozenDictionary(template => template.Key, StringComparer.Ordinal);

    public static NoticeTemplate? Find(string key) => ByKey.GetValueOrDefault(key);
}
