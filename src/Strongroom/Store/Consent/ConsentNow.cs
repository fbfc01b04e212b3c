using Strongroom.Ground;
using Strongroom.Store.Compartments;

namespace Strongroom.Store.Consent;

/// <summary>Where one purpose stands for one customer.</summary>
/// <param name="At">UTC milliseconds of the event that led here.</param>
/// <param name="Until">UTC milliseconds at which a given consent ends, or null when it has no end of its own.</param>
/// <param name="Id">The history row that proves it.</param>
internal sealed record ConsentNow(
    PurposeKey Purpose,
    ConsentState State,
    long At,
    long? Until,
    ConsentForm? Form,
    NoticeKey? Notice,
    int NoticeVersion,
    ConsentId Id)
{
    /// <summary>Permission is there: given or given separately. An acknowledgement is not consent.</summary>
    public bool IsGiven => State is ConsentState.Given or ConsentState.SeparateGiven;
}

/// <summary>
/// The consents of a customer as they lie in the customer's row, so that the hot path reads one row. Format 1:
/// <code>0x01 · count u16 · count × ( purpose · state u8 · at i64 · until i64 (min = none) · form u8 (0 = none) · notice · notice version i32 · id 16 )</code>
/// Names carry one length byte; purposes stand in strictly ascending order.
/// </summary>
internal static class ConsentSummary
{
    public const byte Format = 1;

    public const int MostPurposes = 256;

    public static byte[] Write(IEnumerable<ConsentNow> consents)
    {
        var sorted = consents.OrderBy(consent => consent.Purpose).ToList();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sorted.Count, MostPurposes);
        var frame = new FrameWriter().Byte(Format).UInt16((ushort)sorted.Count);
        foreach (var consent in sorted)
        {
            frame.Name(consent.Purpose.Value).Byte((byte)consent.State).Int64(consent.At).Int64(consent.Until ?? long.MinValue)
                .Byte(consent.Form is { } form ? (byte)(form + 1) : (byte)0)
                .Name(consent.Notice?.Value ?? "").Int32(consent.NoticeVersion).Id(consent.Id.Value);
        }

        return frame.ToArray();
    }

    /// <summary>Total: false on anything malformed, and then there is no consent at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packed, out IReadOnlyDictionary<PurposeKey, ConsentNow> consents)
    {
        consents = new Dictionary<PurposeKey, ConsentNow>();
        var frame = new FrameReader(packed);
        var format = frame.Byte();
        int count = frame.UInt16();
        if (!frame.Good || format != Format || count > MostPurposes)
        {
            return false;
        }

        var read = new Dictionary<PurposeKey, ConsentNow>(count);
        PurposeKey? last = null;
        for (var i = 0; i < count && frame.Good; i++)
        {
            var consent = ReadOne(ref frame);
            if (last is { } before && before.CompareTo(consent.Purpose) >= 0)
            {
                return false;
            }

            last = consent.Purpose;
            read[consent.Purpose] = consent;
        }

        if (!frame.Finished)
        {
            return false;
        }

        consents = read;
        return true;
    }

    private static ConsentNow ReadOne(ref FrameReader frame)
    {
        var purpose = PurposeKey.Make(frame.Name());
        var state = (ConsentState)frame.Byte();
        var at = frame.Int64();
        var until = frame.Int64();
        var form = frame.Byte();
        var notice = frame.NameOrNone();
        var noticeVersion = frame.Int32();
        var id = ConsentId.From(frame.Id());
        if (!Enum.IsDefined(state) || (form > 0 && !Enum.IsDefined((ConsentForm)(form - 1))))
        {
            frame.Fail();
        }

        return new ConsentNow(
            purpose,
            state,
            at,
            until == long.MinValue ? null : until,
            form == 0 ? null : (ConsentForm)(form - 1),
            notice is null ? null : NoticeKey.Make(notice),
            noticeVersion,
            id);
    }
}
