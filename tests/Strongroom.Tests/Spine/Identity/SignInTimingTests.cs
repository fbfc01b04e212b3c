using System.Diagnostics;
using Strongroom.Ground;
using Strongroom.Spine.Identity;

namespace Strongroom.Tests.Spine.Identity;

/// <summary>An unknown account costs as much work as a wrong password: the time of an answer tells nobody which accounts exist.</summary>
public sealed class SignInTimingTests
{
    [Fact]
    public async Task UnknownAccount_TakesAsLongAsAWrongPassword()
    {
        using var hashing = new PasswordHashing(new IdentityKeys(), iterations: 100_000);
        var person = PersonId.New();
        var stored = hashing.Seal(person, "kettle orbit thirteen plums");
        await hashing.CheckAsync(default, null, "anything", default);   // makes what unknown accounts are compared with
        var (known, unknown) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < 5; i++)
        {
            known = Min(known, await TimeAsync(() => hashing.CheckAsync(person, stored, "not this one", default)));
            unknown = Min(unknown, await TimeAsync(() => hashing.CheckAsync(default, null, "not this one", default)));
        }

        // The least of several is the work itself; a machine that is busy only adds to both.
        Assert.True(unknown > known / 3 && known > unknown / 3, $"known {known}, unknown {unknown}");
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        var began = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(began);
    }
}
