using Strongroom.Ground;

namespace Strongroom.Store.Customers;

/// <summary>Who asks the search: everyday work, or a legal duty (also the customer's own rights, PIPL 44–50).</summary>
internal enum Reach
{
    Everyday,
    LegalDuty,
}

/// <summary>The life states of customers and records (R119; PIPL 47). Pure and total.</summary>
internal static class LifeRules
{
    /// <summary>A record is archived once and for all. A customer may come back: a new contract makes it active again, its old records stay archived.</summary>
    public static bool MayMove(LifeState from, LifeState to, bool isRecord) => (from, to) switch
    {
        (LifeState.Active, LifeState.Restricted or LifeState.Archived or LifeState.Destroyed) => true,
        (LifeState.Restricted, LifeState.Active or LifeState.Archived or LifeState.Destroyed) => true,
        (LifeState.Archived, LifeState.Active) => !isRecord,
        (LifeState.Archived, LifeState.Destroyed) => true,
        _ => false,
    };

    /// <summary>Restricted and archived leave everyday search; destroyed is found by nobody.</summary>
    public static bool MayFind(LifeState state, Reach reach) => state switch
    {
        LifeState.Active => true,
        LifeState.Restricted or LifeState.Archived => reach == Reach.LegalDuty,
        _ => false,
    };

    /// <summary>
    /// Records and relations are added and values corrected (PIPL 46) while active or restricted; the restriction then holds for what
    /// was added too. The archive takes nothing in.
    /// </summary>
    public static bool MayWrite(LifeState state) => state is LifeState.Active or LifeState.Restricted;

    /// <summary>The narrower of two states: of a customer and its record, or of two customers that are one person.</summary>
    public static LifeState Narrower(LifeState a, LifeState b) => (LifeState)Math.Max((int)a, (int)b);
}
