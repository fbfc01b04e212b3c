namespace Strongroom.Spine.Access;

/// <summary>Reasons of where and when: network zones, work from outside, rosters (R44).</summary>
public static partial class Reasons
{
    public static readonly Reason ZoneAct = new("zone.act", "这件事不能在当前网络办理,请改用公司网络。", "This is not done from this network. Use the company network.")
    {
        Fix = Fix("改用公司网络", "Use the company network"),
    };

    public static readonly Reason RemoteNeeded = new("remote.needed", "在公司网络以外办公需要远程接入许可,请主管为您申请。",
        "Working from outside takes a permit with an end. Ask your lead to request one.")
    {
        Fix = Fix("申请远程接入", "Ask for remote access"),
    };

    public static readonly Reason RemoteZone = new("remote.zone", "请选择需要许可的网络区域,例如虚拟专网或互联网。",
        "Name zones that need a permit, such as the VPN or the internet.")
    {
        Status = 422,
    };

    public static readonly Reason RemoteTerm = new("remote.term", "许可要有结束时间,在将来且不超过三个月,请修改。",
        "A permit ends in the future and within three months. Correct its end.")
    {
        Status = 422,
    };

    public static readonly Reason ZoneForm = new("zone.form", "网络区域的名称或数量不对,每个区域只写一次,请修改。",
        "A zone has a name of its own and stands once, and the internet has no prefixes. Correct it.")
    {
        Status = 422,
    };

    public static readonly Reason ZonePrefix = new("zone.prefix", "网段写法不对或已写过,请按网络地址加前缀长度填写。",
        "Write each network once, as an address with a prefix length. Correct it.")
    {
        Status = 422,
    };

    public static readonly Reason ZoneLockout = new("zone.lockout", "改成这样,您就不能再从这里管理了。请先保留您所在的网段。",
        "This would shut you out from administering. Keep the network you are in.")
    {
        Status = 409,
    };

    public static readonly Reason RosterHeader = new("roster.header", "排班文件的第一行不对,请按说明填写列名。", "The first line names the columns of a roster. Write it as described.")
    {
        Status = 422,
    };

    public static readonly Reason RosterColumns = new("roster.columns", "这一行的列数不对,请对照第一行检查。", "This line has too few or too many columns. Compare it with the first line.")
    {
        Status = 422,
    };

    public static readonly Reason RosterName = new("roster.name", "排班表的名称只用小写字母、数字和短横。", "A roster's name is lower-case letters, digits and dashes.")
    {
        Status = 422,
    };

    public static readonly Reason RosterDay = new("roster.day", "日期写法不对,或早于前天、太过遥远,请修改。", "The day cannot be read, or lies too far back or ahead. Correct it.")
    {
        Status = 422,
    };

    public static readonly Reason RosterTime = new("roster.time", "时间请按时和分填写,例如晚上十点写作二十二点整。", "Write times as hours and minutes of the day. Correct it.")
    {
        Status = 422,
    };

    public static readonly Reason RosterLong = new("roster.long", "一个班次不会这么长,请检查开始和结束时间。", "No shift is as long as this. Check its start and end.")
    {
        Status = 422,
    };

    public static readonly Reason RosterUnit = new("roster.unit", "没有这个单位、名称不唯一,或不归您排班,请填写单位编号。",
        "No such unit, an ambiguous name, or not yours to roster. Give the unit's id.")
    {
        Status = 422,
    };

    public static readonly Reason RosterPost = new("roster.post", "此人在这段时间不担任这个单位的这个岗位,请核对。", "The person does not hold this post there at that time. Check it.")
    {
        Status = 422,
    };

    public static readonly Reason RosterOverlap = new("roster.overlap", "此人的两个班次重叠,请修改其中一个。", "Two shifts of one person overlap. Change one of them.")
    {
        Status = 422,
    };

    public static readonly Reason RosterShift = new("roster.shift", "这一天没有此人的这个班次,请核对排班。", "There is no such shift of this person on that day. Check the roster.")
    {
        Status = 422,
    };

    public static readonly Reason RosterOthers = new("roster.others", "这份排班的这一天还有不归您排班的单位,整天替换会抹掉他们的班次。请换一个排班表名称。",
        "This day of the roster holds shifts of units that are not yours, and the whole day would be replaced. Use a roster of another name.");

    public static readonly Reason RosterLead = new("roster.lead", "换班由该单位的主管登记,请联系主管。", "Swaps are entered by the lead of the unit. Ask the lead.");

    public static readonly Reason UnitTimeZone = new("unit.time_zone", "没有这个时区,请按地区和城市填写,例如亚洲上海。", "No such time zone is known here. Name it by region and city.")
    {
        Status = 422,
    };

    public static readonly Reason ClientOverlap = new("client.overlap", "旧令牌的停用时间要在一个月之内,且不早于现在,请修改。",
        "The earlier token ends within a month and not in the past. Correct its end.")
    {
        Status = 422,
    };

    public static readonly Reason ClientOwnerLeft = new("client.owner_left", "这个接口的负责人已离开,请先指定新的负责人。",
        "The owner of this client has left. Hand it over to somebody first.")
    {
        Status = 409,
    };

    public static readonly Reason StartPasswordOver = new("password.start_over", "初始密码已过期,请安全管理员重新发放。", "This start password is too old. Ask an administrator for a new one.");
}
