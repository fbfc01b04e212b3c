namespace Strongroom.Spine.Access;

/// <summary>Reasons of access reviews, reconciliation, alerts and log checks.</summary>
public static partial class Reasons
{
    public static readonly Reason ReviewOwn = new("review.own", "这条与您本人有关,请由另一位负责人处理。", "This concerns yourself. Somebody else answers for it.");

    public static readonly Reason ReviewNotYours = new("review.not_yours", "这条由该部门的责任人或数据责任人决定。",
        "The unit's responsible person or the data owner decides this one.");

    public static readonly Reason ReviewBulk = new("review.bulk", "敏感级别以上的权限要逐条确认,不能批量。", "Rights to sensitive levels are confirmed one by one, never in bulk.")
    {
        Status = 422,
    };

    public static readonly Reason FindingOwner = new("finding.owner", "请写明由哪位在职同事对它负责,不能是您本人。", "Say which colleague answers for it from now on. It cannot be yourself.")
    {
        Status = 422,
    };

    public static readonly Reason ReviewReason = new("review.reason", "请写明理由,以便他人复核。", "Say why, so that others can check it.") { Status = 422 };

    public static readonly Reason ReviewReduce = new("review.reduce", "岗位只能提前到期,使用授权只能减少项目;名单资格和接口权限请改为撤销。",
        "A post ends earlier, an authorisation keeps fewer items; a place on a list or a client's scope is revoked instead.")
    {
        Status = 422,
    };

    public static readonly Reason ReviewEnded = new("review.ended", "这次复核已经结束,请到新的复核中处理。", "This review is closed. Decide it in the next one.") { Status = 409 };

    public static readonly Reason ReviewDecided = new("review.decided", "这条已经有人决定了;有异议请由第二复核人提出。",
        "Somebody has decided this one already. Only a second reviewer's objection opens it again.")
    {
        Status = 409,
    };

    public static readonly Reason ReviewOverlaps = new("review.overlaps", "同一范围还有一次复核没有结束,请先结束它。", "A review of the same rights is not closed yet. Close that one first.")
    {
        Status = 409,
    };

    public static readonly Reason ReviewTerm = new("review.term", "截止时间太近:规则规定了复核人至少应有的时间(通常一天),逾期未确认的权限会全部停用。请把截止时间定得晚一些。",
        "The deadline is too near: reviewers get a least time (usually a day), for unconfirmed rights are suspended. Set a later one.")
    {
        Status = 422,
    };

    public static readonly Reason ReviewUndecided = new("review.undecided", "还有权限没有处理,期限也没到,暂时不能结束。",
        "Some rights are undecided and the deadline has not passed, so it cannot be closed yet.")
    {
        Status = 409,
    };

    public static readonly Reason ReviewSample = new("review.sample", "抽样复查还没做完,请第二复核人先看完抽中的各条。",
        "The sample is not checked yet. A second reviewer looks at each line drawn first.")
    {
        Status = 409,
    };

    public static readonly Reason ReviewNotDrawn = new("review.not_drawn", "这条没有被抽中,无需复查。", "This line was not drawn; nothing is to be checked.") { Status = 409 };

    public static readonly Reason ReviewAltered = new("review.altered", "复核的记录与快照不符,可能被改动过。请先查明再结束。",
        "The lines do not match the snapshot and may have been altered. Find out why before closing.")
    {
        Status = 409,
    };

    public static readonly Reason ReconcileHeader = new("reconcile.header", "文件的第一行(列名)或编码不符合要求,请使用统一码编码和规定的列名。",
        "The first line does not name the columns, or the text is not Unicode. Use the columns of the manual.")
    {
        Status = 422,
    };

    public static readonly Reason ReconcileColumns = new("reconcile.columns", "这一行的列数或引号不对,请检查后重新导入整个文件。",
        "This line has too many or too few columns, or a stray quote. Mend it and send the whole file again.")
    {
        Status = 422,
    };

    public static readonly Reason ReconcileJson = new("reconcile.json", "这一行不是规定的对象,请检查字段名和格式。", "This line is not an object with the named members. Mend it and send the whole file again.")
    {
        Status = 422,
    };

    public static readonly Reason ReconcileValue = new("reconcile.value", "这一列的内容不符合要求,请检查后重新导入整个文件。",
        "What stands in this column is not allowed there. Mend it and send the whole file again.")
    {
        Status = 422,
    };

    public static readonly Reason FindingSettled = new("finding.settled", "这条已经说明或已经消除,无需再处理。", "This finding is explained or mended already. Nothing is left to do.")
    {
        Status = 409,
    };

    public static readonly Reason WatchVault = new("watch.vault", "您今天的操作有一条待核实的告警,查看原文需要另一位同事授权。",
        "An alert about today's use is being looked at. Until it is closed, clear text takes a second person.")
    {
        Fix = Fix("申请金库授权", "Request a vault approval"),
    };

    public static readonly Reason AlertStep = new("alert.step", "这条告警现在不能这样处理,请先认领,再说明或确认,最后关闭。",
        "That step does not follow. Take the alert first, then explain or confirm it, then close it.")
    {
        Status = 409,
    };

    public static readonly Reason CheckUnfinished = new("check.unfinished", "检查还没有做完,做完后才能通报结果。", "The check is not finished. Its result can be circulated once it is.")
    {
        Status = 409,
    };

    public static readonly Reason CheckNobody = new("check.nobody", "这里没有在任的人可以接收通报,请另选岗位或单位。", "Nobody in office would receive the result there. Choose another post or unit.")
    {
        Status = 422,
    };

    public static readonly Reason CheckJudged = new("check.judged", "这条已经有人检查过了,请看下一条。", "Somebody has judged this entry already. Go on with the next one.")
    {
        Status = 409,
    };
}
