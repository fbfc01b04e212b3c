using System.Collections.Concurrent;
using Strongroom.Data;
using Strongroom.Ground;

namespace Strongroom.Spine.Identity;

/// <summary>Counts the calls of API clients against their quotas, across nodes (R43).</summary>
internal sealed class ClientQuotas(Database database, TimeProvider time)
{
    /// <summary>Seconds one line of a stream waits at most; others of the same client may take what comes.</summary>
    private const int LongestWait = 300;

    private readonly ConcurrentDictionary<ClientId, Purse> _purses = new();

    /// <summary>Spends one call.</summary>
    /// <returns>0 when it may go on, else the seconds until it may.</returns>
    public async Task<int> SpendAsync(ClientId client, QuotaLimits limits, CancellationToken ct)
    {
        var purse = _purses.GetOrAdd(client, static _ => new Purse());
        if (purse.TrySpend(QuotaRules.MinuteOf(time.SureMs())))
        {
            return 0;
        }

        // One at a time fetches; the others find what it brought.
        await purse.Refill.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            return purse.TrySpend(QuotaRules.MinuteOf(time.SureMs())) ? 0 : await TakeAsync(client, purse, limits, ct).ConfigureAwait(false);
        }
        finally
        {
            purse.Refill.Release();
        }
    }

    /// <summary>
    /// Spends several calls at once, or none: whoever answers about many customers in one request pays for each (R43).
    /// </summary>
    /// <returns>0 when it may go on, else the seconds until it may at the earliest.</returns>
    public async Task<int> SpendManyAsync(Actor actor, int calls, CancellationToken ct)
    {
        if (calls <= 0 || actor is not { Client: { } client, Quota: { } limits })
        {
            return 0;
        }

        var (granted, use) = await database.WriteAsync(async tx =>
        {
            var now = time.SureMs();
            var taken = QuotaRules.Take(await ClientUseStore.ReadAsync(tx, client), limits, calls, unused: 0, unusedDay: 0, now);
            if (taken.Granted == calls)
            {
                await ClientUseStore.SaveAsync(tx, client, taken.After, lastUsed: now - (now % 3_600_000));
            }

            return taken;
        }, ct).ConfigureAwait(false);
        return granted == calls ? 0 : Math.Max(1, QuotaRules.RetryAfter(use, limits, time.SureMs()));
    }

    /// <summary>
    /// Spends one call of a stream of many. An empty minute is waited for, so that nothing of a long stream is lost; an empty day is not.
    /// </summary>
    /// <returns>False: the day's quota is spent.</returns>
    public async Task<bool> SpendOrWaitAsync(Actor actor, CancellationToken ct)
    {
        if (actor is not { Client: { } client, Quota: { } limits })
        {
            return true;
        }

        for (var waited = 0; ;)
        {
            var seconds = await SpendAsync(client, limits, ct).ConfigureAwait(false);
            if (seconds == 0)
            {
                return true;
            }

            waited += seconds;
            if (seconds > 60 || waited > LongestWait)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromSeconds(seconds), time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The last hour in which a client was used, by client; absent when never.</summary>
    public Task<IReadOnlyDictionary<ClientId, long>> LastUsedAsync(CancellationToken ct) => database.ReadAsync(ClientUseStore.LastUsedAsync, ct);

    private async Task<int> TakeAsync(ClientId client, Purse purse, QuotaLimits limits, CancellationToken ct)
    {
        var (unused, unusedDay, last) = purse.Empty(QuotaRules.MinuteOf(time.SureMs()));
        var wanted = QuotaRules.Wanted(last, limits);
        var (granted, use) = await database.WriteAsync(async tx =>
        {
            var now = time.SureMs();
            var before = await ClientUseStore.ReadAsync(tx, client);
            var taken = QuotaRules.Take(before, limits, wanted, unused, unusedDay, now);
            if (taken.Granted > 0)
            {
                await ClientUseStore.SaveAsync(tx, client, taken.After, lastUsed: now - (now % 3_600_000));
            }

            return taken;
        }, ct).ConfigureAwait(false);
        if (granted == 0)
        {
            return Math.Max(1, QuotaRules.RetryAfter(use, limits, time.SureMs()));
        }

        purse.Fill(granted - 1, use.Minute, use.Day, granted);
        return 0;
    }

    private sealed class Purse
    {
        private readonly Lock _gate = new();
        private int _left;
        private int _lastTaken;
        private long _minute;
        private long _day;

        public SemaphoreSlim Refill { get; } = new(1);

        public bool TrySpend(long minute)
        {
            lock (_gate)
            {
                if (_left == 0 || _minute != minute)
                {
                    return false;
                }

                _left--;
                return true;
            }
        }

        /// <summary>Takes out what was not spent in an earlier minute, and says how much was taken last in this one.</summary>
        public (int Unused, long Day, int LastTaken) Empty(long minute)
        {
            lock (_gate)
            {
                var result = (_left, _day, _minute == minute ? _lastTaken : 0);
                _left = 0;
                return result;
            }
        }

        public void Fill(int left, long minute, long day, int taken)
        {
            lock (_gate)
            {
                (_left, _minute, _day, _lastTaken) = (left, minute, day, taken);
            }
        }
    }
}
