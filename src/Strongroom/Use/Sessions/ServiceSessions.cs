using System.Text;
using Strongroom.Data;
using Strongroom.Ground;
using Strongroom.Keys;
using Strongroom.Store.Customers;

namespace Strongroom.Use.Sessions;

/// <summary>Service sessions with their MACs: a row that was altered behind the system's back counts as absent.</summary>
internal sealed class ServiceSessions
{
    private readonly RowMacs macs;
    private readonly ISecretSealer sealer;
    private readonly ReadLane<ServiceSessionId, ServiceSession> lane;

    public ServiceSessions(Database database, RowMacs macs, ISecretSealer sealer)
    {
        (this.macs, this.sealer) = (macs, sealer);
        lane = new(ids => database.ReadAsync(tx => LoadAsync(tx, ids)));
    }

    public Task<ServiceSession?> FindAsync(ServiceSessionId id, CancellationToken ct = default) => lane.GetAsync(id, ct);

    /// <summary>Held against change until the transaction ends.</summary>
    public async Task<ServiceSession?> HoldAsync(Tx tx, ServiceSessionId id) =>
        await ServiceSessionStore.ForUpdateAsync(tx, id) is { } row && IsRight(row) ? Of(row) : null;

    public Task AddAsync(Tx tx, ServiceSession session) => ServiceSessionStore.InsertAsync(tx, RowOf(session));

    /// <summary>Writes a session that this transaction holds.</summary>
    public Task SaveAsync(Tx tx, ServiceSession session) => ServiceSessionStore.UpdateAsync(tx, RowOf(session));

    /// <summary>The call's number, sealed: it can be personal.</summary>
    public byte[] SealReference(ServiceSessionId id, string reference) => sealer.Seal(UseOf(id), Encoding.UTF8.GetBytes(reference));

    public string Reference(ServiceSession session) => Encoding.UTF8.GetString(sealer.Open(UseOf(session.Id), session.Reference));

    private static string UseOf(ServiceSessionId id) => $"service-session/{id}";

    private async Task<IReadOnlyDictionary<ServiceSessionId, ServiceSession>> LoadAsync(Tx tx, IReadOnlyList<ServiceSessionId> ids) =>
        (await ServiceSessionStore.OfAsync(tx, ids)).Where(IsRight).Select(Of).ToDictionary(session => session.Id);

    private static ServiceSession Of(ServiceSessionRow row) => new(
        Id.FromBytes<ServiceSessionId>(row.Id),
        row.Version,
        PersonId.From(row.Holder),
        row.Customer is { } customer ? CustomerId.From(customer) : null,
        PurposeKey.Make(row.Purpose),
        row.Channel is { } channel ? ChannelId.From(channel) : null,
        row.Reference,
        (int)row.Tries,
        row.Matched.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Kebab.Parse<CallerProof>).ToHashSet(),
        row.Verified,
        row.Opened,
        row.Until);

    private ServiceSessionRow RowOf(ServiceSession session)
    {
        var row = new ServiceSessionRow
        {
            Id = session.Id.Bytes,
            Version = session.Version,
            Holder = session.Holder.Bytes,
            Customer = session.Customer?.Bytes,
            Purpose = session.Purpose.Value,
            Channel = session.Channel?.Bytes,
            Reference = session.Reference,
            Tries = session.Tries,
            Matched = string.Join(',', session.Matched.Order().Select(Kebab.Of)),
            Verified = session.VerifiedAt,
            Opened = session.Opened,
            Until = session.Until,
        };
        row.Mac = MacOf(row);
        return row;
    }

    private bool IsRight(ServiceSessionRow row) => RowMacs.Same(row.Mac, MacOf(row));

    private byte[] MacOf(ServiceSessionRow row) => macs.Finish(RowMacs.Start("service_session")
        .Bytes(row.Id).Int64(row.Version).Bytes(row.Holder).Bytes(row.Customer ?? []).Name(row.Purpose).Bytes(row.Channel ?? [])
        .Bytes(row.Reference).Int64(row.Tries).Bytes(Encoding.ASCII.GetBytes(row.Matched)).Int64(row.Verified ?? -1).Int64(row.Opened).Int64(row.Until));
}
