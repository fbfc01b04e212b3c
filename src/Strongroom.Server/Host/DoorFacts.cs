using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Server.Host;

/// <summary>The entry of a refusal at the outer door: who knocked where, and why not. The policy stands in the reasons as a code.</summary>
internal static class DoorFacts
{
    public static readonly FactName Name = FactName.Of("door-refused");

    public static LogFact Refused(Actor actor, string policy, Reason reason) => new()
    {
        Act = Name,
        Actor = actor.AsLogActor(),
        Decision = Verdict.Deny,
        Reasons = [reason.Code, $"policy.{policy}"],
        Zone = actor.Zone,
    };
}
