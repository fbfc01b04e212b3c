using Strongroom.Ground;
using Strongroom.Store.Consent;
using Strongroom.Store.Customers;

namespace Strongroom.Tests.Store.Customers;

public sealed class ReturnRulesTests
{
    [Theory]
    [InlineData(LifeState.Active, nameof(Return.Joins))]
    [InlineData(LifeState.Restricted, nameof(Return.JoinsRestricted))]
    [InlineData(LifeState.Archived, nameof(Return.Revives))]
    [InlineData(LifeState.Destroyed, nameof(Return.Apart))]
    public void The_state_says_how_a_submission_is_taken_in_and_an_unsound_row_stands_apart(LifeState state, string expected)
    {
        Assert.Equal(expected, ReturnRules.Of(state, isSound: true).ToString());
        Assert.Equal(Return.Apart, ReturnRules.Of(state, isSound: false));
    }

    /// <summary>Each cell: what counts when said before (-), at (=) or after (+) the instant of what stands.</summary>
    [Theory]
    [InlineData("active", "none", "give", "-=+")]
    [InlineData("active", "given", "give", "-=+")]
    [InlineData("active", "given", "refuse", "-=+")]
    [InlineData("active", "withdrawn", "give", "+")]
    [InlineData("active", "withdrawn", "give-separately", "+")]
    [InlineData("active", "refused", "give", "+")]
    [InlineData("active", "withdrawn", "acknowledge", "+")]
    [InlineData("active", "withdrawn", "refuse", "-=+")]
    [InlineData("archived", "withdrawn", "give", "+")]
    [InlineData("archived", "refused", "give-separately", "+")]
    [InlineData("archived", "expired", "give", "-=+")]
    [InlineData("archived", "given", "withdraw", "-=+")]
    [InlineData("restricted", "none", "give", "")]
    [InlineData("restricted", "given", "give-separately", "")]
    [InlineData("restricted", "none", "acknowledge", "")]
    [InlineData("restricted", "given", "refuse", "-=+")]
    [InlineData("restricted", "given", "withdraw", "-=+")]
    [InlineData("destroyed", "none", "give", "")]
    [InlineData("destroyed", "given", "withdraw", "")]
    public void A_statement_counts_exactly_here(string state, string before, string said, string counts)
    {
        var stands = before == "none" ? null : new ConsentNow(PurposeKey.Of("market"), Kebab.Parse<ConsentState>(before), 10, null, null, null, 0, ConsentId.New());
        bool Counts(long at, bool hasEvidence) => ReturnRules.Counts(
            Kebab.Parse<LifeState>(state), stands, new ConsentEvent(PurposeKey.Of("market"), Kebab.Parse<ConsentEventKind>(said), at, ConsentId.New()), hasEvidence);

        Assert.Equal(counts, (Counts(9, true) ? "-" : "") + (Counts(10, true) ? "=" : "") + (Counts(11, true) ? "+" : ""));
        if (counts == "+")
        {
            Assert.False(Counts(11, hasEvidence: false));
        }
    }
}
