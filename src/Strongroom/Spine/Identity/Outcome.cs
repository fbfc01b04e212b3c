using Strongroom.Spine.Access;

namespace Strongroom.Spine.Identity;

/// <summary>A change to the organisation was made, or refused for a reason that the caller may read.</summary>
internal abstract record Outcome<T>
{
    private Outcome()
    {
    }

    internal sealed record Done(T Value) : Outcome<T>;

    internal sealed record Refused(Problem Problem) : Outcome<T>;

    public static implicit operator Outcome<T>(T value) => new Done(value);

    public static implicit operator Outcome<T>(Problem problem) => new Refused(problem);

    public static implicit operator Outcome<T>(Reason reason) => new Refused(Problem.Of(reason));
}
