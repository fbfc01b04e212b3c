using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit.Tlog;

namespace Strongroom.Spine.Audit;

/// <summary>How long a chain is and the hash of its newest entry.</summary>
internal sealed record ChainHead(long Chain, string Node, long Lane, long Seq, byte[] Head);

/// <summary>
/// What a node knows of the chains beyond what the database says. The chain hash has no key, so until an entry stands under a signature
/// its MAC is what keeps the database's administrator from adding or changing one. A MAC cannot tell that a chain was put back to an
/// earlier, genuine state; the heads this process saw committed can, as long as it lives.
/// </summary>
internal sealed class LogChains(IMac mac)
{
    private const int OnStack = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Node, long Lane), ChainHead> _known = [];
    private LogAlarm? _alarm;

    /// <summary>Set when this node found one of its own chains altered while writing; the sequencer stops for it.</summary>
    public LogAlarm? Alarm => Volatile.Read(ref _alarm);

    /// <summary>HMAC over domain, chain, seq, hash of the entry before and RFC 6962 leaf hash, each with its length.</summary>
    public byte[] EntryMac(long chain, long seq, byte[] prev, in TreeHash leaf) =>
        Mac("strongroom/log-entry/1"u8, Number(chain), Number(seq), prev, leaf.ToArray());

    public byte[] HeadMac(ChainHead head) => Mac(
        "strongroom/log-head/1"u8, Number(head.Chain), Encoding.UTF8.GetBytes(head.Node), Number(head.Lane), Number(head.Seq), head.Head);

    /// <returns>The entry's leaf.</returns>
    /// <exception cref="LogAlarmException">Not written by this installation, or changed since.</exception>
    public TreeHash Check(ChainEntry entry)
    {
        var leaf = Rfc6962.Leaf(entry.Body);
        if (!CryptographicOperations.FixedTimeEquals(entry.Mac, EntryMac(entry.Chain, entry.Seq, entry.Prev, leaf)))
        {
            throw LogAlarms.Forged(entry.Id.Length == 16 ? EntryId.From(entry.Id).ToString() : LogAlarms.Place(entry.Chain, entry.Seq));
        }

        return leaf;
    }

    /// <exception cref="LogAlarmException">Not written by this installation, or changed since.</exception>
    public void Check(ChainHead head, byte[] stored)
    {
        if (!CryptographicOperations.FixedTimeEquals(stored, HeadMac(head)))
        {
            throw LogAlarms.Forged(LogAlarms.Place(head.Chain, head.Seq));
        }
    }

    /// <summary>The head to append to: genuine, and not older than what this process saw.</summary>
    public ChainHead Checked(ChainRow row)
    {
        try
        {
            var head = new ChainHead(row.Chain, row.Node, row.Lane, row.Seq, row.Head);
            Check(head, row.Mac);
            var known = Known(head);
            if (known is not null && (known.Chain != head.Chain || head.Seq < known.Seq))
            {
                throw LogAlarms.Gap(known.Chain, head.Seq);
            }

            return known?.Seq != head.Seq || known.Head.AsSpan().SequenceEqual(head.Head)
                ? head
                : throw LogAlarms.Forged(LogAlarms.Place(head.Chain, head.Seq));
        }
        catch (LogAlarmException e)
        {
            Interlocked.CompareExchange(ref _alarm, e.Alarm, null);
            throw;
        }
    }

    /// <summary>The head of a chain that the caller's transaction has just made.</summary>
    public ChainHead Started(ChainRow row)
    {
        var head = new ChainHead(row.Chain, row.Node, row.Lane, row.Seq, row.Head);
        if (Known(head) is not { } known)
        {
            return head;
        }

        var gap = LogAlarms.Gap(known.Chain, 0);
        Interlocked.CompareExchange(ref _alarm, gap.Alarm, null);
        throw gap;
    }

    /// <summary>Remembers a head that was seen committed; an older one changes nothing.</summary>
    public void Learn(ChainHead? head)
    {
        lock (_lock)
        {
            if (head is not null && !(_known.TryGetValue((head.Node, head.Lane), out var known) && known.Seq >= head.Seq))
            {
                _known[(head.Node, head.Lane)] = head;
            }
        }
    }

    /// <summary>Everything that was seen committed by now: take it before the snapshot that it is compared with.</summary>
    public IReadOnlyDictionary<long, ChainHead> Known()
    {
        lock (_lock)
        {
            return _known.Values.ToDictionary(head => head.Chain);
        }
    }

    private ChainHead? Known(ChainHead head)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault((head.Node, head.Lane));
        }
    }

    private static byte[] Number(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        return bytes;
    }

    /// <summary>Domain and fields, each after its length (int32 big-endian), so that no two lists of fields give the same bytes.</summary>
    private byte[] Mac(ReadOnlySpan<byte> domain, params ReadOnlySpan<byte[]> fields)
    {
        var size = 4 + domain.Length;
        foreach (var field in fields)
        {
            size += 4 + field.Length;
        }

        var message = size <= OnStack ? stackalloc byte[size] : new byte[size];
        var rest = Add(message, domain);
        foreach (var field in fields)
        {
            rest = Add(rest, field);
        }

        return mac.Mac(MacUse.LogEntry, message);
    }

    private static Span<byte> Add(Span<byte> rest, ReadOnlySpan<byte> field)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, field.Length);
        field.CopyTo(rest[4..]);
        return rest[(4 + field.Length)..];
    }
}
