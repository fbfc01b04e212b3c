using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Strongroom.Client.Wire;

namespace Strongroom.Client;

/// <summary>An opaque id of the server: 32 lower hex digits. It says nothing about anybody and may be logged and stored.</summary>
internal interface IOpaqueId<TSelf> where TSelf : struct, IOpaqueId<TSelf>
{
    string Value { get; }

    static abstract TSelf Of(string value);
}

internal static class OpaqueId
{
    private const int Length = 32;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    public static bool IsValid([NotNullWhen(true)] string? value) =>
        value is { Length: Length } && !value.AsSpan().ContainsAnyExcept(Hex);

    /// <exception cref="FormatException">Not 32 lower hex digits. The message does not repeat the text: it may have been a phone number.</exception>
    public static string Check(string value) =>
        IsValid(value) ? value : throw new FormatException("An id of Strongroom is 32 lower hex digits.");

    public static string Held(string? value) => value ?? throw new InvalidOperationException("This id was never set.");
}

/// <summary>A customer: one person or organisation.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<CustomerId>))]
public readonly record struct CustomerId(string Value) : IOpaqueId<CustomerId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static CustomerId IOpaqueId<CustomerId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>One record of a customer: a profile, booking, stay, case.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<RecordId>))]
public readonly record struct RecordId(string Value) : IOpaqueId<RecordId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static RecordId IOpaqueId<RecordId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A consent receipt.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<ReceiptId>))]
public readonly record struct ReceiptId(string Value) : IOpaqueId<ReceiptId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static ReceiptId IOpaqueId<ReceiptId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>An entry of the audit log: the proof that an act stands there.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<EntryId>))]
public readonly record struct EntryId(string Value) : IOpaqueId<EntryId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static EntryId IOpaqueId<EntryId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A call that was announced to an agent.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<CallId>))]
public readonly record struct CallId(string Value) : IOpaqueId<CallId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static CallId IOpaqueId<CallId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A call or visit being served.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<ServiceSessionId>))]
public readonly record struct ServiceSessionId(string Value) : IOpaqueId<ServiceSessionId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static ServiceSessionId IOpaqueId<ServiceSessionId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>An approval that somebody else gave.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<ApprovalId>))]
public readonly record struct ApprovalId(string Value) : IOpaqueId<ApprovalId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static ApprovalId IOpaqueId<ApprovalId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A registered channel through which information comes in.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<ChannelId>))]
public readonly record struct ChannelId(string Value) : IOpaqueId<ChannelId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static ChannelId IOpaqueId<ChannelId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A member of staff.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<PersonId>))]
public readonly record struct PersonId(string Value) : IOpaqueId<PersonId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static PersonId IOpaqueId<PersonId>.Of(string value) => new(value);

    public override string ToString() => Value;
}

/// <summary>A code with which a customer confirms a change of his number.</summary>
/// <param name="Value">32 lower hex digits.</param>
/// <exception cref="FormatException">Anything else.</exception>
[JsonConverter(typeof(OpaqueIdConverter<ContactCodeId>))]
public readonly record struct ContactCodeId(string Value) : IOpaqueId<ContactCodeId>
{
    public string Value { get => OpaqueId.Held(field); init; } = OpaqueId.Check(Value);

    static ContactCodeId IOpaqueId<ContactCodeId>.Of(string value) => new(value);

    public override string ToString() => Value;
}
