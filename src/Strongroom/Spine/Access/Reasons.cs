namespace Strongroom.Spine.Access;

/// <summary>Reasons of the one decision. The first block is domain.md §6, word for word.</summary>
public static partial class Reasons
{
    public static readonly Reason PurposeMissing = new("purpose.missing", "请先选择这次查看的用途。", "Choose what you need this for.")
    {
        Fix = Fix("选择用途", "Choose a purpose"),
    };

    public static readonly Reason PurposeNoBasis = new("purpose.no_basis", "客户没有同意这项用途,换一个用途或先征得同意。",
        "The customer has not agreed to this use. Choose another, or ask first.")
    {
        Fix = Fix("征求同意", "Ask for consent"),
    };

    public static readonly Reason ConsentWithdrawn = new("consent.withdrawn", "客户已撤回同意,这项信息不能再这样用了。",
        "The customer withdrew consent; it can no longer be used this way.");

    public static readonly Reason ConsentSeparate = new("consent.separate", "这是敏感信息,还需要客户单独同意。",
        "This is sensitive: it needs its own consent.")
    {
        Fix = Fix("征求单独同意", "Ask for separate consent"),
    };

    public static readonly Reason NoticeStale = new("notice.stale", "告知书已更新,请向客户出示新版后再提交。",
        "The notice has changed. Show the new one, then submit.")
    {
        Fix = Fix("打开新版告知书", "Open the new notice"), Status = 422,
    };

    public static readonly Reason FormExtraItem = new("form.extra_item", "这项信息不在本表单用途之内,请去掉。",
        "This form's purpose does not need that item. Remove it.")
    {
        Status = 422,
    };

    public static readonly Reason CallerUnverified = new("caller.unverified", "还没核实来电人身份,先完成核身。", "Verify the caller first.")
    {
        Fix = Fix("开始核身", "Verify the caller"),
    };

    public static readonly Reason LevelMasked = new("level.masked", "按您的岗位,这里只显示部分内容。确需原文可申请金库授权。",
        "Your post sees this partly hidden. Need it in full? Request a vault approval.")
    {
        Fix = Fix("申请金库授权", "Request a vault approval"),
    };

    public static readonly Reason FactorNeeded = new("factor.needed", "请再验证一次是您本人。", "Please confirm it is you.")
    {
        Fix = Fix("再次验证", "Confirm"),
    };

    public static readonly Reason TrainingLapsed = new("training.lapsed", "您的保护培训已过期,学完考过即刻恢复。",
        "Your training has lapsed. Pass the course and access returns at once.")
    {
        Fix = Fix("打开课程", "Open the course"),
    };

    public static readonly Reason NdaLapsed = new("nda.lapsed", "保密协议已到期,签署后即可继续。",
        "Your confidentiality agreement has ended. Sign it to go on.")
    {
        Fix = Fix("签署协议", "Sign the agreement"),
    };

    public static readonly Reason ZoneRefused = new("zone.refused", "当前网络不能查看敏感信息,请改用公司网络。",
        "Not from this network. Use the company network.")
    {
        Fix = Fix("改用公司网络", "Use the company network"),
    };

    public static readonly Reason HoursOff = new("hours.off", "现在不是您的当班时间。换班了请主管更新排班。",
        "You are off shift. Swapped? Ask your lead to update the roster.")
    {
        Fix = Fix("请主管换班", "Ask for a swap"),
    };

    public static readonly Reason VaultNeeded = new("vault.needed", "这一步需要两个人。请选一位当班同事授权。",
        "This takes two. Choose a colleague on duty.")
    {
        Fix = Fix("选择同事授权", "Choose a colleague"),
    };

    public static readonly Reason VaultNobody = new("vault.nobody", "现在没有可授权的人在班,已通知值班主管。",
        "Nobody on duty can approve. The duty lead has been told.");

    public static readonly Reason VaultFew = new("vault.few", "在班能授权的人不足规定人数,已通知值班主管。请联系值班主管加派人员到岗,或等下一班再申请。",
        "Too few on duty can approve; the duty lead has been told. Call the lead to bring in a second one, or ask again next shift.");

    public static readonly Reason GrantChanged = new("grant.changed", "申请内容改过,原授权作废,请重新申请。",
        "The request changed, so its approval is void. Ask again.")
    {
        Fix = Fix("重新申请", "Ask again"), Status = 409,
    };

    public static readonly Reason ApproverConflict = new("approver.conflict", "您不能审批自己或上级的申请。",
        "You cannot approve your own or your manager's request.");

    public static readonly Reason VolumeStop = new("volume.stop", "今天查看的客户数已到上限,继续需要授权。",
        "You have reached today's limit. Going on needs approval.")
    {
        Fix = Fix("申请授权", "Request approval"),
    };

    public static readonly Reason RecordArchived = new("record.archived", "记录已归档,只在法律要求时才能调阅。",
        "Archived: opened only where the law requires it.");

    public static readonly Reason LogDown = new("log.down", "审计日志暂时写不进去,为安全起见先停止查看。不是您的问题。",
        "The log cannot be written, so viewing has stopped. It is not your fault.")
    {
        Status = 503,
    };

    // Beyond domain.md §6: what the spine's own rules need.
    public static readonly Reason AccessNeeds = new("access.needs", "还差一步才能继续,按下面的提示补上即可。",
        "One step is missing before this can go on; what is listed here completes it.");

    public static readonly Reason AccessDenied = new("access.denied", "这一步不能进行,原因和可走的路列在下面。",
        "This cannot go ahead; the reasons and the way round them are listed here.");

    public static readonly Reason ActorInactive = new("actor.inactive", "这个账号已停用,请联系账号管理员恢复。",
        "This account is suspended. Ask the account administrators to restore it.");

    public static readonly Reason ActUngranted = new("act.ungranted", "您的岗位不办理这项操作,请转给负责的同事,或由部门责任人调整岗位。",
        "Your post does not handle this. Pass it to the colleague who does, or ask your data owner about your post.");

    public static readonly Reason ActUnknown = new("act.unknown", "系统不认识这项操作,已按不允许处理。请核对接口文档后重试。",
        "This act is not known here, so it was refused. Check the interface description and try again.");

    public static readonly Reason PolicyMissing = new("policy.missing", "访问规则没有完整载入,为安全起见先停止。请通知安全管理员。",
        "The access rules could not be loaded in full, so access has stopped. Tell the security administrators.")
    {
        Status = 503,
    };

    public static readonly Reason PurposeUnknown = new("purpose.unknown", "没有登记这项用途,请从列表里选择。",
        "No such purpose is registered. Choose one from the list.");

    public static readonly Reason PurposeUngranted = new("purpose.ungranted", "您的岗位不使用这项用途,请选择岗位内的用途。",
        "Your post does not work for this purpose. Choose one that belongs to your post.");

    public static readonly Reason PurposeItemOutside = new("purpose.item_outside", "这项信息不用于所选用途,请换一个用途。",
        "This item does not serve the chosen purpose. Choose another purpose for it.");

    public static readonly Reason PurposeNotCollected = new("purpose.not_collected", "这项信息当初不是为这个用途收集的,换用途或重新征得同意。",
        "This was collected for something else. Choose that purpose, or ask the customer again.");

    public static readonly Reason PurposeMaskedOnly = new("purpose.masked_only", "这个用途只用脱敏后的信息,需要原文请换一个用途。",
        "This purpose works with masked values only. Choose another if you need it in full.");

    public static readonly Reason ConsentMissing = new("consent.missing", "缺少客户的同意记录,请先向客户说明并取得同意。",
        "There is no record of the customer's consent. Explain the use and ask first.")
    {
        Fix = Fix("征求同意", "Ask for consent"), Status = 422,
    };

    public static readonly Reason ConsentRefused = new("consent.refused", "客户已拒绝这项用途,服务照常,请不要再次询问。",
        "The customer refused this use. Service goes on; please do not ask again.");

    public static readonly Reason ConsentExpired = new("consent.expired", "客户的同意已到期,需要时请重新征得同意。",
        "The customer's consent has run out. Ask again if it is still needed.")
    {
        Fix = Fix("重新征求同意", "Ask again"),
    };

    public static readonly Reason ConsentSuperseded = new("consent.superseded", "用途或方式变了,原来的同意不再适用,请重新征得同意。",
        "The use has changed since the customer agreed. Ask for consent to the new one.")
    {
        Fix = Fix("重新征求同意", "Ask again"),
    };

    public static readonly Reason ConsentCompany = new("consent.company_rule", "公司规定这项用途还要客户同意,请先征得同意。",
        "Company rules ask for the customer's consent as well. Ask first.")
    {
        Fix = Fix("征求同意", "Ask for consent"),
    };

    public static readonly Reason ConsentAcknowledge = new("consent.acknowledge", "这是敏感信息,还没有客户知晓告知的记录,请先出示告知书。",
        "This is sensitive and nothing records that the customer was told. Show the notice first.")
    {
        Fix = Fix("出示告知书", "Show the notice"),
    };

    public static readonly Reason LevelWithheld = new("level.withheld", "您的岗位用不到这项信息,需要办理请转给负责的同事。",
        "Your post does not work with this item. Pass the task to the colleague who does.");

    public static readonly Reason ItemNeverShown = new("item.never_shown", "这类内容不向任何人显示,只能核对或转交系统处理。",
        "This kind is shown to nobody; it can only be compared or passed on by the system.");

    public static readonly Reason ItemUnknown = new("item.unknown", "目录里没有这一项,请核对名称。",
        "The catalogue has no such item. Check its name.")
    {
        Status = 422,
    };

    public static readonly Reason RevealOne = new("reveal.one", "这类信息一次只能查看一项,请逐项打开。",
        "Items of this kind open one at a time. Ask for them one by one.");

    public static readonly Reason CustomerUnknown = new("customer.unknown", "没有找到这位客户,请核对编号,或换一项信息查找。",
        "No such customer was found. Check the id, or search by another item.")
    {
        Status = 404,
    };

    public static readonly Reason CustomerRestricted = new("customer.restricted", "客户已要求限制使用,目前只能查看部分内容;依法必须办理的除外。",
        "The customer has restricted use, so only part can be seen unless the law requires more.");

    public static readonly Reason ScopeOutside = new("scope.outside", "这位客户不在您负责的范围内,请转给负责的单位。",
        "This customer is outside what you look after. Pass the request to the unit in charge.");

    public static readonly Reason ScopeTicket = new("scope.ticket", "请填写这次办理的工单号,系统据此确认范围。",
        "Name the ticket you are working on; it sets what you may open.")
    {
        Fix = Fix("填写工单号", "Name the ticket"),
    };

    public static readonly Reason EntityCrossing = new("entity.crossing", "这些信息属于另一家公司,跨公司使用就是共享,请走共享流程。",
        "This belongs to another company. Using it across companies is sharing; start a sharing request.");

    public static readonly Reason AuthorisationMissing = new("authorisation.missing", "您的岗位还没有这项用途的使用授权,请数据责任人批准。",
        "Your post has no standing authorisation for this use. Ask the data owner to approve one.")
    {
        Fix = Fix("申请使用授权", "Request authorisation"),
    };

    public static readonly Reason DutyMissing = new("duty.missing", "还有一项上岗要求没有完成,完成后即可继续。",
        "A requirement of your post is not yet met. Complete it and go on.")
    {
        Fix = Fix("查看要求", "See what is missing"),
    };

    public static readonly Reason SecondFactor = new("factor.second", "这一步要求双因素登录,请用第二因素重新登录。",
        "This asks for a second factor. Sign in again with yours.")
    {
        Fix = Fix("重新登录", "Sign in again"),
    };

    public static readonly Reason FindQuota = new("volume.find", "这一小时的查找次数已用完,稍后再试,或申请授权后继续。",
        "You have used this hour's searches. Wait a while, or go on with an approval.")
    {
        Fix = Fix("申请授权", "Request approval"),
    };

    public static readonly Reason FindSecondItem = new("find.second_item", "符合的客户较多,请再提供一项信息,例如日期或证件末位。",
        "Several customers match. Give one more detail, such as a date or the document's last digits.")
    {
        Fix = Fix("补充一项", "Add a detail"), Status = 422,
    };

    public static readonly Reason FindUnsearchable = new("find.unsearchable", "这一项不能用来查找,请换一项。",
        "This item cannot be searched. Use another one.")
    {
        Status = 422,
    };

    public static readonly Reason ClientScope = new("client.scope", "接口令牌没有登记这项操作、用途或信息项,请由接口负责人申请增加。",
        "This client is not registered for that act, purpose or item. Its owner can apply to add it.");

    public static readonly Reason ClientQuota = new("client.quota", "接口调用次数已到上限,请等下一个周期或申请调整。",
        "This client has used its quota. Wait for the next period, or apply to change it.")
    {
        Status = 429,
    };

    public static readonly Reason ClientExpired = new("client.expired", "接口令牌已到期,请由接口负责人续期。",
        "This client's registration has ended. Its owner can renew it.");

    public static readonly Reason ClientMutualTls = new("client.mutual_tls", "敏感信息原文只通过双向证书连接提供,请配置客户端证书。",
        "Clear sensitive items leave only over mutual TLS. Configure the client certificate.");

    public static readonly Reason ApprovalInvalid = new("approval.invalid", "这份授权不包含这次操作,或已用完、过期,请重新申请。",
        "This approval does not cover what was asked, or it is used or over. Ask again.")
    {
        Fix = Fix("重新申请", "Ask again"),
    };
}
