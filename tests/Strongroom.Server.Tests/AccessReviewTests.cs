using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests;

/// <summary>Access reviews as outsiders meet them (R36). What a deadline takes, <see cref="Promises.ClockTests"/> shows, whose server has its own clock.</summary>
public sealed class AccessReviewTests(Shared shared)
{
    private const long Day = 86_400_000;

    [Fact]
    public async Task A_review_is_opened_by_who_oversees_and_gives_the_reviewers_time()
    {
        var staff = (await shared.WorldAsync()).Staff;
        (await staff["counter"].PostAsync("/v1/access-reviews", new { name = "x", deadline = Staff.Now + (2 * Day), unit = staff.Unit })).Refused(403, "act.ungranted");
        (await staff.Dpo.PostAsync("/v1/access-reviews", new { name = "x", deadline = Staff.Now - 1, unit = staff.Unit })).Refused(422, "field.bad");
        (await staff.Dpo.PostAsync("/v1/access-reviews", new { name = "x", deadline = Staff.Now + (Day / 2), unit = staff.Unit })).Refused(422, "review.term");
    }

    [Fact]
    public async Task Rights_nobody_used_are_told_without_a_review()
    {
        var staff = (await shared.WorldAsync()).Staff;
        var idle = await staff.HireAsync("idle-marketing", "marketing");
        (await staff.Owner.PostAsync("/v1/customer-lists", new { name = "idle", kind = "other", effect = "masked", entity = staff.Entity, persons = new[] { idle.Id } })).Good();
        var unused = (await staff.Auditor.GetAsync("/v1/access-reviews/unused?days=30")).Good()["unused"]!.AsArray();
        // A place on a list has no known beginning; a post given today had no time to be used.
        Assert.Equal(["list"], unused.Where(right => right!["person"]?.GetValue<string>() == idle.Id).Select(right => right!["kind"]!.GetValue<string>()));
        (await staff.Auditor.GetAsync("/v1/access-reviews/unused?days=0")).Refused(422, "field.bad");
    }
}
