namespace Strongroom.Spine.Access;

/// <summary>Reasons of people, posts, sessions and API clients.</summary>
public static partial class Reasons
{
    public static readonly Reason PeopleSelf = new("people.self", "不能修改自己的账号、岗位或状态,请由另一位安全管理员办理。",
        "Nobody changes their own account, posts or state. Another administrator can do it.");

    public static readonly Reason AccountTaken = new("account.taken", "这个账号已有人使用,请换一个。", "This account name is taken. Choose another.")
    {
        Status = 409,
    };

    public static readonly Reason AccountForm = new("account.form", "账号只能用字母、数字、汉字和少数符号,至少两个字,请修改。",
        "An account name has two or more letters, digits or plain signs, without blanks. Correct it.")
    {
        Status = 422,
    };

    public static readonly Reason MemberClosed = new("member.closed", "已注销,不能再变更。需要时请新建。", "This is closed for good. Create a new one if it is needed.")
    {
        Status = 409,
    };

    public static readonly Reason MemberStateSame = new("member.state_same", "已经是这个状态,无需再改。", "It is in that state already; nothing was changed.")
    {
        Status = 409,
    };

    public static readonly Reason PostUnknown = new("post.unknown", "没有登记这个岗位,请从列表里选择。", "No such post is registered. Choose one from the list.")
    {
        Status = 422,
    };

    public static readonly Reason PostTerm = new("post.term", "岗位的结束时间要晚于开始时间,请修改。", "A post must end after it begins. Correct the term.")
    {
        Status = 422,
    };

    public static readonly Reason PostHeld = new("post.held", "此人在这段时间已担任这个岗位。", "The person already holds this post in that time.")
    {
        Status = 409,
    };

    public static readonly Reason PostNotHeld = new("post.not_held", "此人没有在任的这个岗位,请核对。", "The person does not hold this post. Check the list.")
    {
        Status = 404,
    };

    public static readonly Reason SsoTwo = new("sso.two", "为同事关联单点登录身份需要另一位安全管理员批准,请先申请。",
        "Linking a single sign-on identity to a colleague's account takes a second administrator. Request it first.")
    {
        Fix = Fix("申请批准", "Request approval"),
    };

    public static readonly Reason ClientTickets = new("client.tickets", "能下发工单的接口,登记、变更、换钥和交接都需要另一位安全管理员批准,请先申请。",
        "A client that pushes work orders is registered, changed, renewed and handed over by two administrators. Request it first.")
    {
        Fix = Fix("申请批准", "Request approval"),
    };

    public static readonly Reason PostAdministers = new("post.administers", "涉及关键岗位的授予或重置需要另一位安全管理员批准,请先申请。",
        "Granting such a post, or a new start for who holds one, takes a second administrator. Request it first.")
    {
        Fix = Fix("申请批准", "Request approval"),
    };

    public static readonly Reason UnitUnknown = new("unit.unknown", "没有这个单位或已停用,请从列表里选择。", "No such unit is in use. Choose one from the list.")
    {
        Status = 422,
    };

    public static readonly Reason EntityUnknown = new("entity.unknown", "没有这个公司主体或已停用,请从列表里选择。",
        "No such legal entity is in use. Choose one from the list.")
    {
        Status = 422,
    };

    public static readonly Reason PersonUnknown = new("person.unknown", "没有这位员工或已停用,请核对。", "No such member of staff is active. Check the id.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordShort = new("password.short", "密码至少十二个字符,请加长;一句话就很好记。",
        "A password has at least twelve characters. Make it longer; a sentence is easy to remember.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordLong = new("password.long", "密码太长了,请缩短。", "This password is longer than allowed. Shorten it.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordCommon = new("password.common", "这个密码太常见,容易被猜到,请换一个。",
        "This password is common and easily guessed. Choose another.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordAccount = new("password.account", "密码里不要包含账号,请换一个。",
        "The password must not be built on the account name. Choose another.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordBreached = new("password.breached", "这个密码已在别处泄露过,请换一个。",
        "This password is known from a breach elsewhere. Choose another.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordUnchanged = new("password.unchanged", "新密码与现在的相同,请换一个。",
        "The new password is the present one. Choose another.")
    {
        Status = 422,
    };

    public static readonly Reason PasswordChangeNeeded = new("password.change_needed", "请先把初始密码换成您自己的密码。",
        "Replace the start password with one of your own first.")
    {
        Fix = Fix("修改密码", "Change the password"),
    };

    public static readonly Reason FactorPending = new("factor.pending", "请先完成第二因素验证,再继续。", "Complete this sign-in with your second factor first.")
    {
        Fix = Fix("完成验证", "Confirm with your second factor"),
    };

    public static readonly Reason CodeWrong = new("factor.code", "验证码不对或已用过,请等应用里出现新的一组再输入。",
        "That code is wrong or was used before. Wait for the app's next code and try again.");

    public static readonly Reason TotpOfferOver = new("factor.offer", "这次绑定已过期,请重新开始。", "This enrolment is over. Begin it again.")
    {
        Status = 409,
    };

    public static readonly Reason FactorLast = new("factor.last", "这是最后一个验证方式,先绑定另一个再移除。", "This is your last factor. Enrol another before you remove it.")
    {
        Status = 409,
    };

    public static readonly Reason PasskeyOrigin = new("passkey.origin", "本系统还没有配置访问域名,暂不能使用通行密钥,请联系运维。",
        "Passkeys need a public domain name that the operators have not set yet. Ask them to set it.")
    {
        Status = 409,
    };

    public static readonly Reason PasskeyNeeded = new("passkey.needed", "这一步要用通行密钥验证(指纹、人脸或安全密钥)。",
        "This asks for your passkey: fingerprint, face or security key.")
    {
        Fix = Fix("用通行密钥验证", "Confirm with your passkey"),
    };

    public static readonly Reason PasskeyWrong = new("passkey.wrong", "通行密钥没有通过验证,请重新开始。", "That passkey was not accepted. Begin again.");

    public static readonly Reason PasskeyNone = new("passkey.none", "您还没有通行密钥,请先添加一个。", "You have no passkey yet. Add one first.")
    {
        Fix = Fix("添加通行密钥", "Add a passkey"), Status = 409,
    };

    public static readonly Reason PasskeyTaken = new("passkey.taken", "这个通行密钥已登记过,请换一个。", "This passkey is registered already. Use another one.")
    {
        Status = 409,
    };

    public static readonly Reason PasskeyMany = new("passkey.many", "通行密钥已到数量上限,请先移除不用的。", "You have as many passkeys as allowed. Remove one you no longer use.")
    {
        Status = 409,
    };

    public static readonly Reason QrBrowser = new("qr.browser", "请先在这台设备上用密码登录一次,之后才能扫码。",
        "Sign in once with your password on this device; after that the phone can do it.")
    {
        Status = 409,
    };

    public static readonly Reason QrOver = new("qr.over", "这个二维码已失效,请刷新后重新扫。", "This code is over. Show a new one and scan it again.")
    {
        Status = 409,
    };

    public static readonly Reason QrRefused = new("qr.refused", "没有登录:数字、网络或设备对不上。不是您本人操作请勿继续。",
        "Nobody was signed in: number, network or device do not fit. If you did not start this, stop here.");

    public static readonly Reason QrLevel = new("qr.level", "扫码登录不能查看敏感信息原文,请再用密码或通行密钥登录。",
        "A sign-in by phone does not open sensitive items. Sign in with your password or passkey.");

    public static readonly Reason SsoUnknown = new("sso.unknown", "没有登记这个统一登录,请从列表里选择。", "No such single sign-on is registered here. Choose one from the list.")
    {
        Status = 404,
    };

    public static readonly Reason SsoDown = new("sso.down", "统一登录暂时连不上,请稍后再试,或用密码登录。",
        "The sign-on provider cannot be reached. Try again later, or sign in with your password.")
    {
        Status = 503,
    };

    public static readonly Reason SsoRefused = new("sso.refused", "统一登录没有通过,或还没有绑定到这里的账号,请重新开始。",
        "Single sign-on did not succeed, or is not linked to an account here. Begin again.")
    {
        Status = 401,
    };

    public static readonly Reason SsoTaken = new("sso.taken", "这个统一登录身份已绑定其他账号。", "This identity is linked to another account already.")
    {
        Status = 409,
    };

    public static readonly Reason CrossSite = new("request.cross_site", "请求来自别的网站,已拒绝。请从本系统页面操作。",
        "This request came from another site and was refused. Act from this system's own pages.");

    public static readonly Reason SignInBusy = new("signin.busy", "现在登录的人较多,请过几秒再试。", "Many people are signing in. Try again in a few seconds.")
    {
        Status = 503,
    };

    public static readonly Reason ClientField = new("client.field", "接口登记的这一项不符合要求,请按说明修正。",
        "This part of the client's registration is not valid. Correct it as described.")
    {
        Status = 422,
    };

    public static readonly Reason ClientTerm = new("client.term", "接口有效期须晚于现在,且不超过两年。", "A client's term ends in the future, within two years.")
    {
        Status = 422,
    };

    public static readonly Reason InstallationBegun = new("installation.begun", "这套安装已有人员,不能再次初始化。", "This installation has people already and cannot be begun again.")
    {
        Status = 409,
    };
}
