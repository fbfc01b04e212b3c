namespace Strongroom.Ground.Identifiers;

/// <summary>How sure a check is that a value really is what it looks like. Used by matching and discovery, never to refuse.</summary>
internal enum Confidence
{
    None,
    Low,
    Medium,
    High,
}

/// <summary>Why a value was not accepted: a stable code and one sentence in each language. Never holds the value or a part of it.</summary>
internal sealed record Fault(string Code, string Zh, string En);

/// <summary>The answer of a check. The default value is a refusal, so a forgotten assignment fails closed.</summary>
internal readonly record struct Verdict
{
    private readonly Fault? _fault;

    private Verdict(VerdictState state, Confidence confidence, Fault? fault)
    {
        State = state;
        Confidence = confidence;
        _fault = fault;
    }

    public VerdictState State { get; }

    public Confidence Confidence { get; }

    /// <summary>Null exactly when <see cref="IsOk"/>.</summary>
    public Fault? Fault => IsOk ? null : _fault ?? Faults.NotUnderstood;

    public bool IsOk => State == VerdictState.Ok;

    public static Verdict Ok(Confidence confidence = Confidence.High) => new(VerdictState.Ok, confidence, null);

    public static Verdict Invalid(Fault fault) => new(VerdictState.Invalid, Confidence.None, fault);

    /// <summary>Well formed, but the form proves too little by itself (a 15-digit identity number has no check digit).</summary>
    public static Verdict NeedsContext(Fault fault) => new(VerdictState.NeedsContext, Confidence.Low, fault);
}

internal enum VerdictState
{
    Invalid,
    NeedsContext,
    Ok,
}
