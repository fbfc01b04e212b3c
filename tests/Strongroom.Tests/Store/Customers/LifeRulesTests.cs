using Strongroom.Ground;
using Strongroom.Store.Customers;

namespace Strongroom.Tests.Store.Customers;

public sealed class LifeRulesTests
{
    [Fact]
    public void Moves_are_exactly_these()
    {
        string Moves(bool isRecord) => string.Join(' ',
            from a in Enum.GetValues<LifeState>()
            from b in Enum.GetValues<LifeState>()
            where LifeRules.MayMove(a, b, isRecord)
            select $"{a}>{b}");

        const string common = "Active>Restricted Active>Archived Active>Destroyed Restricted>Active Restricted>Archived Restricted>Destroyed ";
        Assert.Equal(common + "Archived>Active Archived>Destroyed", Moves(isRecord: false));
        Assert.Equal(common + "Archived>Destroyed", Moves(isRecord: true));
    }

    [Fact]
    public void The_destroyed_are_found_by_nobody_and_only_a_duty_finds_the_restricted_and_archived()
    {
        Assert.Equal([LifeState.Active], Enum.GetValues<LifeState>().Where(state => LifeRules.MayFind(state, Reach.Everyday)));
        Assert.Equal(
            [LifeState.Active, LifeState.Restricted, LifeState.Archived],
            Enum.GetValues<LifeState>().Where(state => LifeRules.MayFind(state, Reach.LegalDuty)));
    }
}
