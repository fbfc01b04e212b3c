namespace Strongroom.Spine.Access;

/// <summary>Reasons of vault mode: scenes, their modes, break-glass.</summary>
public static partial class Reasons
{
    public static readonly Reason SceneOff = new("scene.off", "这个金库场景已停用,它所管的操作暂不办理。请联系安全管理员。",
        "This vault scene is switched off, so what it guards is not done. Ask the security administrators.");

    public static readonly Reason HostName = new("hosts.name", "主机名只能用小写字母、数字、点和短横,不超过五十个字,也不能重复。",
        "A host name is at most fifty lower-case letters, digits, dots and dashes, named once.")
    {
        Status = 422,
    };

    public static readonly Reason HostKey = new("hosts.key", "只接受 OpenSSH 格式的 EdDSA 公钥,请用 ssh-keygen 另行生成,填入 .pub 文件的那一行。",
        "Only an EdDSA public key in OpenSSH's form is taken. Make one with ssh-keygen and give the line of its .pub file.")
    {
        Status = 422,
    };

    public static readonly Reason HostAuthority = new("hosts.authority", "签发主机证书的密钥记录被改动过,现在不签发。请立即告知安全管理员。",
        "The row of the key that signs for hosts was altered, so nothing is signed. Tell the security administrators now.")
    {
        Status = 503,
    };

    public static readonly Reason SceneUnknown = new("scene.unknown", "没有登记这个金库场景,请从列表里选择。", "No such vault scene is registered. Choose one from the list.")
    {
        Status = 404,
    };

    public static readonly Reason ApprovalMode = new("approval.mode", "这份申请要用另一种方式授权,请按申请上写明的方式办理。",
        "This request is approved in another way. Use the one that it names.")
    {
        Status = 409,
    };

    public static readonly Reason ApprovalSign = new("approval.sign", "这类申请要用通行密钥签名确认,请在自己的设备上完成。",
        "This kind is approved by signing it with your passkey. Do so on your own device.");

    public static readonly Reason ApprovalBooking = new("approval.booking", "这类授权不能提前预约,或预约得太早,请改在临近时申请。",
        "This cannot be booked in advance, or not so far ahead. Ask nearer to the time.")
    {
        Status = 422,
    };

    public static readonly Reason ApprovalEarly = new("approval.early", "预约的时间还没到,请到时再办理。", "The booked time has not come yet. Come back then.")
    {
        Status = 409,
    };

    public static readonly Reason OnSiteWrong = new("approval.on-site", "现场验证没有通过,请核对后重试。多次不符,申请即作废。",
        "The proof at this screen was not right. Try again; repeated failures void the request.");

    public static readonly Reason BreakGlassOwed = new("approval.owed", "上一次应急使用还没有复核,复核之后才能再次使用。",
        "Your last emergency access awaits its review. The next one opens after that.")
    {
        Status = 409,
    };

    public static readonly Reason OrderTaken = new("order.taken", "这个工单号已经下发过,请换一个工单。", "This ticket number has been ordered before. Use another ticket.")
    {
        Status = 409,
    };

    public static readonly Reason OnSiteOften = new("approval.on-site-often", "您这里的现场验证错得太多,现在不再受理。请改用远程授权,或联系安全管理员。",
        "Too many proofs at your screen were wrong, so no more are taken now. Ask for remote approval, or the security administrators.");

    public static readonly Reason OrderCertificate = new("order.certificate", "下发工单的系统必须登记客户端证书,并用它连接。请登记证书后再试。",
        "A system that pushes orders must have a client certificate registered and connect with it. Register one and try again.");

    public static readonly Reason OrderOwner = new("order.owner", "工单系统的负责人不能是工单的执行人或审批人,请换人办理。",
        "Whoever answers for the ticket system can neither carry out nor approve its orders. Name somebody else.");

    public static readonly Reason OrderScope = new("order.scope", "这个工单系统没有登记这样的用途、信息项或公司,不能为其下发工单。",
        "This ticket system is not registered for that purpose, these items or this company, so it cannot order them.");

    public static readonly Reason OrderApprover = new("order.approver", "工单上的审批人不符合这个场景的要求,请核对。",
        "An approver on the order is not one whom this scene names. Check the order.")
    {
        Status = 422,
    };
}
