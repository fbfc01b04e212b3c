using Strongroom.Spine.Access;
using Strongroom.Spine.Identity;

namespace Strongroom.Tests.Harness;

/// <summary>What an outcome must have been for a test to go on.</summary>
internal static class Outcomes
{
    public static T Done<T>(Outcome<T> outcome) => outcome is Outcome<T>.Refused refused
        ? throw new Xunit.Sdk.XunitException(refused.Problem.Code + " " + string.Join(' ', refused.Problem.Errors))
        : ((Outcome<T>.Done)outcome).Value;

    public static Problem Refused<T>(Outcome<T> outcome) => Assert.IsType<Outcome<T>.Refused>(outcome).Problem;
}
