namespace Strongroom.Ground.Identifiers;

/// <summary>Every sentence a value check can answer with. Each says what is wrong and what to do, and holds no value.</summary>
internal static class Faults
{
    public static readonly Fault NotUnderstood = new("value.not-understood", "这个内容无法识别,请核对后重填。", "This value is not understood. Check it and enter it again.");
    public static readonly Fault Missing = new("value.missing", "这一项还没有填写。", "This item is empty.");
    public static readonly Fault TooLong = new("value.too-long", "内容太长,请缩短。", "This value is too long. Shorten it.");
    public static readonly Fault BadText = new("value.bad-text", "内容里有无法保存的字符,请重新输入。", "This value contains characters that cannot be stored. Type it again.");

    public static readonly Fault Name = new("name.shape", "姓名里有不该出现的字符,请核对。", "The name contains unexpected characters. Check it.");
    public static readonly Fault NameLatin = new("name-latin.shape", "请按证件填写英文姓名,只用拉丁字母。", "Enter the name as on the document, in Latin letters only.");
    public static readonly Fault Date = new("date.shape", "日期请写成 1990-01-31 这样,而且要真实存在。", "Write a real date like 1990-01-31.");

    public static readonly Fault ResidentIdShape = new("cn-id.shape", "身份证号应为 18 位,最后一位可以是 X。", "An identity number has 18 characters; the last may be X.");
    public static readonly Fault ResidentIdDate = new("cn-id.date", "身份证号里的出生日期不存在,请核对。", "The birth date inside the identity number does not exist. Check it.");
    public static readonly Fault ResidentIdFuture = new("cn-id.future", "身份证号里的出生日期在今天之后,请核对。", "The birth date inside the identity number lies in the future. Check it.");
    public static readonly Fault ResidentIdCheck = new("cn-id.check", "身份证号校验位不符,可能有一位抄错了。", "The identity number's check digit does not fit; one digit may be wrong.");
    public static readonly Fault ResidentIdOld = new("cn-id.old-form", "这是 15 位旧身份证号,没有校验位,请对照证件确认。", "This is an old 15-digit identity number without a check digit. Confirm it against the document.");

    public static readonly Fault Passport = new("passport.shape", "护照号应为 6 到 9 位字母和数字。", "A passport number has 6 to 9 letters and digits.");
    public static readonly Fault PermitShape = new("permit.shape", "通行证号格式不对,请对照证件核对。", "This permit number's form is not known. Check it against the document.");
    public static readonly Fault PermitCheck = new("permit.check", "证件号校验位不符,可能有一位抄错了。", "The permit number's check digit does not fit; one character may be wrong.");

    public static readonly Fault Mobile = new("mobile.shape", "手机号应为 11 位(物联网号 13 位)。", "A mobile number has 11 digits (13 for IoT).");
    public static readonly Fault Phone = new("phone.shape", "电话号码格式不对,请带上区号或国家码。", "This phone number's form is not known. Include the area or country code.");
    public static readonly Fault Email = new("email.shape", "邮箱格式不对,请核对。", "This is not an e-mail address. Check it.");

    public static readonly Fault Code = new("code.shape", "编号只能用字母、数字和 - _ . / #。", "A code uses letters, digits and - _ . / # only.");
    public static readonly Fault Code6 = new("code6.shape", "订座编号应为 6 位字母或数字。", "A booking reference has 6 letters or digits.");
    public static readonly Fault Digits = new("digits.shape", "这里只能填数字。", "Only digits belong here.");
    public static readonly Fault Digits10 = new("digits10.shape", "行李牌号应为 10 位数字。", "A bag tag has 10 digits.");
    public static readonly Fault Digits13 = new("digits13.shape", "客票号应为 13 位数字。", "A ticket number has 13 digits.");
    public static readonly Fault Flight = new("flight.shape", "航班号应像 CA1301 这样。", "A flight number looks like CA1301.");
    public static readonly Fault PanShape = new("pan.shape", "银行卡号应为 13 到 19 位数字。", "A card number has 13 to 19 digits.");
    public static readonly Fault PanCheck = new("pan.check", "银行卡号校验不符,可能有一位抄错了。", "The card number's check digit does not fit; one digit may be wrong.");
    public static readonly Fault Plate = new("plate.shape", "车牌号格式不对,字母不用 I 和 O。", "This plate's form is not known; I and O are never used.");
    public static readonly Fault ImeiShape = new("imei.shape", "终端串号应为 15 位数字。", "An IMEI has 15 digits.");
    public static readonly Fault ImeiCheck = new("imei.check", "终端串号校验不符,可能有一位抄错了。", "The IMEI's check digit does not fit; one digit may be wrong.");
    public static readonly Fault UsccShape = new("uscc.shape", "统一社会信用代码应为 18 位,不用 I O S V Z。", "A unified social credit code has 18 characters, never I O S V Z.");
    public static readonly Fault UsccCheck = new("uscc.check", "统一社会信用代码校验位不符,可能有一位抄错了。", "The credit code's check character does not fit; one character may be wrong.");
    public static readonly Fault Ip = new("ip.shape", "这不是 IP 地址。", "This is not an IP address.");
    public static readonly Fault Enum = new("enum.shape", "请从选项里选一个。", "Choose one of the options.");
    public static readonly Fault Money = new("money.shape", "金额请写成 88.50 CNY 这样。", "Write an amount like 88.50 CNY.");
    public static readonly Fault MoneyMinor = new("money.minor-units", "小数位数超过这种货币的最小单位。", "This currency has fewer decimal places.");
    public static readonly Fault MoneyCurrency = new("money.currency", "不认识这个货币代码,请用三位字母代码。", "Unknown currency. Use the three-letter code.");
    public static readonly Fault Number = new("number.shape", "这里要填一个数。", "Enter a number.");
    public static readonly Fault Segments = new("segments.shape", "行程要写出每段的起点、终点和日期。", "Give each leg's origin, destination and date.");
    public static readonly Fault Object = new("record.shape", "这一项应是一个 JSON 对象。", "This item is a JSON object.");
    public static readonly Fault Array = new("list.shape", "这一项应是一个 JSON 数组。", "This item is a JSON array.");
    public static readonly Fault Person = new("person-ref.shape", "请填客户编号,或对方的姓名、电话、证件。", "Give a customer id, or the person's name, phone or document.");
    public static readonly Fault Handle = new("object.shape", "这一项应指向已封存的文件。", "This item refers to a sealed file.");
}
