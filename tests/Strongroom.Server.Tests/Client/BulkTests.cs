using System.Runtime.CompilerServices;
using Strongroom.Client;
using Strongroom.Server.Tests.Harness;

namespace Strongroom.Server.Tests.Client;

/// <summary>Bulk: results come while submissions still go out; whatever ends it early is told, and going on doubles nobody.</summary>
public sealed class BulkTests(Shared shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Results_arrive_while_submissions_still_go_out()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var connection = Connection.To(server, business.Token);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        async IAsyncEnumerable<Submission> SourceAsync([EnumeratorCancellation] CancellationToken ct = default)
        {
            yield return Sourced(business, 630_001);

            // Nothing more before the first result is here: only true streaming gets past this.
            await first.Task.WaitAsync(TimeSpan.FromSeconds(60), ct);
            yield return Sourced(business, 630_002) with { Notice = null };
            yield return Sourced(business, 630_001);
        }

        var results = new List<BulkResult>();
        await foreach (var result in connection.Client.CollectBulkAsync("web-booking", SourceAsync(Ct), Ct))
        {
            results.Add(result);
            first.TrySetResult();
        }

        Assert.Equal([BulkStatus.Created, BulkStatus.Rejected, BulkStatus.Known], results.Select(r => r.Status));
        Assert.Equal([1L, 2, 3], results.Select(r => r.Line));
        Assert.Equal(results[0].Customer, results[2].Customer);
        Assert.Contains(results[1].Errors!, error => error.At.StartsWith("notice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_stream_ends_at_once_and_going_on_doubles_nobody()
    {
        var (_, server, _) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var connection = Connection.To(server, business.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var produced = 0;
        async IAsyncEnumerable<Submission> EndlessAsync([EnumeratorCancellation] CancellationToken ct = default)
        {
            while (true)
            {
                ct.ThrowIfCancellationRequested();
                yield return Sourced(business, 631_000 + (produced++ % 20));
                await Task.Yield();
            }
        }

        var seen = new List<BulkResult>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in connection.Client.CollectBulkAsync("web-booking", EndlessAsync(stop.Token), stop.Token))
            {
                seen.Add(result);
                if (seen.Count == 5)
                {
                    await stop.CancelAsync();
                }
            }
        });
        var after = produced;

        // Whoever breaks off reading ends it as well.
        await foreach (var result in connection.Client.CollectBulkAsync("web-booking", EndlessAsync(Ct), Ct))
        {
            Assert.Equal(BulkStatus.Known, result.Status);
            break;
        }

        Assert.InRange(after, 5, 100_000);
        var again = new List<BulkResult>();
        await foreach (var result in connection.Client.CollectBulkAsync("web-booking", Of(Enumerable.Range(631_000, 5).Select(n => Sourced(business, n))), Ct))
        {
            again.Add(result);
        }

        Assert.All(again, result => Assert.Equal(BulkStatus.Known, result.Status));
        Assert.Equal(seen.Take(5).Select(r => r.Customer), again.Select(r => r.Customer));
    }

    [Fact]
    public async Task What_the_source_throws_comes_through_and_refusals_come_before_the_first_line()
    {
        var (_, server, staff) = await shared.WorldAsync();
        var business = await shared.BusinessAsync();
        await using var connection = Connection.To(server, business.Token);
        static async IAsyncEnumerable<Submission> BrokenAsync(Submission first)
        {
            yield return first;
            await Task.Yield();
            throw new InvalidTimeZoneException("source");
        }

        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => DrainAsync(connection.Client, BrokenAsync(Sourced(business, 632_001))));

        var (finder, _) = await staff.ClientAsync(["find"]);
        await using var narrow = Connection.To(server, finder);
        var refused = await Assert.ThrowsAsync<StrongroomRefusedException>(() => DrainAsync(narrow.Client, Of([Sourced(business, 632_002)])));
        Assert.Equal("client.scope", refused.Refusal.Code);
    }

    private static async Task DrainAsync(StrongroomClient client, IAsyncEnumerable<Submission> lines)
    {
        await foreach (var result in client.CollectBulkAsync("web-booking", lines, Ct))
        {
            Assert.NotEqual(0, result.Line);
        }
    }

    private static async IAsyncEnumerable<Submission> Of(IEnumerable<Submission> lines)
    {
        foreach (var line in lines)
        {
            yield return line;
            await Task.Yield();
        }
    }

    private static Submission Sourced(Business business, int number) =>
        Bookings.Of(business, number) with { Source = new SourceRecord("client-tests", [$"row-{number}"]) };
}
