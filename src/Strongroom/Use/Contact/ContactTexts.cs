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
            new("您好,我们有事项需要与您确认。方便时请拨打我们公布的客服电话,我们不会向您索要验证码。",
                "Hello, there is something we would like to settle with you. When it suits you, please call our published service number. We never ask for codes.")),
        new(
            "journey-changed", new("行程或预订有变动", "Journey or booking changed"),
            new("您好,您的行程或预订有变动,请在我们的官方网站、App 或柜台查看。我们不会向您索要验证码。",
                "Hello, your journey or booking has changed. Please look it up on our official website, in the app or at a desk. We never ask for codes.")),
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

    /// <summary>The message with a code for a change of the customer's number. It says what the code is for, so that nobody reads it out for anything else.</summary>
    public static Bilingual Code(string code, long minutes) => new(
        $"验证码 {code},{minutes} 分钟内有效。只有您本人正在请我们变更预留号码时,才把它告诉接待您的人员;不是您要求的,请不要告诉任何人,并拨打我们公布的客服电话。",
        $"Code {code}, good for {minutes} minutes. Read it out only if you yourself are asking us right now to change the number we hold for you. If not, tell it to nobody and call our published service number.");
}

/// <summary>What is said to the customer, and how.</summary>
/// <param name="Text">Null for a call.</param>
internal sealed record ContactWords(ContactWay By, string Locale, Bilingual? Text)
{
    public string? Said => Locale == "zh" ? Text?.Zh : Text?.En;
}
