using System.Text.Json;
using Strongroom.Data;

namespace Strongroom.Server.Host;

/// <summary>Counts of what waits for people.</summary>
/// <param name="Approvals">Requests that nobody decided yet and whose end has not passed.</param>
/// <param name="Reviews">Differences from a profile on file.</param>
/// <param name="Candidates">Pairs that may be one person.</param>
internal sealed record Waiting(long Approvals, long Reviews, long Candidates)
{
    /// <param name="now">UTC milliseconds.</param>
    public static async Task<Waiting> ReadAsync(Tx tx, long now)
    {
        // The text is looked at to leave out the many that are done; what it says is read from the JSON.
        var approvals = await tx.QueryAsync<string>("SELECT content FROM control_row WHERE kind = 'approval' AND content LIKE '%\"state\":\"requested\"%'");
        return new Waiting(
            approvals.LongCount(content => IsOpen(content, now)),
            await tx.ScalarAsync<long>("SELECT count(*) FROM profile_review WHERE state = 'open'"),
            await tx.ScalarAsync<long>("SELECT count(*) FROM candidate WHERE state = 'open'"));
    }

    private static bool IsOpen(string content, long now)
    {
        using var json = JsonDocument.Parse(content);
        return json.RootElement.GetProperty("state").GetString() == "requested" && json.RootElement.GetProperty("stepUntil").GetInt64() > now;
    }
}
