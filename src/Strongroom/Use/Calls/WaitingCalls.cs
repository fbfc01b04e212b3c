using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Spine.Audit;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Calls;

/// <summary>Calls that wait, with their MACs: a row that was altered behind the system's back counts as absent. What it holds of the caller is sealed.</summary>
internal sealed class WaitingCalls(RowMacs macs, ISecretSealer sealer)
{
    private const string Table = "waiting_call";

    /// <summary>The agent's calls that are not over: what he serves first, then the newest.</summary>
    public async Task<IReadOnlyList<WaitingCall>> OfAsync(Tx tx, PersonId agent, long now) =>
        [.. (await WaitingCallStore.OfAsync(tx, agent, now)).Where(IsRight).Select(Of)];

    public async Task<WaitingCall?> FindAsync(Tx tx, CallId id) => await WaitingCallStore.FindAsync(tx, id) is { } row && IsRight(row) ? Of(row) : null;

    /// <summary>Held against change until the transaction ends.</summary>
    public async Task<WaitingCall?> HoldAsync(Tx tx, CallId id) => await WaitingCallStore.ForUpdateAsync(tx, id) is { } row && IsRight(row) ? Of(row) : null;

    /// <summary>The call that a service session was opened for, held; null: the session was opened by hand.</summary>
    public async Task<WaitingCall?> HoldOfAsync(Tx tx, ServiceSessionId session) =>
        await WaitingCallStore.ForUpdateAsync(tx, session) is { } row && IsRight(row) ? Of(row) : null;

    public async Task<RowDigest> AddAsync(Tx tx, WaitingCall call)
    {
        var row = RowOf(call);
        await WaitingCallStore.InsertAsync(tx, row);
        return DigestOf(call, row);
    }

    /// <summary>Writes a call that this transaction holds.</summary>
    public async Task<RowDigest> SaveAsync(Tx tx, WaitingCall call)
    {
        var row = RowOf(call);
        await WaitingCallStore.UpdateAsync(tx, row);
        return DigestOf(call, row);
    }

    public byte[] SealReference(CallId id, string reference) => sealer.Seal(UseOf(id, "reference"), Encoding.UTF8.GetBytes(reference));

    public byte[] SealNumber(CallId id, string number) => sealer.Seal(UseOf(id, "number"), Encoding.UTF8.GetBytes(number));

    public string Reference(WaitingCall call) => Encoding.UTF8.GetString(sealer.Open(UseOf(call.Id, "reference"), call.Reference));

    /// <summary>In clear, for the look-up alone; null: there is none.</summary>
    public string? Number(WaitingCall call) => call.Number is { } number ? Encoding.UTF8.GetString(sealer.Open(UseOf(call.Id, "number"), number)) : null;

    private static string UseOf(CallId id, string what) => $"waiting-call/{id}/{what}";

    private static WaitingCall Of(WaitingCallRow row) => new(
        CallId.From(row.Id),
        row.Version,
        ClientId.From(row.Client),
        PersonId.From(row.Agent),
        PurposeKey.Make(row.Purpose),
        row.Channel is { } channel ? ChannelId.From(channel) : null,
        row.Reference,
        row.Number,
        row.Begun,
        row.Until)
    {
        Rang = row.Rang,
        Session = row.Session is { } session ? ServiceSessionId.From(session) : null,
        Ended = row.Ended,
        Noted = row.Noted,
    };

    private WaitingCallRow RowOf(WaitingCall call)
    {
        var row = new WaitingCallRow
        {
            Id = call.Id.Bytes, Version = call.Version, Client = call.Client.Bytes, Agent = call.Agent.Bytes, Purpose = call.Purpose.Value, Channel = call.Channel?.Bytes,
            Reference = call.Reference, Number = call.Number, Begun = call.Begun, Until = call.Until, Rang = call.Rang, Session = call.Session?.Bytes, Ended = call.Ended, Noted = call.Noted,
        };
        row.Mac = MacOf(row);
        return row;
    }

    private bool IsRight(WaitingCallRow row) => RowMacs.Same(row.Mac, MacOf(row));

    private byte[] MacOf(WaitingCallRow row) => macs.Finish(RowMacs.Start(Table)
        .Bytes(row.Id).Int64(row.Version).Bytes(row.Client).Bytes(row.Agent).Name(row.Purpose).Bytes(row.Channel ?? []).Bytes(row.Reference).Bytes(row.Number ?? [])
        .Int64(row.Begun).Int64(row.Until).Int64(row.Rang ?? -1).Bytes(row.Session ?? []).Int64(row.Ended ?? -1).Int64(row.Noted ?? -1));

    private static RowDigest DigestOf(WaitingCall call, WaitingCallRow row) => new(Table, call.Id.Value, call.Version, row.Mac);
}
