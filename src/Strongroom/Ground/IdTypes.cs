using System.Text.Json.Serialization;

namespace Strongroom.Ground;

/// <summary>A data subject or organisation whose information is held.</summary>
[JsonConverter(typeof(IdJson<CustomerId>))]
public readonly record struct CustomerId(UInt128 Value) : IId<CustomerId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static CustomerId From(UInt128 value) => new(value);

    public static CustomerId From(byte[] bytes) => Id.FromBytes<CustomerId>(bytes);

    public static CustomerId New() => Id.New<CustomerId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out CustomerId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One profile, booking, stay, subscription, tour or case of a customer.</summary>
[JsonConverter(typeof(IdJson<RecordId>))]
public readonly record struct RecordId(UInt128 Value) : IId<RecordId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static RecordId From(UInt128 value) => new(value);

    public static RecordId From(byte[] bytes) => Id.FromBytes<RecordId>(bytes);

    public static RecordId New() => Id.New<RecordId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out RecordId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A sealed image, recording or document.</summary>
[JsonConverter(typeof(IdJson<FileId>))]
public readonly record struct FileId(UInt128 Value) : IId<FileId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static FileId From(UInt128 value) => new(value);

    public static FileId From(byte[] bytes) => Id.FromBytes<FileId>(bytes);

    public static FileId New() => Id.New<FileId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out FileId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One submission of a form: where a value came from, through which channel, when.</summary>
[JsonConverter(typeof(IdJson<IntakeId>))]
public readonly record struct IntakeId(UInt128 Value) : IId<IntakeId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static IntakeId From(UInt128 value) => new(value);

    public static IntakeId From(byte[] bytes) => Id.FromBytes<IntakeId>(bytes);

    public static IntakeId New() => Id.New<IntakeId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out IntakeId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One run of `strongroom import`.</summary>
[JsonConverter(typeof(IdJson<ImportId>))]
public readonly record struct ImportId(UInt128 Value) : IId<ImportId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ImportId From(UInt128 value) => new(value);

    public static ImportId From(byte[] bytes) => Id.FromBytes<ImportId>(bytes);

    public static ImportId New() => Id.New<ImportId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ImportId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A possible match of two customers that waits for a person's review.</summary>
[JsonConverter(typeof(IdJson<CandidateId>))]
public readonly record struct CandidateId(UInt128 Value) : IId<CandidateId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static CandidateId From(UInt128 value) => new(value);

    public static CandidateId From(byte[] bytes) => Id.FromBytes<CandidateId>(bytes);

    public static CandidateId New() => Id.New<CandidateId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out CandidateId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One consent, refusal or acknowledgement.</summary>
[JsonConverter(typeof(IdJson<ConsentId>))]
public readonly record struct ConsentId(UInt128 Value) : IId<ConsentId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ConsentId From(UInt128 value) => new(value);

    public static ConsentId From(byte[] bytes) => Id.FromBytes<ConsentId>(bytes);

    public static ConsentId New() => Id.New<ConsentId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ConsentId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A consent receipt (ISO/IEC TS 27560).</summary>
[JsonConverter(typeof(IdJson<ReceiptId>))]
public readonly record struct ReceiptId(UInt128 Value) : IId<ReceiptId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ReceiptId From(UInt128 value) => new(value);

    public static ReceiptId From(byte[] bytes) => Id.FromBytes<ReceiptId>(bytes);

    public static ReceiptId New() => Id.New<ReceiptId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ReceiptId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A registered collection channel (R26).</summary>
[JsonConverter(typeof(IdJson<ChannelId>))]
public readonly record struct ChannelId(UInt128 Value) : IId<ChannelId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ChannelId From(UInt128 value) => new(value);

    public static ChannelId From(byte[] bytes) => Id.FromBytes<ChannelId>(bytes);

    public static ChannelId New() => Id.New<ChannelId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ChannelId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A legal entity, the personal information handler 处理者 (PIPL 73).</summary>
[JsonConverter(typeof(IdJson<EntityId>))]
public readonly record struct EntityId(UInt128 Value) : IId<EntityId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static EntityId From(UInt128 value) => new(value);

    public static EntityId From(byte[] bytes) => Id.FromBytes<EntityId>(bytes);

    public static EntityId New() => Id.New<EntityId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out EntityId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A unit of the organisation tree.</summary>
[JsonConverter(typeof(IdJson<UnitId>))]
public readonly record struct UnitId(UInt128 Value) : IId<UnitId>
{
    /// <summary>What no unit handles: the head office's, so it lies below the root of its legal entity.</summary>
    public static readonly UnitId None;

    public byte[] Bytes => Id.Bytes(Value);

    public static UnitId From(UInt128 value) => new(value);

    public static UnitId From(byte[] bytes) => Id.FromBytes<UnitId>(bytes);

    public static UnitId New() => Id.New<UnitId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out UnitId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A controlled list of customers (受控名单): who may see them is named on it.</summary>
[JsonConverter(typeof(IdJson<CustomerListId>))]
public readonly record struct CustomerListId(UInt128 Value) : IId<CustomerListId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static CustomerListId From(UInt128 value) => new(value);

    public static CustomerListId From(byte[] bytes) => Id.FromBytes<CustomerListId>(bytes);

    public static CustomerListId New() => Id.New<CustomerListId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out CustomerListId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A request for an account.</summary>
[JsonConverter(typeof(IdJson<AccountRequestId>))]
public readonly record struct AccountRequestId(UInt128 Value) : IId<AccountRequestId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static AccountRequestId From(UInt128 value) => new(value);

    public static AccountRequestId From(byte[] bytes) => Id.FromBytes<AccountRequestId>(bytes);

    public static AccountRequestId New() => Id.New<AccountRequestId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out AccountRequestId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A member of staff; opaque, never a name.</summary>
[JsonConverter(typeof(IdJson<PersonId>))]
public readonly record struct PersonId(UInt128 Value) : IId<PersonId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static PersonId From(UInt128 value) => new(value);

    public static PersonId From(byte[] bytes) => Id.FromBytes<PersonId>(bytes);

    public static PersonId New() => Id.New<PersonId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out PersonId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A notice on its way out through one channel (R123).</summary>
[JsonConverter(typeof(IdJson<OutboxId>))]
public readonly record struct OutboxId(UInt128 Value) : IId<OutboxId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static OutboxId From(UInt128 value) => new(value);

    public static OutboxId From(byte[] bytes) => Id.FromBytes<OutboxId>(bytes);

    public static OutboxId New() => Id.New<OutboxId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out OutboxId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A registered API client (R43).</summary>
[JsonConverter(typeof(IdJson<ClientId>))]
public readonly record struct ClientId(UInt128 Value) : IId<ClientId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ClientId From(UInt128 value) => new(value);

    public static ClientId From(byte[] bytes) => Id.FromBytes<ClientId>(bytes);

    public static ClientId New() => Id.New<ClientId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ClientId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A signed-in session.</summary>
[JsonConverter(typeof(IdJson<SessionId>))]
public readonly record struct SessionId(UInt128 Value) : IId<SessionId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static SessionId From(UInt128 value) => new(value);

    public static SessionId From(byte[] bytes) => Id.FromBytes<SessionId>(bytes);

    public static SessionId New() => Id.New<SessionId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out SessionId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One call or counter visit that a person serves (R118).</summary>
[JsonConverter(typeof(IdJson<ServiceSessionId>))]
public readonly record struct ServiceSessionId(UInt128 Value) : IId<ServiceSessionId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ServiceSessionId From(UInt128 value) => new(value);

    public static ServiceSessionId From(byte[] bytes) => Id.FromBytes<ServiceSessionId>(bytes);

    public static ServiceSessionId New() => Id.New<ServiceSessionId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ServiceSessionId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A request for approval and its decision (R45).</summary>
[JsonConverter(typeof(IdJson<ApprovalId>))]
public readonly record struct ApprovalId(UInt128 Value) : IId<ApprovalId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ApprovalId From(UInt128 value) => new(value);

    public static ApprovalId From(byte[] bytes) => Id.FromBytes<ApprovalId>(bytes);

    public static ApprovalId New() => Id.New<ApprovalId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ApprovalId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A standing use authorisation approved by the data owner (R45).</summary>
[JsonConverter(typeof(IdJson<AuthorisationId>))]
public readonly record struct AuthorisationId(UInt128 Value) : IId<AuthorisationId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static AuthorisationId From(UInt128 value) => new(value);

    public static AuthorisationId From(byte[] bytes) => Id.FromBytes<AuthorisationId>(bytes);

    public static AuthorisationId New() => Id.New<AuthorisationId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out AuthorisationId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A versioned policy row.</summary>
[JsonConverter(typeof(IdJson<PolicyId>))]
public readonly record struct PolicyId(UInt128 Value) : IId<PolicyId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static PolicyId From(UInt128 value) => new(value);

    public static PolicyId From(byte[] bytes) => Id.FromBytes<PolicyId>(bytes);

    public static PolicyId New() => Id.New<PolicyId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out PolicyId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>One entry of the audit log (R51).</summary>
[JsonConverter(typeof(IdJson<EntryId>))]
public readonly record struct EntryId(UInt128 Value) : IId<EntryId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static EntryId From(UInt128 value) => new(value);

    public static EntryId From(byte[] bytes) => Id.FromBytes<EntryId>(bytes);

    public static EntryId New() => Id.New<EntryId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out EntryId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>This installation, bound into every ciphertext.</summary>
[JsonConverter(typeof(IdJson<InstallationId>))]
public readonly record struct InstallationId(UInt128 Value) : IId<InstallationId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static InstallationId From(UInt128 value) => new(value);

    public static InstallationId From(byte[] bytes) => Id.FromBytes<InstallationId>(bytes);

    public static InstallationId New() => Id.New<InstallationId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out InstallationId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>Something people have to look at: an access review or a line of it, a finding, an alert, an entry drawn for checking.</summary>
[JsonConverter(typeof(IdJson<CaseId>))]
public readonly record struct CaseId(UInt128 Value) : IId<CaseId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static CaseId From(UInt128 value) => new(value);

    public static CaseId From(byte[] bytes) => Id.FromBytes<CaseId>(bytes);

    public static CaseId New() => Id.New<CaseId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out CaseId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A call that the telephone system announced and that waits for an agent.</summary>
[JsonConverter(typeof(IdJson<CallId>))]
public readonly record struct CallId(UInt128 Value) : IId<CallId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static CallId From(UInt128 value) => new(value);

    public static CallId From(byte[] bytes) => Id.FromBytes<CallId>(bytes);

    public static CallId New() => Id.New<CallId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out CallId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A code that a customer confirms a change of his number with.</summary>
[JsonConverter(typeof(IdJson<ContactCodeId>))]
public readonly record struct ContactCodeId(UInt128 Value) : IId<ContactCodeId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ContactCodeId From(UInt128 value) => new(value);

    public static ContactCodeId From(byte[] bytes) => Id.FromBytes<ContactCodeId>(bytes);

    public static ContactCodeId New() => Id.New<ContactCodeId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ContactCodeId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}

/// <summary>A document that a reader attested.</summary>
[JsonConverter(typeof(IdJson<ReadingId>))]
public readonly record struct ReadingId(UInt128 Value) : IId<ReadingId>
{
    public byte[] Bytes => Id.Bytes(Value);

    public static ReadingId From(UInt128 value) => new(value);

    public static ReadingId From(byte[] bytes) => Id.FromBytes<ReadingId>(bytes);

    public static ReadingId New() => Id.New<ReadingId>();

    public static bool TryParse(string? text, IFormatProvider? provider, out ReadingId id) => Id.TryParse(text, out id);

    public override string ToString() => Id.Format(Value);
}
