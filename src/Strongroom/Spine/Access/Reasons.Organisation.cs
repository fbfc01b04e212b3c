namespace Strongroom.Spine.Access;

/// <summary>Reasons of the organisation: units, controlled lists, accounts, duties.</summary>
public static partial class Reasons
{
    public static readonly Reason UnitOutside = new("unit.outside", "这条记录由别的部门经办,请转给该部门。",
        "Another unit handles this record. Pass the request to that unit.");

    public static readonly Reason ListHidden = new("list.hidden", "这位客户在受控名单内,只有名单上的人可以查看。",
        "This customer is on a controlled list and is seen only by those it names.");

    public static readonly Reason ListMasked = new("list.masked", "这位客户在受控名单内,您看到的是隐藏后的内容。需要原文请找名单负责人。",
        "This customer is on a controlled list, so values stay hidden. Ask the owner of the list.");

    public static readonly Reason ListUnknown = new("list.unknown", "没有这份受控名单,请从列表里选择。", "No such controlled list is kept. Choose one from the list.")
    {
        Status = 404,
    };

    public static readonly Reason ListSame = new("list.same", "名单上已经是这样,无需再改。", "The list says so already; nothing was changed.")
    {
        Status = 409,
    };

    public static readonly Reason UnitCycle = new("unit.cycle", "单位不能放到自己或自己的下级之下,请另选上级单位。",
        "A unit cannot stand below itself or one of its own. Choose another parent.")
    {
        Status = 422,
    };

    public static readonly Reason RowCeiling = new("account.ceiling", "外部人员一次办理的客户数已超上限,批量操作需要两个人。",
        "This is more customers at once than an outside account may handle. A batch takes two.")
    {
        Fix = Fix("申请金库授权", "Request a vault approval"),
    };

    public static readonly Reason AccountTerms = new("account.terms", "外部人员要写明所属单位、结束日期和一次办理上限;内部人员不用填。",
        "An outside account names its company, an end within a year and a ceiling; others do not.")
    {
        Status = 422,
    };

    public static readonly Reason AccountKindPost = new("account.kind_post", "这类账号不能担任这个岗位,请另选岗位或人员。",
        "Accounts of this kind cannot hold this post. Choose another post or person.")
    {
        Status = 409,
    };

    public static readonly Reason AccountDormant = new("account.dormant", "账号长期未使用,已自动停用。",
        "The account was not used for a long time and has been suspended.");

    public static readonly Reason AccountEnded = new("account.ended", "任职或合作已到期,账号已注销。", "The employment or assignment has ended, and the account with it.");

    public static readonly Reason RequestDecided = new("account.request_decided", "这份申请已有结论,需要时请重新申请。", "This request has been decided. Make a new one if it is needed.")
    {
        Status = 409,
    };

    public static readonly Reason LastAdministrators = new("people.last_administrators", "至少要保留两位在用的安全管理员,请先补充再停用。",
        "Two administrators must stay active. Appoint another first.")
    {
        Status = 409,
    };

    public static readonly Reason TrainingRow = new("training.row", "这一行的账号、课程或日期不对,请按格式核对。", "The account, course or dates of this line are not right. Check them against the format.")
    {
        Status = 422,
    };

    public static readonly Reason TrainingOlder = new("training.older", "已有更新的培训记录,这一行没有采用。", "A more recent result is on file; this line was not used.")
    {
        Status = 409,
    };

    public static readonly Reason TrainingHeader = new("training.header", "文件首行应为指定的四个列名,请按模板整理。", "The first line must name the four columns of the template. Arrange the file so.")
    {
        Status = 422,
    };

    public static readonly Reason NdaChanged = new("nda.changed", "协议文本已更新,请阅读新版后再签署。", "The agreement has changed. Read the new text, then sign.")
    {
        Status = 409,
        Fix = Fix("阅读新版协议", "Read the new text"),
    };

    public static readonly Reason NdaName = new("nda.name", "请填写您本人的姓名以确认签署。", "Write your own name to confirm that you sign.")
    {
        Status = 422,
    };

    public static readonly Reason NdaNone = new("nda.none", "还没有发布保密协议,请联系个保负责人。", "No confidentiality agreement is published. Ask the data protection officer.")
    {
        Status = 404,
    };

    public static readonly Reason UnitInUse = new("unit.in_use", "这个单位还有下级单位或在岗人员,请先移走再停用。",
        "The unit still has units below it or people in posts. Move them first, then close it.")
    {
        Status = 409,
    };
}
