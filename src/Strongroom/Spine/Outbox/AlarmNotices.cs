using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Clock;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Outbox;

/// <summary>
/// Tells administrators and auditors when the log contradicts itself or a clock went back: at 3 a.m. nobody looks at a dashboard. Each
/// person is told of one alarm once a day, whichever node saw it.
/// </summary>
internal sealed partial class AlarmNotices(
    Database database, Outbox outbox, Members members, IAuditReader log, TimeProvider time, ILogger<AlarmNotices> logger) : BackgroundService
{
    private const long AgainAfterMs = 24 * 3_600_000L;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private static readonly PostKey[] Told = [PostKey.Of("admin-4a"), PostKey.Of("auditor")];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (outbox.Channels.Count > 0 && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Every, time, stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, e.GetType().Name);
            }
        }
    }

    /// <summary>One look; for the service itself and for tests.</summary>
    /// <returns>How many people were told.</returns>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var alarms = new List<(NoticeTemplate Template, string Code)>();
        if ((await log.HealthAsync(ct)).Alarm is { } alarm)
        {
            alarms.Add((NoticeTemplates.LogAlarm, alarm.Code));
        }

        if (time is SteadyClock { State: ClockState.Back })
        {
            alarms.Add((NoticeTemplates.ClockBack, "clock.back"));
        }

        return alarms.Count == 0 ? 0 : await TellAsync(alarms, ct);
    }

    private Task<int> TellAsync(IReadOnlyList<(NoticeTemplate Template, string Code)> alarms, CancellationToken ct) =>
        database.WriteAsync(async tx =>
        {
            var now = time.NowMs();
            var people = (await members.ListAsync<PersonContent>(tx, Members.Person))
                .Where(person => person.Content.State == MemberState.Active && person.Content.Posts.Any(held => held.InForce(now) && Told.Contains(held.Post)))
                .Select(person => PersonId.From(person.Id)).ToList();
            var told = 0;
            foreach (var (person, (template, code)) in people.SelectMany(person => alarms.Select(each => (person, each))))
            {
                if (!await OutboxStore.AnySinceAsync(tx, template.Key, person, now - AgainAfterMs))
                {
                    await outbox.AddAsync(tx, new Notice(template, person, [NoticeValue.Code("code", code), NoticeValue.Instant("at", now)]));
                    told++;
                }
            }

            return told;
        }, ct);

    [LoggerMessage(4102, LogLevel.Warning, "Telling people of a log alarm failed and will be repeated: {Failure}")]
    private static partial void LogFailed(ILogger logger, string failure);
}
