using System.Text.Json.Serialization;

namespace Strongroom.Ground;

/// <summary>Key of a catalogue item, for example <c>mobile</c> (R14).</summary>
[JsonConverter(typeof(NameJson<ItemKey>))]
public readonly record struct ItemKey(string Value) : IName<ItemKey>, IComparable<ItemKey>
{
    public static ItemKey Make(string value) => new(value);

    public static ItemKey Of(string text) => Name.Parse<ItemKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out ItemKey name) => Name.TryParse(text, out name);

    public int CompareTo(ItemKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Key of a purpose, for example <c>fulfil</c> (R3).</summary>
[JsonConverter(typeof(NameJson<PurposeKey>))]
public readonly record struct PurposeKey(string Value) : IName<PurposeKey>, IComparable<PurposeKey>
{
    public static PurposeKey Make(string value) => new(value);

    public static PurposeKey Of(string text) => Name.Parse<PurposeKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out PurposeKey name) => Name.TryParse(text, out name);

    public int CompareTo(PurposeKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Key of a collection form (R20).</summary>
[JsonConverter(typeof(NameJson<FormKey>))]
public readonly record struct FormKey(string Value) : IName<FormKey>, IComparable<FormKey>
{
    public static FormKey Make(string value) => new(value);

    public static FormKey Of(string text) => Name.Parse<FormKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out FormKey name) => Name.TryParse(text, out name);

    public int CompareTo(FormKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Key of a notice (R22).</summary>
[JsonConverter(typeof(NameJson<NoticeKey>))]
public readonly record struct NoticeKey(string Value) : IName<NoticeKey>, IComparable<NoticeKey>
{
    public static NoticeKey Make(string value) => new(value);

    public static NoticeKey Of(string text) => Name.Parse<NoticeKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out NoticeKey name) => Name.TryParse(text, out name);

    public int CompareTo(NoticeKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Type of a record: profile, booking, stay, subscription, tour, case …</summary>
[JsonConverter(typeof(NameJson<RecordTypeKey>))]
public readonly record struct RecordTypeKey(string Value) : IName<RecordTypeKey>, IComparable<RecordTypeKey>
{
    public static RecordTypeKey Make(string value) => new(value);

    public static RecordTypeKey Of(string text) => Name.Parse<RecordTypeKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out RecordTypeKey name) => Name.TryParse(text, out name);

    public int CompareTo(RecordTypeKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Key of a post in the organisation (R10).</summary>
[JsonConverter(typeof(NameJson<PostKey>))]
public readonly record struct PostKey(string Value) : IName<PostKey>, IComparable<PostKey>
{
    public static PostKey Make(string value) => new(value);

    public static PostKey Of(string text) => Name.Parse<PostKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out PostKey name) => Name.TryParse(text, out name);

    public int CompareTo(PostKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Key of a role: acts × levels × categories × purposes (R33).</summary>
[JsonConverter(typeof(NameJson<RoleKey>))]
public readonly record struct RoleKey(string Value) : IName<RoleKey>, IComparable<RoleKey>
{
    public static RoleKey Make(string value) => new(value);

    public static RoleKey Of(string text) => Name.Parse<RoleKey>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out RoleKey name) => Name.TryParse(text, out name);

    public int CompareTo(RoleKey other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>Name of a search key: an item key, or a combined key such as <c>pnr-name</c>.</summary>
[JsonConverter(typeof(NameJson<SearchKeyName>))]
public readonly record struct SearchKeyName(string Value) : IName<SearchKeyName>, IComparable<SearchKeyName>
{
    public static SearchKeyName Make(string value) => new(value);

    public static SearchKeyName Of(string text) => Name.Parse<SearchKeyName>(text);

    public static bool TryParse(string? text, IFormatProvider? provider, out SearchKeyName name) => Name.TryParse(text, out name);

    public int CompareTo(SearchKeyName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}
