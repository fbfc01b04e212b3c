using FsCheck;
using FsCheck.Fluent;
using Strongroom.Ground;
using Strongroom.Spine.Reviews;

namespace Strongroom.Tests.Spine.Reviews;

public sealed class CampaignRulesTests
{
    private const long Day = 86_400_000, Opened = 1_780_000_000_000;

    [Fact]
    public void A_sample_is_as_large_as_its_share_and_drawn_again_from_the_seed() => Prop.ForAll(
        Gen.Choose(0, 400).ToArbitrary(), Gen.Choose(1, 1_000).ToArbitrary(), (count, perMille) =>
        {
            var ids = Enumerable.Range(0, count).Select(_ => CaseId.New()).ToList();
            var drawn = CampaignRules.Sample("seed-a", ids, perMille);
            return drawn.Count == (int)Math.Ceiling(count * perMille / 1_000.0)
                && drawn.SetEquals(CampaignRules.Sample("seed-a", Enumerable.Reverse(ids), perMille)) && drawn.IsSubsetOf(ids);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Another_seed_draws_others_and_single_draws_keep_the_share()
    {
        var ids = Enumerable.Range(1, 4_000).Select(i => CaseId.From((UInt128)i)).ToList();
        Assert.False(CampaignRules.Sample("seed-a", ids, 50).SetEquals(CampaignRules.Sample("seed-b", ids, 50)));
        Assert.InRange(ids.Count(id => CampaignRules.IsDrawn("seed-a", id.Value, 100)), 320, 480);
        Assert.All(ids, id => Assert.True(CampaignRules.IsDrawn("seed-a", id.Value, 1_000) && !CampaignRules.IsDrawn("seed-a", id.Value, 0)));
    }

    [Fact]
    public void Reminders_come_at_seven_three_and_one_day_each_once_and_none_for_a_day_before_it_was_opened()
    {
        var campaign = new CampaignContent("x", PersonId.New(), Opened, Opened + (5 * Day), null, null, 1, "s");
        var sent = new List<int>();
        for (var now = Opened; now <= Opened + (6 * Day); now += Day / 8)
        {
            if (CampaignRules.ReminderDue(campaign, now) is { } days)
            {
                sent.Add(days);
                campaign = campaign with { Reminded = [.. campaign.Reminded, days] };
            }
        }

        Assert.Equal([3, 1], sent);
    }

    [Fact]
    public void What_is_younger_than_ninety_days_is_not_preset_to_revoke()
    {
        var right = new HeldRight(RightKind.Post, Level.Sensitive, null);
        Assert.Equal(LineVerdict.Revoke, CampaignRules.Preset(right, 0, Opened));
        Assert.Equal(LineVerdict.Revoke, CampaignRules.Preset(right with { From = Opened - (90 * Day) }, 0, Opened));
        Assert.Null(CampaignRules.Preset(right with { From = Opened - (89 * Day) }, 0, Opened));
        Assert.Null(CampaignRules.Preset(right, 1, Opened));
    }

    [Theory]
    [InlineData(30, 0, 31, true)]
    [InlineData(30, 0, 30, true)]
    [InlineData(30, 0, 29, false)]
    [InlineData(90, 0, 31, false)]
    [InlineData(90, 0, 0, false)]
    [InlineData(30, 1, 31, false)]
    public void Only_what_was_held_through_all_the_days_can_have_lain_unused_in_them(int days, long uses, int heldDays, bool unused)
    {
        var right = new HeldRight(RightKind.Post, Level.Sensitive, null) { From = Opened - (heldDays * Day) };
        Assert.Equal(unused, CampaignRules.LayUnused(right, uses, days, Opened));
        Assert.Equal(uses == 0, CampaignRules.LayUnused(right with { From = null }, uses, days, Opened));
    }
}
