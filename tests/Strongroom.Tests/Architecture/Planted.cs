#pragma warning disable CA1822, IDE0051
namespace Strongroom.Tests.Planted.Spine
{
    internal static class Something
    {
        public static int Value() => 1;
    }
}

namespace Strongroom.Tests.Planted.Use
{
    internal sealed record Shown(int Value);
}

namespace Strongroom.Tests.Planted.Ground
{
    /// <summary>Breach: Ground may use nothing. Hidden inside a lambda, where only the method bodies show it.</summary>
    internal static class KnowsTheSpine
    {
        public static Func<int> Later() => () => Spine.Something.Value();
    }
}

namespace Strongroom.Tests.Planted.Collect
{
    /// <summary>Breach: stages never see each other.</summary>
    internal sealed class PeeksIntoUse
    {
        public object Peek() => new Use.Shown(1);
    }

    internal static class WaitingRules
    {
        public static Task Decide() => Task.CompletedTask;
    }

    internal static class LateRules
    {
        public static bool Late() => TimeProvider.System.GetTimestamp() > 0;
    }
}
