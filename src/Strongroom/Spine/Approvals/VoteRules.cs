namespace Strongroom.Spine.Approvals;

/// <summary>Which step of a request waits, and what becomes of it when votes no longer count. Pure.</summary>
internal static class VoteRules
{
    /// <summary>How often the clock looks whether those who answered are still here.</summary>
    public const long LookMs = 60_000;

    /// <summary>The first step without as many votes as it names; the number of steps when none lacks any.</summary>
    public static int OpenStep(IReadOnlyList<ApprovalVote> votes, IReadOnlyList<Policies.ApprovalStepRow> steps)
    {
        var step = 0;
        while (step < steps.Count && votes.Count(vote => vote.Step == step) >= steps[step].Count)
        {
            step++;
        }

        return step;
    }

    /// <summary>
    /// The request without the votes of people who have left since, so that somebody else is asked: it waits again where the first of them is
    /// missing. Itself when all count.
    /// </summary>
    public static ApprovalContent Without(ApprovalContent content, Policies.ApprovalRow row, IReadOnlyList<ApprovalVote> lapsed, long now)
    {
        if (lapsed.Count == 0)
        {
            return content;
        }

        var votes = content.Votes.Where(vote => !lapsed.Contains(vote)).ToList();
        var step = OpenStep(votes, row.InOrder());
        return step == content.Step
            ? content with { Votes = votes }
            : content with { Votes = votes, Step = step, StepSince = now, StepUntil = ApprovalRules.EndOfStep(content, row, step, now), Told = ApprovalStage.Open };
    }
}
