using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Store.Customers;

namespace Strongroom.Use;

/// <summary>What using information leaves in the log.</summary>
internal static class UseFacts
{
    public const string View = "view";
    public const string ViewMany = "view-many";
    public const string Find = "find";
    public const string Compare = "compare";
    public const string Correct = "correct";
    public const string BatchBegun = "batch-change-begun";
    public const string BatchDone = "batch-changed";
    public const string ContactCall = "contact-call";
    public const string ContactSms = "contact-sms";
    public const string ContactFailed = "contact-failed";
    public const string CodeSent = "contact-code";
    public const string CodeWrong = "contact-code-wrong";
    public const string CodeTold = "contact-code-told";
    public const string FileOpened = "file-opened";
    public const string SessionOpened = "service-session-opened";
    public const string SessionCustomer = "service-session-customer";
    public const string SessionClosed = "service-session-closed";
    public const string CallOpened = "call-opened";
    public const string CallRang = "call-rang";
    public const string CallClosed = "call-closed";
    public const string CallRefused = "call-refused";
    public const string CallerVerified = "caller-verified";
    public const string CallerNotVerified = "caller-not-verified";
    public const string RowDamaged = StoreAlarms.RowDamaged;
    public const string ItemDamaged = StoreAlarms.ItemDamaged;

    /// <summary>Among an entry's reasons: the customer confirmed the change, or the look, by a code …</summary>
    public const string ByCode = "customer-code";

    /// <summary>… which stood in for this scene's second person.</summary>
    public const string ScenePrefix = "scene.";

    /// <summary>Among a view's reasons: of lists of records only this month was shown, as <c>month.2026-10</c>.</summary>
    public const string MonthPrefix = "month.";

    /// <summary>Names of counts.</summary>
    public static readonly FactName FindCount = FactName.Of(Find);

    public static readonly FactName CompareCount = FactName.Of(Compare);

    public static readonly FactName ContactCount = FactName.Of("contact");

    /// <summary>The count of customers revealed of one volume limit begins so.</summary>
    public const string RevealPrefix = "reveal-";
}
