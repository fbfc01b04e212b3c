using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Outbox;

/// <summary>
/// Sends what waits, one node at a time for each channel. A letter is marked after the other side has accepted it, so a crash in between
/// sends it again under the same id: at least once, never lost. What is given up becomes an entry of the log.
/// </summary>
internal sealed partial class OutboxWorker(
    Database database, Outbox outbox, IEnumerable<IOutboxChannel> channels, Contacts contacts, Members members, IAuditLog log,
    TimeProvider time, ILogger<OutboxWorker> logger) : BackgroundService
{
    public static readonly FactName Delivered = FactName.Of("notice-delivered");
    public static readonly FactName Undeliverable = FactName.Of("notice-undeliverable");

    private const int AtOnce = 20;
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5), LeaseTerm = TimeSpan.FromMinutes(2), SweepEvery = TimeSpan.FromHours(1);
    private static readonly Meter Meter = new("Strongroom.Outbox");
    private static readonly Counter<long> Attempts = Meter.CreateCounter<long>("strongroom_outbox_attempts_total");

    private readonly Leases leases = new(database, time);
    private readonly string holder = "outbox-" + RandomNumberGenerator.GetHexString(16, lowercase: true);
    private long sweepAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (outbox.Channels.Count == 0)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.WhenAll(channels.Select(channel => DrainAsync(channel, stoppingToken)));
                await SweepAsync(stoppingToken);
                await outbox.WaitAsync(Rest, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogPassFailed(logger, e.GetType().Name);
                await Task.Delay(Rest, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Sends everything of a channel that is due; for the service itself and for tests.</summary>
    /// <returns>How many letters were tried; 0 also when another node has the duty.</returns>
    public async Task<int> DrainAsync(IOutboxChannel channel, CancellationToken ct)
    {
        var due = await database.ReadAsync(tx => OutboxStore.DueAsync(tx, channel.Name, time.NowMs(), AtOnce), ct);
        if (due.Count == 0 || await leases.TryTakeAsync("outbox-" + channel.Name, holder, LeaseTerm, ct) is not { } lease)
        {
            return 0;
        }

        var tried = 0;
        try
        {
            // Read again under the lease: another node may have sent some meanwhile.
            foreach (var row in await database.ReadAsync(tx => OutboxStore.DueAsync(tx, channel.Name, time.NowMs(), AtOnce), ct))
            {
                if (!await leases.RenewAsync(lease, LeaseTerm, ct))
                {
                    break;
                }

                await SendAsync(channel, row, lease, ct);
                tried++;
            }
        }
        finally
        {
            await leases.ReleaseAsync(lease, CancellationToken.None);
        }

        return tried;
    }

    private async Task SendAsync(IOutboxChannel channel, OutboxRow row, Lease lease, CancellationToken ct)
    {
        string? failure = null;
        var final = false;
        try
        {
            var (letter, address) = await WriteAsync(channel, row, ct);
            await channel.SendAsync(letter, address, ct);
        }
        catch (DeliveryException e)
        {
            (failure, final) = (e.Code, e.Code is "row.altered" or "contact.missing" or "person.gone");
        }

        Attempts.Add(1, new KeyValuePair<string, object?>("result", failure is null ? "delivered" : "failed"));
        await MarkAsync(row, failure, final, lease, ct);
    }

    private async Task<(Letter Letter, string? Address)> WriteAsync(IOutboxChannel channel, OutboxRow row, CancellationToken ct)
    {
        if (!outbox.IsAuthentic(row) || NoticeTemplates.Find(row.Template) is not { } template)
        {
            throw new DeliveryException("row.altered");
        }

        var person = PersonId.From(row.Person);
        var (member, address) = await database.ReadAsync(
            async tx => (await members.LoadAsync<PersonContent>(tx, Members.Person, person.Value), await AddressAsync(tx, channel, person, template)), ct);
        if (member is not { Content.State: not MemberState.Closed })
        {
            throw new DeliveryException("person.gone");
        }

        if (channel.NeedsAddress && address is null)
        {
            throw new DeliveryException("contact.missing");
        }

        var values = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Content)!;
        var (subject, text) = template.Fill(member.Content.Locale, values);
        return (new Letter(OutboxId.From(row.Id), row.Template, person, member.Content.Locale, subject, text, values, row.Created), address);
    }

    private async Task<string?> AddressAsync(Tx tx, IOutboxChannel channel, PersonId person, NoticeTemplate template)
    {
        try
        {
            return channel.NeedsAddress ? await contacts.FindAsync(tx, person, template) : null;
        }
        catch (BrokenSealException)
        {
            return null;
        }
    }

    private Task MarkAsync(OutboxRow row, string? failure, bool final, Lease lease, CancellationToken ct)
    {
        var now = time.NowMs();
        var attempts = (int)row.Attempts + 1;
        var wait = failure is null || final ? null : OutboxRules.WaitAfter(attempts);
        var after = outbox.Sealed(row with
        {
            Attempts = attempts,
            Failure = failure ?? "",
            State = Kebab.Of(failure is null ? OutboxState.Delivered : wait is null ? OutboxState.Undeliverable : OutboxState.Waiting),
            Due = now + (wait ?? 0),
            Ended = wait is null ? now : 0,
        });
        return database.WriteAsync(async tx =>
        {
            if (await lease.HoldsAsync(tx) && await OutboxStore.ReplaceAsync(tx, row, after) && wait is null)
            {
                await log.AppendAsync(tx, new LogFact
                {
                    Act = failure is null ? Delivered : Undeliverable,
                    Actor = LogActor.System,
                    Reasons = failure is null ? [] : [failure],
                    Count = attempts,
                }, ct);
            }
        }, ct);
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var now = time.NowMs();
        if (now >= sweepAt)
        {
            sweepAt = now + (long)SweepEvery.TotalMilliseconds;
            await database.WriteAsync(tx => OutboxStore.ForgetAsync(tx, time.SureMs() - OutboxRules.KeepEndedMs), ct);
        }
    }

    [LoggerMessage(4101, LogLevel.Warning, "Sending notices failed and will be repeated: {Failure}")]
    private static partial void LogPassFailed(ILogger logger, string failure);
}
