using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strongroom.Client.Wire;

/// <summary>Everything that goes over the wire, as generated code: no reflection, fit for trimming.</summary>
[JsonSerializable(typeof(Submission))]
[JsonSerializable(typeof(CollectAnswer))]
[JsonSerializable(typeof(KnownAnswer))]
[JsonSerializable(typeof(BulkResult))]
[JsonSerializable(typeof(FindRequest))]
[JsonSerializable(typeof(FindAnswer))]
[JsonSerializable(typeof(ViewRequest))]
[JsonSerializable(typeof(ViewAnswer))]
[JsonSerializable(typeof(ViewManyRequest))]
[JsonSerializable(typeof(ViewManyAnswer))]
[JsonSerializable(typeof(CompareRequest))]
[JsonSerializable(typeof(CompareAnswer))]
[JsonSerializable(typeof(CorrectRequest))]
[JsonSerializable(typeof(CorrectAnswer))]
[JsonSerializable(typeof(ConsentsRequest))]
[JsonSerializable(typeof(ConsentsAnswer))]
[JsonSerializable(typeof(WithdrawAnswer))]
[JsonSerializable(typeof(ReceiptsAnswer))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionCustomerRequest))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(CallRequest))]
[JsonSerializable(typeof(CallAnnounced))]
[JsonSerializable(typeof(CallClosed))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>Members that a newer server adds are passed over; what this client sends has none that are empty.</summary>
    public static ClientJson Wire { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Converters = { new PersonalValueConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 32,
    });
}

/// <summary>Problem details (RFC 9457) as the server writes them.</summary>
internal sealed record ProblemDocument
{
    public string Type { get; init; } = "";

    public string Zh { get; init; } = "";

    public string En { get; init; } = "";

    public IReadOnlyList<Reason>? Reasons { get; init; }

    public IReadOnlyList<Need>? Needs { get; init; }

    public IReadOnlyList<FieldError>? Errors { get; init; }
}
