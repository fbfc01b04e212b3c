using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Spine.Audit;
using Strongroom.Spine.Identity;

namespace Strongroom.Spine.Outbox;

/// <summary>
/// Tells administrators and auditors when the log contradicts itself: at 3 a.m. nobody looks at a dashboard. Each person is told of one
/// alarm once a day, whichever node saw it.
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
        if ((await log.HealthAsync(ct)).Alarm is not { } alarm)
        {
            return 0;
        }

        return await database.WriteAsync(async tx =>
        {
            var now = time.NowMs();
            var people = (await members.ListAsync<PersonContent>(tx, Members.Person))
                .Where(person => person.Content.State == MemberState.Active && person.Content.Posts.Any(held => held.InForce(now) && Told.Contains(held.Post)))
                .Select(person => PersonId.From(person.Id));
            var told = 0;
            foreach (var person in people)
            {
                if (!await OutboxStore.AnySinceAsync(tx, NoticeTemplates.LogAlarm.Key, person, now - AgainAfterMs))
                {
                    await outbox.AddAsync(tx, new Notice(
                        NoticeTemplates.LogAlarm, person, [NoticeValue.Code("code", alarm.Code), NoticeValue.Instant("at", now)]));
                    told++;
                }
            }

            return told;
        }, ct);
    }

    [LoggerMessage(4102, LogLevel.Warning, "Telling people of a log alarm failed and will be repeated: {Failure}")]
    private static partial void LogFailed(ILogger logger, string failure);
}
