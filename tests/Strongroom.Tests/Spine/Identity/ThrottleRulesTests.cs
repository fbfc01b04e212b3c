using FsCheck;
using FsCheck.Fluent;
using Strongroom.Spine.Identity;

namespace Strongroom.Tests.Spine.Identity;

public sealed class ThrottleRulesTests
{
    private const long Start = 1_780_000_000_000;
    private const long Day = 86_400_000;

    /// <summary>Attempts as often as the rules allow; answers how many guesses a stranger gets in.</summary>
    private static int GuessesFromOnePlace(long during)
    {
        Attempts pair = default, place = default, account = default;
        var guesses = 0;
        for (var now = Start; now < Start + during;)
        {
            var wait = ThrottleRules.Delay(pair, place, account, now);
            if (wait > 0)
            {
                now += wait;
                continue;
            }

            (pair, place, account) = (ThrottleRules.CountPair(pair, now), ThrottleRules.CountPlace(place, now), ThrottleRules.CountAccount(account, now));
            guesses++;
        }

        return guesses;
    }

    [Fact]
    public void Three_mistakes_cost_nothing_then_the_delay_doubles()
    {
        Attempts pair = default;
        var waits = new List<long>();
        var now = Start;
        for (var i = 0; i < 8; i++)
        {
            now += waits.LastOrDefault();
            pair = ThrottleRules.CountPair(pair, now);
            waits.Add(ThrottleRules.Delay(pair, default, default, now));
        }

        Assert.Equal([0, 0, 1000, 2000, 4000, 8000, 16000, 32000], waits);
    }

    [Fact]
    public void One_stranger_gets_few_guesses_a_day() => Assert.InRange(GuessesFromOnePlace(Day), 10, 110);

    [Fact]
    public void Many_strangers_share_one_slow_budget()
    {
        Attempts account = default;
        var guesses = 0;
        for (var now = Start; now < Start + Day; now += 100)
        {
            if (ThrottleRules.Delay(default, default, account, now) == 0)
            {
                account = ThrottleRules.CountAccount(account, now);
                guesses++;
            }
        }

        Assert.InRange(guesses, 700, ThrottleRules.AccountBudget + (24 * 30));
    }

    [Fact]
    public void A_known_place_passes_while_strangers_have_emptied_the_budget()
    {
        var emptied = Enumerable.Range(0, 1000).Aggregate(default(Attempts), (a, _) => ThrottleRules.CountAccount(a, Start));
        var crowded = Enumerable.Range(0, 1000).Aggregate(default(Attempts), (a, _) => ThrottleRules.CountPlace(a, Start));
        var known = ThrottleRules.Succeeded(default, Start - (30 * Day));

        Assert.True(ThrottleRules.Delay(default, default, emptied, Start) > 0);
        Assert.True(ThrottleRules.Delay(default, crowded, default, Start) > 0);
        Assert.Equal(0, ThrottleRules.Delay(known, crowded, emptied, Start));
        Assert.True(ThrottleRules.Delay(ThrottleRules.Succeeded(default, Start - (91 * Day)), crowded, emptied, Start) > 0);
    }

    [Fact]
    public void A_known_place_is_still_slowed_by_its_own_mistakes()
    {
        var known = ThrottleRules.Succeeded(default, Start);
        for (var i = 0; i < 5; i++)
        {
            known = ThrottleRules.CountPair(known, Start);
        }

        Assert.Equal(4000, ThrottleRules.Delay(known, default, default, Start));
    }

    [Fact]
    public void More_attempts_never_wait_less_and_no_wait_passes_a_quarter_of_an_hour() =>
        Check.QuickThrowOnFailure(Prop.ForAll<NonNegativeInt, NonNegativeInt, int>((attempts, elapsed, clock) =>
        {
            var few = default(Attempts);
            for (var i = 0; i < attempts.Get % 200; i++)
            {
                few = ThrottleRules.CountPair(few, Start + clock);
            }

            var now = Start + elapsed.Get;
            var less = ThrottleRules.Delay(few, default, default, now);
            var more = ThrottleRules.Delay(ThrottleRules.CountPair(few, now), default, default, now);
            return less <= ThrottleRules.LongestDelay && more <= ThrottleRules.LongestDelay && (less == 0 || more > 0);
        }));
}
