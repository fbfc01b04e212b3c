namespace Strongroom.Server.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void The_suite_runs() => Assert.Equal(2, 1 + 1);
}
