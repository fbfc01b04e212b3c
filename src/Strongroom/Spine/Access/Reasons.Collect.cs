namespace Strongroom.Spine.Access;

/// <summary>Reasons of collection and import, beyond those that the decision shares.</summary>
public static partial class Reasons
{
    public static readonly Reason ImportRevoked = new("import.revoked", "这次导入依据的审批已被撤回,从这一行起没有导入。",
        "The approval that this import rests on was taken back; from this line on nothing was taken in.")
    {
        Status = 409,
    };

    public static readonly Reason ImportByPerson = new("import.person", "人员导入文件属于金库场景:先按文件摘要申请批准,再原样发送这个文件;或由登记的业务系统导入。",
        "Importing a file takes approval of its digest: request it, then send exactly this file. Or have a registered system do it.");

    public static readonly Reason BatchRevoked = new("changes.revoked", "这次批量修改依据的审批已被撤回或作废,从这一行起没有修改。",
        "The approval that this bulk change rests on was taken back; from this line on nothing was changed.")
    {
        Status = 409,
    };

    public static readonly Reason BatchTwice = new("changes.twice", "同一位客户在文件里出现了两次,请合并成一行。", "This customer stands twice in the file. Make it one line.")
    {
        Status = 422,
    };

    public static readonly Reason DocumentTyped = new("document.typed", "证件应由阅读器读取。手工录入属于金库场景:请在岗主管现场授权,授权只对这一次提交有效。",
        "A reader takes documents here. Typing one takes a shift lead’s approval on the spot, for exactly this submission.");

    public static readonly Reason ReadingHolder = new("reading.holder", "这位同事现在不在这个渠道收取资料,读到的证件没有记下。请核对账号。",
        "This colleague does not take information in here at present, so the reading was not kept. Check the account.")
    {
        Status = 409,
    };

    public static readonly Reason DocumentRead = new("document.read", "这次提交不需要授权:证件由阅读器读取,或这张表单不要求阅读器。",
        "This submission needs no approval: its document was read by a reader, or the form expects none.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentUnasked = new("consent.unasked", "表单没有征求这项同意,请去掉或改用相应的表单。",
        "The form does not ask for this consent. Remove it, or use the form that does.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentDuplicate = new("consent.duplicate", "同一项同意写了两次,请留一个。", "This consent is stated twice. Keep one.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentTerm = new("consent.term", "同意的时间或期限不合理,请核对。",
        "The time of the consent or its end cannot be right. Check it.")
    {
        Status = 422,
    };

    public static readonly Reason ItemMissing = new("item.missing", "表单的必填项还没有填写,请补上。", "An item that the form requires is missing. Add it.")
    {
        Status = 422,
    };

    public static readonly Reason ItemOneOf = new("item.one_of", "这几项里至少要填一项。", "At least one item of this group is needed.")
    {
        Status = 422,
    };

    public static readonly Reason ItemOption = new("item.option", "请从目录列出的选项里选一个。", "Choose one of the options that the catalogue lists.")
    {
        Status = 422,
    };

    public static readonly Reason EvidenceMissing = new("evidence.missing", "缺少表单要求的收集凭证,请补上编号。",
        "Evidence that the form requires is missing. Add its reference.")
    {
        Status = 422,
    };

    public static readonly Reason FormSettled = new("form.settled", "没有可审查或发布的草稿,请先提交新的草稿。",
        "There is no draft to review or publish. Submit a new draft first.")
    {
        Status = 409,
    };

    public static readonly Reason FormUnreviewed = new("form.unreviewed", "草稿还没有由另一位同事审查,请先完成合规审查。",
        "Another colleague has not reviewed the draft yet. Complete the review first.")
    {
        Status = 409,
    };

    public static readonly Reason ReviewSelf = new("review.self", "起草人不能审查自己的草稿,请由另一位同事审查。",
        "The author cannot review the draft. Ask another colleague.");

    public static readonly Reason NoticeFixed = new("notice.fixed", "已发布的告知书不能改动,请写新的一版。",
        "A published notice never changes. Write a new version.")
    {
        Status = 409,
    };

    public static readonly Reason SubmissionBusy = new("submission.busy", "同时有太多改动,这次没有写入。请稍后重试。",
        "Too much changed at the same moment and nothing was written. Try again shortly.")
    {
        Status = 503,
    };

    public static readonly Reason LineLong = new("line.too_long", "这一行超过允许的长度,没有处理。请拆分,图片和录音另行上传。",
        "This line is longer than allowed and was skipped. Split it; send images and recordings apart.")
    {
        Status = 422,
    };
}
