using Strongroom.Ground;

namespace Strongroom.Use.Contact;

/// <summary>
/// The messages that somebody may send to a customer: fixed, with no place in them for anything, so no name, number or booking can travel in one. A
/// code stands only in the message that the program makes itself (<see cref="Code"/>). None holds a link: a message that asks for a click cannot be told from a fraud.
/// </summary>
internal static class ContactTexts
{
    public static readonly IReadOnlyList<ContactTextView> All =
    [
        new(
            "call-us", new("请客户回电", "Ask for a call back"),
            new("您好,我们有事项需要与您确认。方便时请拨打我们公布的客服电话。除您本人正在办理改号或查询详单外,我们不会向您索要验证码。",
                "Hello, there is something we would like to settle with you. When it suits you, please call our published service number. Unless you yourself are changing your number or asking for itemised records, we never ask for codes.")),
        new(
            "journey-changed", new("行程或预订有变动", "Journey or booking changed"),
            new("您好,您的行程或预订有变动,请在我们的官方网站、App 或柜台查看。除您本人正在办理改号或查询详单外,我们不会向您索要验证码。",
                "Hello, your journey or booking has changed. Please look it up on our official website, in the app or at a desk. Unless you yourself are changing your number or asking for itemised records, we never ask for codes.")),
        new(
            "documents-ready", new("行程单或凭证可以领取", "Itinerary or receipt is ready"),
            new("您好,您要的行程单或凭证已经备好,请在我们的官方网站或 App 下载,也可以到柜台领取。",
                "Hello, the itinerary or receipt you asked for is ready. Download it on our official website or in the app, or collect it at a desk.")),
        new(
            "payment-waits", new("有一笔待付款", "A payment waits"),
            new("您好,您有一笔订单等待付款,请在我们的官方网站或 App 内完成。我们不会通过短信链接收款。",
                "Hello, an order of yours waits for payment. Please pay on our official website or in the app. We never take payments through links in messages.")),
    ];

    public static ContactTextView? Find(string? key) => All.FirstOrDefault(text => text.Key == key);

    /// <summary>The message with a code. It says what becomes of what, so that nobody reads it out for anything else; of the new value never more than its end.</summary>
    /// <param name="what">The item's name.</param>
    /// <param name="value">The new value, normalised; null: the old one is taken away.</param>
    public static Bilingual Code(string code, long minutes, Bilingual what, string? value) => InBoth(
        $"验证码 {code},{minutes} 分钟内有效,用于{(value is null ? $"删除我们为您预留的{what.Zh}" : $"把我们为您预留的{what.Zh}设为尾号 {EndOf(value)}")}。"
            + "只有您本人正在办理这项变更时,才把它告诉接待您的人员;不是您要求的,请不要告诉任何人,并拨打我们公布的客服电话。",
        $"Code {code}, good for {minutes} minutes: it {(value is null ? $"removes the {Small(what.En)} we hold for you" : $"sets the {Small(what.En)} we hold for you to the one ending in {EndOf(value)}")}. "
            + "Read it out only if you yourself are asking for that right now. If not, tell it to nobody and call our published service number.");

    /// <summary>The message with a code for one look. It says what is opened, for whom, and that it is once.</summary>
    /// <param name="what">The item's name.</param>
    /// <param name="month">yyyy-MM; null: the item has no months.</param>
    public static Bilingual Look(string code, long minutes, Bilingual what, string? month) => InBoth(
        $"验证码 {code},{minutes} 分钟内有效,用于让我们的工作人员打开一次您的{what.Zh}{(month is null ? "" : $"({month[..4]} 年 {month[5..].TrimStart('0')} 月)")}。"
            + "只有您本人正在要求查询时,才把它告诉接待您的人员;不是您要求的,请不要告诉任何人,并拨打我们公布的客服电话。",
        $"Code {code}, good for {minutes} minutes: it lets our staff open your {Small(what.En)}{(month is null ? "" : $" of {month}")} once. "
            + "Read it out only if you yourself are asking for that right now. If not, tell it to nobody and call our published service number.");

    /// <summary>To the number that got the code, once the change is made: who was talked into reading it out learns what it was for.</summary>
    public static Bilingual Changed(Bilingual what, string? value) => InBoth(
        $"我们为您预留的{what.Zh}已凭发到本号码的验证码{(value is null ? "删除" : $"改为尾号 {EndOf(value)}")}。不是您本人办理的,请立即拨打我们公布的客服电话。",
        $"The {Small(what.En)} we hold for you was {(value is null ? "removed" : $"changed to the one ending in {EndOf(value)}")}, confirmed by a code sent to this number. "
            + "If that was not you, call our published service number at once.");

    /// <summary>
    /// The chosen language first, the other after it: the text is what keeps a code from being talked out of somebody, and whoever asks must not choose one
    /// that its reader does not know.
    /// </summary>
    private static Bilingual InBoth(string zh, string en) => new($"{zh}\n{en}", $"{en}\n{zh}");

    /// <summary>The last four letters or digits, and never more than half of them.</summary>
    private static string EndOf(string value)
    {
        var told = value.Where(char.IsLetterOrDigit).ToArray();
        return new string(told[^Math.Min(4, told.Length / 2)..]);
    }

    /// <summary>A title inside a sentence; SIM stays SIM.</summary>
    private static string Small(string title) => title.Length > 1 && char.IsLower(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;
}

/// <summary>What is said to the customer, and how.</summary>
/// <param name="Text">Null for a call.</param>
internal sealed record ContactWords(ContactWay By, string Locale, Bilingual? Text)
{
    public string? Said => Locale == "zh" ? Text?.Zh : Text?.En;
}
