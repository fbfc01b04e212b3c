namespace Strongroom.Spine.Access;

/// <summary>Reasons of viewing, finding, comparing and correcting.</summary>
public static partial class Reasons
{
    public static readonly Reason AccessUnsettled = new("access.unsettled", "规则或客户状态正在变化,这次没有得出结果。请稍后再试一次。",
        "Rules or the customer's state kept changing, so nothing was decided. Try once more in a moment.")
    {
        Status = 503,
    };

    public static readonly Reason ItemDamaged = new("item.damaged", "这项信息的存储已损坏或被改动,无法打开,已经报警。请联系安全管理员。",
        "The stored value is damaged or was altered and does not open; an alarm was raised. Tell the security administrators.");

    public static readonly Reason StoreAltered = new("store.altered", "客户数据中有被改动、挪动或残缺的行。请留证并查明是谁动了数据库。",
        "Customer rows were altered, moved or torn apart. Keep the evidence and find out who edited the database.");

    public static readonly Reason CompareTries = new("compare.tries", "核对次数已用完,请改用其他方式核实,或稍后再试。",
        "All tries are used. Verify the caller in another way, or try again later.");

    public static readonly Reason ComparePart = new("compare.part", "这一项不能这样核对,请换一种核对方式。", "This item cannot be compared that way. Choose another part.")
    {
        Status = 422,
    };

    public static readonly Reason ContactItem = new("contact.item", "这一项不是能拨打或发短信的号码,请换一项。", "This item is no number that can be called or written to. Choose another.")
    {
        Status = 422,
    };

    public static readonly Reason ContactText = new("contact.text", "短信只能从固定文本里选一条,拨打电话不带文本。", "A message is one of the fixed texts; a call has none.")
    {
        Status = 422,
    };

    public static readonly Reason ContactNone = new("contact.none", "系统还没有接通电话或短信网关,没有联系客户。请安全管理员在 strongroom.json 里配置 contact。",
        "No telephone or message gateway is connected, so nobody was contacted. An administrator sets it up under contact in strongroom.json.")
    {
        Status = 503,
    };

    public static readonly Reason ContactNumber = new("contact.no_number", "这份记录里没有可用的号码,没有联系客户。请核对后更正。",
        "The record holds no number that can be used, so nobody was contacted. Check and correct it.")
    {
        Status = 409,
    };

    public static readonly Reason ContactLimit = new("contact.limit", "这位客户今天或您这一小时的联系次数已到上限,没有联系客户。请稍后再试,或请值班主管处理。",
        "No more calls or messages to this customer today, or by you this hour; nobody was contacted. Try later, or ask the duty lead.")
    {
        Status = 429,
    };

    public static readonly Reason ContactUnsure = new("contact.unsure", "网关没有按时回答,客户可能已经被联系。请先确认,不要马上重试。",
        "The gateway did not answer in time: the customer may have been contacted. Find out before trying again.")
    {
        Status = 503,
    };

    public static readonly Reason ContactFailed = new("contact.failed", "电话或短信网关没有接受,客户没有被联系。请稍后再试。",
        "The gateway did not take it, so the customer was not contacted. Try again a little later.")
    {
        Status = 503,
    };

    public static readonly Reason CorrectConfirmed = new("correct.confirmed", "您的岗位只能在客户用验证码确认或金库授权后更改联系号码;其他内容请转给后台同事更正。",
        "Your post changes contact numbers only, with the customer's code or a vault approval. Pass anything else to the back office.")
    {
        Status = 403,
    };

    public static readonly Reason CodeScene = new("code.scene", "这件事不能由客户用验证码确认,请申请金库授权。",
        "The customer cannot confirm this by a code. Request a vault approval.")
    {
        Status = 409,
    };

    public static readonly Reason CodeNumber = new("code.number", "验证码只能发到被更换的号码;没有更换号码的,发到同一记录里的号码,记录里没有号码的,发到客户本人资料里在用的号码。",
        "A code goes to the number being replaced, else to the number in the same record, else to one in use in the customer's own profile.")
    {
        Status = 409,
    };

    public static readonly Reason CodeFresh = new("code.fresh", "这个号码刚刚登记,还不能用来确认。请申请金库授权。",
        "This number was taken in only lately and cannot confirm anything yet. Request a vault approval.")
    {
        Status = 409,
    };

    public static readonly Reason ContactCodeWrong = new("code.wrong", "验证码不对。请客户再读一遍;输错三次后要重新发送。",
        "The code is wrong. Ask the customer to read it again; after three wrong ones a new code is needed.")
    {
        Status = 409,
    };

    public static readonly Reason CodeOver = new("code.over", "这个验证码已过期、已用过、输错太多,或不是为这件事发的。请重新发送。",
        "This code has expired, was used, was typed wrongly too often, or is for something else. Have a new one sent.")
    {
        Status = 409,
    };

    public static readonly Reason SessionEnded = new("service.ended", "这次服务已经结束或不是您的,请重新开始。",
        "This service session has ended or is not yours. Begin a new one.")
    {
        Status = 409,
    };

    public static readonly Reason CallAgent = new("call.agent", "这位坐席现在不能接这通来电,请转给另一位坐席。原因不作说明。",
        "This agent cannot take the call now; why is not told. Route it to another agent.")
    {
        Status = 409,
    };

    public static readonly Reason CallOver = new("call.over", "这通来电已经结束、已经接起,或不是转给您的。", "This call is over, was taken already, or is not for you.")
    {
        Status = 409,
    };

    public static readonly Reason SessionNoCustomer = new("service.no_customer", "这次服务还没有选定客户,请先选定。",
        "No customer is attached to this service session yet. Choose one first.")
    {
        Status = 409,
    };

    public static readonly Reason VerifyItem = new("service.verify_item", "核身请用出生日期、证件末四位、订单号或近期行程。",
        "Verify by birth date, the document's last four, a booking number or a recent route.")
    {
        Status = 422,
    };

    public static readonly Reason NoteIdentifier = new("note.identifier", "小结里不能写证件号、银行卡号或手机号,请删掉后再保存。",
        "A note holds no identity, card or phone numbers. Take it out, then save.")
    {
        Status = 422,
    };

    public static readonly Reason ItemNotOfRecord = new("item.not_of_record", "这类记录不含这一项,请核对记录。", "Records of this type do not hold this item. Check the record.")
    {
        Status = 422,
    };

    public static readonly Reason ItemIsFile = new("item.is_file", "这一项是封存文件,请通过文件上传更换。", "This item is a sealed file. Replace it by uploading a file.")
    {
        Status = 422,
    };

    public static readonly Reason DocumentTaken = new("item.document_taken", "这个证件号属于另一位客户,请交由专人核对,系统不会自行合并。",
        "This document number belongs to another customer. Have a person compare them; nothing is merged by itself.")
    {
        Status = 409,
    };

    public static readonly Reason TooMany = new("list.too_many", "一次的数量超过上限,请分批。", "This is more than allowed at once. Split it.")
    {
        Status = 422,
    };

    public static readonly Reason BatchVault = new("batch.vault", "按您的岗位,批量查看需要授权。请申请批量查询,或逐位打开。",
        "Your post opens this many only with an approval. Request a batch query, or open them one by one.")
    {
        Fix = Fix("申请批量查询", "Request a batch query"),
    };
}
