using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Bench.Plain;

// The same JSON as /v1 of the product; what only the product knows (reasons, needs) is empty.
internal sealed record ViewAsk(string Purpose, IReadOnlyList<string> Items, IReadOnlyList<string> Clear);

internal sealed record ViewAnswer(string Customer, string Kind, string State, IReadOnlyList<ViewedRecord> Records, DecisionAnswer Decision, string Entry);

internal sealed record ViewedRecord(string Id, string Type, string State, IReadOnlyDictionary<string, ViewedItem> Items);

internal sealed record ViewedItem(string Value, string Shown, int Level, int Version, IReadOnlyList<string> Reasons);

internal sealed record DecisionAnswer(string Overall, IReadOnlyList<string> Needs, IReadOnlyList<string> Reasons, IReadOnlyDictionary<string, DecidedItem> Items);

internal sealed record DecidedItem(string Shown, IReadOnlyList<string> Reasons);

internal sealed record FindAsk(string Item, string Value, string Purpose);

internal sealed record FindAnswer(IReadOnlyList<FoundCustomer> Customers, string Entry);

internal sealed record FoundCustomer(string Id);

internal sealed record Notice(string Key, int Version);

internal sealed record Source(string System, IReadOnlyList<string> Record);

internal sealed record Evidence(string Kind, string Reference);

internal sealed record Consent(string Purpose, string Form, Evidence Evidence);

internal sealed record CollectAsk(string Channel, Notice Notice, Source Source, IReadOnlyDictionary<string, string> Items, IReadOnlyList<Consent> Consents);

internal sealed record CollectAnswer(string Customer, IReadOnlyList<string> Records, string Receipt, IReadOnlyDictionary<string, string> Consents, string Entry);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ViewAsk))]
[JsonSerializable(typeof(ViewAnswer))]
[JsonSerializable(typeof(FindAsk))]
[JsonSerializable(typeof(FindAnswer))]
[JsonSerializable(typeof(CollectAsk))]
[JsonSerializable(typeof(CollectAnswer))]
internal sealed partial class PlainJson : JsonSerializerContext;
