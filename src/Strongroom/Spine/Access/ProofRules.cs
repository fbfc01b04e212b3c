namespace Strongroom.Spine.Access;

/// <summary>Whether somebody proved himself strongly and lately enough (R37); one rule for the decision and for the outer door. Pure.</summary>
internal static class ProofRules
{
    /// <summary>What is missing; null when nothing is.</summary>
    public static Finding? Missing(ActorFacts actor, Strength strength, long? maxAgeMs, long now)
    {
        var passkey = strength == Strength.Passkey;
        if (actor.Strength < strength)
        {
            return passkey
                ? Finding.Needs(Reasons.PasskeyNeeded, NeedKind.SecondFactor, "passkey")
                : Finding.Needs(Reasons.SecondFactor, NeedKind.SecondFactor, "sign-in");
        }

        // A proof from the future is no recent proof: a clock jumped.
        var age = now - actor.ProvedAt(strength);
        return maxAgeMs is { } most && (age < 0 || age > most)
            ? Finding.Needs(Reasons.FactorNeeded, NeedKind.StepUp, passkey ? "passkey" : "confirm")
            : null;
    }
}
