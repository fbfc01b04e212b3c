namespace Strongroom.Spine.Access;

/// <summary>Reasons of the interfaces: requests, collection, approvals, control rows.</summary>
public static partial class Reasons
{
    public static readonly Reason BadJson = new("json.bad", "请求内容不是有效的 JSON,请按所示位置修正后重发。",
        "The body is not valid JSON. Correct it at the place shown and send it again.")
    {
        Status = 400,
    };

    public static readonly Reason UnknownMember = new("json.unknown_member", "请求里有系统不认识的字段,请去掉或核对拼写。",
        "The body has a member that is not known here. Remove it or check its spelling.")
    {
        Status = 422,
    };

    public static readonly Reason BadField = new("field.bad", "这个字段的内容不符合要求,请按说明修正。",
        "This field does not have the required form. Correct it as described.")
    {
        Status = 422,
    };

    public static readonly Reason FieldMissing = new("field.missing", "缺少必填字段,请补上。", "A required field is missing. Add it.")
    {
        Status = 422,
    };

    public static readonly Reason FieldInvalid = new("field.invalid", "校验没有通过,请与证件或来源核对后重新填写。",
        "The value fails its check. Compare it with the document or source and enter it again.")
    {
        Status = 422,
    };

    public static readonly Reason FieldLong = new("field.too_long", "内容超过允许的长度,请缩短。", "This is longer than allowed. Shorten it.")
    {
        Status = 422,
    };

    public static readonly Reason BodyLarge = new("body.too_large", "请求内容超过大小上限,请分批发送。",
        "The body is larger than allowed. Send it in parts.")
    {
        Status = 413,
    };

    public static readonly Reason MediaType = new("body.media_type", "请求的内容类型不受支持,请按接口说明设置 Content-Type。",
        "The content type is not accepted. Set the one named in the interface description.")
    {
        Status = 415,
    };

    public static readonly Reason IdempotencyMismatch = new("idempotency.mismatch", "同一个幂等键对应了不同的内容,请为新内容换一个键。",
        "This idempotency key was used with another body. Use a new key for the new body.")
    {
        Status = 409,
    };

    public static readonly Reason IdempotencyBusy = new("idempotency.busy", "同一个请求正在处理,请稍候再查结果。",
        "The same request is still being worked on. Ask again in a moment.")
    {
        Status = 409,
    };

    public static readonly Reason SignInNeeded = new("signin.needed", "请先登录。", "Sign in first.")
    {
        Fix = Fix("登录", "Sign in"), Status = 401,
    };

    public static readonly Reason SignInFailed = new("signin.failed", "账号、密码或验证码不对,请核对后重试。",
        "The account, password or code does not match. Check them and try again.")
    {
        Status = 401,
    };

    public static readonly Reason SignInWait = new("signin.wait", "尝试次数较多,请稍等片刻再试。", "Too many tries. Wait a little, then try again.")
    {
        Status = 429,
    };

    public static readonly Reason RateLimited = new("rate.limited", "请求过于频繁,请稍后再试。", "Too many requests. Try again a little later.")
    {
        Status = 429,
    };

    public static readonly Reason NotFound = new("not.found", "没有找到,请核对编号。", "Nothing was found under that id. Check it.")
    {
        Status = 404,
    };

    public static readonly Reason RowChanged = new("row.changed", "内容已被别人更新,请刷新后再改。",
        "Somebody changed this meanwhile. Reload it, then make your change.")
    {
        Status = 409,
    };

    public static readonly Reason ControlTampered = new("control.tampered", "一条权限记录没有通过校验,已停止使用并报警。请通知安全管理员。",
        "A control record failed its check; it is no longer used and an alarm was raised. Tell the security administrators.")
    {
        Status = 503,
    };

    public static readonly Reason KeysUnavailable = new("keys.unavailable", "密钥库暂时不可用,为安全起见先停止。请稍后再试。",
        "The keyring cannot be reached, so this has stopped. Try again a little later.")
    {
        Status = 503,
    };

    public static readonly Reason LogUnavailable = new("log.unavailable", "审计日志暂时写不进去,为安全起见先停止。不是您的问题。",
        "The log cannot be written, so this has stopped. It is not your fault.")
    {
        Status = 503,
    };

    public static readonly Reason LogPending = new("log.pending", "这条日志还在排序封存,几秒后再取证明。",
        "This entry is still being sealed. Ask for its proof in a few seconds.")
    {
        Status = 409,
    };

    public static readonly Reason ServerFault = new("server.fault", "系统内部出错,操作没有完成。请凭编号联系技术支持。",
        "Something failed inside, and nothing was done. Quote the reference to support.")
    {
        Status = 500,
    };

    public static readonly Reason FormUnknown = new("form.unknown", "没有登记这张表单,请核对名称。", "No such form is registered. Check its name.")
    {
        Status = 404,
    };

    public static readonly Reason FormNotOpen = new("form.not_open", "表单还没有通过审批开放,请等审批或联系数据责任人。",
        "This form has not been approved for use yet. Wait for the approval, or ask the data owner.")
    {
        Status = 409,
    };

    public static readonly Reason NoticeMissing = new("notice.missing", "提交里没有告知书版本,请先出示告知书。",
        "The submission names no notice version. Show the notice first.")
    {
        Fix = Fix("出示告知书", "Show the notice"), Status = 422,
    };

    public static readonly Reason NoticeUnknown = new("notice.unknown", "没有这一版告知书,请核对版本。",
        "There is no such notice version. Check it.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentPrechecked = new("consent.prechecked", "同意不能预先勾选,请改成由客户自己勾选。",
        "Consent must not be ticked in advance. Let the customer tick it.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentBundled = new("consent.bundled", "不同用途的同意不能捆绑在一起,请逐项征求。",
        "Consents to different uses must not be bundled. Ask for each on its own.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentForm = new("consent.form", "这项用途要求另一种同意方式,请按表单要求取得。",
        "This use asks for another form of consent. Obtain it as the form says.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentEvidence = new("consent.evidence", "缺少同意的凭证,请补上签名、勾选或录音编号。",
        "The consent has no evidence. Add the signature, tick or recording reference.")
    {
        Status = 422,
    };

    public static readonly Reason ConsentGuardian = new("consent.guardian", "未满十四周岁,需要监护人同意。",
        "The person is under fourteen: a guardian's consent is needed.")
    {
        Fix = Fix("征求监护人同意", "Ask the guardian"), Status = 422,
    };

    public static readonly Reason ConsentOlder = new("consent.older", "客户之后已有新的表示,这条较早的记录不再生效。",
        "The customer has decided since; this earlier statement no longer counts.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentNotAskedAgain = new("consent.not-asked-again", "客户已拒绝过,服务照常,请不要再次询问。",
        "The customer has said no. Service goes on; please do not ask again.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentAlreadyGiven = new("consent.already-given", "客户已经同意过,不用再问。",
        "The customer has already agreed; there is no need to ask.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentNotWithdrawable = new("consent.not-withdrawable", "这项用途依据法律或合同,不靠同意,请向客户说明保留什么、依据和期限。",
        "This use rests on law or contract, not on consent. Tell the customer what stays, by which rule and until when.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentObjected = new("consent.objected", "客户已表示反对,看过告知书不等于同意,请按拒绝处理。",
        "The customer objected, and having read a notice is not consent. Treat it as refused.")
    {
        Status = 409,
    };

    public static readonly Reason ConsentFormMissing = new("consent.form-missing", "没有写明同意的方式,请补上签名、勾选、录音等方式。",
        "The way in which consent was given is missing. Say whether it was signed, ticked or recorded.")
    {
        Status = 422,
    };

    public static readonly Reason ChannelUnknown = new("channel.unknown", "收集渠道没有登记或凭证不符,请使用登记的渠道。",
        "The collection channel is not registered or its credential does not match. Use a registered one.");

    public static readonly Reason CustomerAmbiguous = new("customer.ambiguous", "有两位客户同时符合,系统不会自行合并,请人工核对。",
        "Two customers match and none is merged by itself. Have a person compare them.")
    {
        Status = 409,
    };

    public static readonly Reason ApprovalSelf = new("approval.self", "申请人不能审批自己的申请,请由另一位有权的同事审批。",
        "The requester cannot decide the request. Ask another colleague who may.");

    public static readonly Reason ApprovalVoid = new("approval.void", "授权已用完、过期、撤销或内容改变,请重新申请。",
        "The approval is used, over, revoked or no longer matches. Ask again.")
    {
        Fix = Fix("重新申请", "Ask again"), Status = 409,
    };

    public static readonly Reason ApprovalUnready = new("approval.unready", "申请还没有批准,请等待审批人处理。",
        "The request has not been approved yet. Wait for the approver.")
    {
        Status = 409,
    };

    public static readonly Reason ApprovalDecided = new("approval.decided", "这份申请已经有结果,不能再次审批。",
        "This request has been decided already and cannot be decided again.")
    {
        Status = 409,
    };

    public static readonly Reason ApprovalReason = new("approval.reason", "拒绝时请写明理由,让申请人知道怎么改。",
        "Say why you refuse, so that the requester knows what to change.")
    {
        Status = 422,
    };

    public static readonly Reason ApprovalUntil = new("approval.until", "请填写有效期,须晚于现在且在允许的期限之内。",
        "Give an end that lies ahead and within the longest term allowed.")
    {
        Status = 422,
    };

    public static readonly Reason ApprovalAct = new("approval.act", "这类事项没有登记审批规则,因此不能申请。请联系安全管理员。",
        "No approval rule is registered for this kind of act, so it cannot be requested. Ask the security administrators.")
    {
        Status = 422,
    };

    public static readonly Reason PostsIncompatible = new("posts.incompatible", "这两个岗位互不相容,不能由同一人担任或审批。",
        "These two posts are incompatible: one person may not hold or decide both.");

    public static readonly Reason ApprovalTwice = new("approval.twice", "您已对这份申请表过态,代理他人也只算一次,请由另一位同事处理。",
        "You have answered this request already; standing in for somebody counts as the same. Another colleague must answer.");

    public static readonly Reason ApprovalTurn = new("approval.turn", "申请人指定的同事还在处理时限内,暂时不用您审批。",
        "The colleague who was asked still has time to answer. It is not your turn yet.");

    public static readonly Reason ApprovalUnit = new("approval.unit", "请说明以哪个部门的身份申请。",
        "Say for which of your units you ask.")
    {
        Status = 422,
    };

    public static readonly Reason ApproverThirdParty = new("approver.third_party", "外包人员不能做协同人,请由本单位同事审批。",
        "A third party's staff cannot be the second person. A colleague of your own company must decide.");

    public static readonly Reason ApproverOffDuty = new("approver.off_duty", "您现在不当班,请由当班的同事审批。",
        "You are off duty. A colleague on duty must decide.");

    public static readonly Reason DelegationUnfit = new("delegation.unfit", "代理人须是在岗的本单位其他同事,期限不超过三十一天,并写明理由。",
        "A stand-in is another active colleague of your company, for at most thirty-one days, with a reason.")
    {
        Status = 422,
    };
}
