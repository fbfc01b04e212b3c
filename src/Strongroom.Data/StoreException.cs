namespace Strongroom.Data;

/// <summary>The store refuses or cannot serve. <see cref="Code"/> is stable; the texts hold no personal value.</summary>
public class StoreException : Exception
{
    public StoreException(string code, string zh, string en, Exception? inner = null) : base($"{code}: {en}", inner) =>
        (Code, Zh, En) = (code, zh, en);

    public string Code { get; }
    public string Zh { get; }
    public string En { get; }
}

/// <summary>
/// The connection or disk failed during COMMIT, so nobody knows whether the transaction is durable.
/// The caller reconciles by idempotency key; it must neither report success nor blindly repeat.
/// </summary>
public sealed class UnknownOutcomeException : StoreException
{
    public UnknownOutcomeException(Exception? inner = null) : base(
        "store.unknown-outcome",
        "提交过程中与数据库的联系中断，结果未知；请用同一幂等键重试核对。",
        "The database was lost during COMMIT and the outcome is unknown; repeat with the same idempotency key to reconcile.",
        inner)
    { }
}
