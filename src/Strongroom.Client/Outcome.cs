using System.Text;

namespace Strongroom.Client;

/// <summary>
/// What came of a call: <see cref="Done"/>, or <see cref="Refused"/> with the reason. A refusal is an ordinary answer, so it is a value to
/// match on; who has no use for it asks for <see cref="Required"/>. Failures of network and server are exceptions.
/// </summary>
public abstract record Outcome<T>
{
    private protected Outcome()
    {
    }

    public bool IsDone => this is Done;

    /// <summary>Text of an outcome shows what it holds, and does not try to read the answer of a refusal.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>The answer.</summary>
    /// <exception cref="StrongroomRefusedException">The call was refused.</exception>
    public T Required => this switch
    {
        Done done => done.Value,
        Refused refused => throw new StrongroomRefusedException(refused.Refusal),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The server did it, and its log says so.</summary>
    public sealed record Done(T Value) : Outcome<T>;

    /// <summary>The server will not, for a reason that people can read.</summary>
    public sealed record Refused(Refusal Refusal) : Outcome<T>;
}

/// <summary>Why a call was refused. No personal value stands in one, so it may be logged and shown.</summary>
/// <param name="Code">Stable, for programs: <c>access.needs</c>, <c>field.missing</c>.</param>
/// <param name="Zh">For people, in Chinese.</param>
/// <param name="En">For people, in English.</param>
public abstract record Refusal(string Code, string Zh, string En)
{
    /// <summary>It would be permitted if something were brought: a consent, an approval, a ticket (403 <c>access.needs</c>).</summary>
    public sealed record Needs(string Code, string Zh, string En, IReadOnlyList<Need> What, IReadOnlyList<Reason> Reasons) : Refusal(Code, Zh, En);

    /// <summary>Not permitted to this caller at all (403).</summary>
    public sealed record Denied(string Code, string Zh, string En, IReadOnlyList<Reason> Reasons) : Refusal(Code, Zh, En);

    /// <summary>There is no such customer, or none for this caller; the two look alike on purpose (404).</summary>
    public sealed record NotFound(string Code, string Zh, string En) : Refusal(Code, Zh, En);

    /// <summary>Something in the request must be mended; each error says where (400, 413, 415, 422).</summary>
    public sealed record Invalid(string Code, string Zh, string En, IReadOnlyList<FieldError> Errors) : Refusal(Code, Zh, En);

    /// <summary>What the request rested on is another by now: an item's version, an approval, an idempotency key's body (409).</summary>
    public sealed record Conflict(string Code, string Zh, string En, IReadOnlyList<Reason> Reasons) : Refusal(Code, Zh, En);

    /// <summary>The token is missing, wrong, expired or revoked (401).</summary>
    public sealed record NotSignedIn(string Code, string Zh, string En) : Refusal(Code, Zh, En);

    /// <summary>A quota is spent (429). Nothing was done.</summary>
    /// <param name="RetryAfter">How long to wait, when the server says; longer than <see cref="StrongroomClientOptions.LongestWait"/>.</param>
    public sealed record TooMany(string Code, string Zh, string En, TimeSpan? RetryAfter, IReadOnlyList<Reason> Reasons) : Refusal(Code, Zh, En);
}

/// <summary>One mistake in a request.</summary>
/// <param name="At">Where: a field path such as <c>items.mobile</c>, or line and column of broken JSON. Never the value.</param>
public sealed record FieldError(string At, string Code, string Zh, string En);

/// <summary>Something went wrong that is no ordinary answer.</summary>
public abstract class StrongroomException : Exception
{
    private protected StrongroomException(string zh, string en, Exception? inner = null) : base(en, inner) => Zh = zh;

    /// <summary>The message in Chinese; <see cref="Exception.Message"/> is English.</summary>
    public string Zh { get; }
}

/// <summary>A refusal that nobody asked about: <see cref="Outcome{T}.Required"/> of a refused call, or a bulk that may not begin.</summary>
public sealed class StrongroomRefusedException(Refusal refusal) : StrongroomException(Of(refusal).Zh, $"{refusal.En} ({refusal.Code})")
{
    public Refusal Refusal { get; } = refusal;

    private static Refusal Of(Refusal refusal)
    {
        ArgumentNullException.ThrowIfNull(refusal);
        return refusal;
    }
}

/// <summary>
/// The server cannot be reached or stops for safety, and repeating did not help. When <see cref="OutcomeUnknown"/> says so, the change may
/// have been made: send the same request with the same <see cref="IdempotencyKey"/> within 24 hours, and it is made once.
/// </summary>
public sealed class StrongroomUnavailableException : StrongroomException
{
    internal StrongroomUnavailableException(string? code, string zh, string en, bool outcomeUnknown, string? key, Exception? inner = null)
        : base(zh, en, inner) => (Code, OutcomeUnknown, IdempotencyKey) = (code, outcomeUnknown, key);

    /// <summary>The server's code (<c>log.unavailable</c>, <c>keys.unavailable</c> …); null when nothing answered.</summary>
    public string? Code { get; }

    /// <summary>The request left this machine and may have been carried out.</summary>
    public bool OutcomeUnknown { get; }

    /// <summary>The key the call was made with; null for calls that take none.</summary>
    public string? IdempotencyKey { get; }

    /// <summary>Results of a bulk that had arrived; lines after these have an unknown outcome.</summary>
    public long LinesAnswered { get; internal init; }
}

/// <summary>Whatever answered does not speak this API: a proxy's page, another version. The answer is not repeated here.</summary>
public sealed class StrongroomProtocolException : StrongroomException
{
    internal StrongroomProtocolException(string call, int status, Exception? inner = null)
        : base($"对方的应答不是金库接口的内容({call},HTTP {status})。请核对地址和版本。",
            $"The answer to {call} (HTTP {status}) is not of the Strongroom API. Check address and version.", inner)
    {
    }
}
