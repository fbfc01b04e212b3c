namespace Strongroom.Use.Asking;

/// <summary>
/// Answers at full steps of time, refusals and failures too: how long the work took, which may tell what is there, does not show. Work that is longer
/// than a step waits for the next.
/// </summary>
internal static class Levelled
{
    public static async Task<T> AnswerAsync<T>(Func<Task<T>> work, TimeSpan step, TimeProvider time, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            await Task.Delay(Rest(time.GetElapsedTime(began), step), time, ct);
        }
    }

    /// <summary>What is left of the step that has begun.</summary>
    public static TimeSpan Rest(TimeSpan spent, TimeSpan step) => step - TimeSpan.FromTicks(spent.Ticks % step.Ticks);
}
