using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Policies;

namespace Strongroom.Spine.Outbox;

/// <summary>
/// Notices to people (R123). A notice is a row in the transaction of what it tells: the act and its notice stand or fall together, and
/// what the mail server does is nobody's delay. Without a channel nothing is written.
/// </summary>
internal sealed class Outbox(IReadOnlyList<string> channels, IMac mac, TimeProvider time)
{
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public IReadOnlyList<string> Channels => channels;

    /// <summary>Puts a notice on its way through every channel of this installation, inside the caller's transaction.</summary>
    /// <exception cref="ArgumentException">The values do not fit the template.</exception>
    public async Task AddAsync(Tx tx, Notice notice)
    {
        var values = notice.Values.ToDictionary(value => value.Name, value => value.Text, StringComparer.Ordinal);
        notice.Template.Fill("en", values);
        var now = time.NowMs();
        foreach (var channel in channels)
        {
            var row = new OutboxRow(
                OutboxId.New().Bytes, notice.Template.Key, notice.To.Bytes, channel, JsonSerializer.Serialize(values), now, now, 0,
                Kebab.Of(OutboxState.Waiting), "", 0, []);
            await OutboxStore.InsertAsync(tx, Sealed(row));
        }

        wake.Writer.TryWrite(true);
    }

    /// <summary>Returns when something was added in this process, or after <paramref name="longest"/>.</summary>
    public async Task WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(wake.Reader.WaitToReadAsync(linked.Token).AsTask(), Task.Delay(longest, time, linked.Token));
        await linked.CancelAsync();
        wake.Reader.TryRead(out _);
        ct.ThrowIfCancellationRequested();
    }

    public bool IsAuthentic(OutboxRow row) => CryptographicOperations.FixedTimeEquals(row.Mac, MacOf(row));

    public OutboxRow Sealed(OutboxRow row) => row with { Mac = MacOf(row) };

    private byte[] MacOf(OutboxRow row) => mac.Mac(
        MacUse.ControlRow,
        new ControlMessage("outbox").Bytes(row.Id).Text(row.Template).Bytes(row.Person).Text(row.Channel).Text(row.Content)
            .Number(row.Created).Number(row.Due).Number(row.Attempts).Text(row.State).Text(row.Failure).Number(row.Ended).ToArray());
}
