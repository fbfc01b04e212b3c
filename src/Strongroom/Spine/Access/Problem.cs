using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Strongroom.Ground;

namespace Strongroom.Spine.Access;

/// <summary>
/// A refusal as problem details (RFC 9457): <c>{ type: "/problems/&lt;code&gt;", title, status, zh, en, reasons?, needs?, errors? }</c>.
/// No personal value ever stands in one.
/// </summary>
public sealed record Problem(string Code, int Status, string Zh, string En)
{
    public const string TypePrefix = "/problems/";

    public IReadOnlyList<Reason> Reasons { get; init; } = [];

    public IReadOnlyList<Need> Needs { get; init; } = [];

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    public string Type => TypePrefix + Code;

    public static Problem Of(Reason reason) => new(reason.Code, reason.Status, reason.Zh, reason.En);

    /// <summary>422 with a list of what is wrong where. When all agree on one registered code, that code names the problem.</summary>
    public static Problem Of(IReadOnlyList<FieldError> errors)
    {
        var codes = errors.Select(error => error.Code).Distinct(StringComparer.Ordinal).Take(2).ToList();
        var reason = (codes.Count == 1 ? Access.Reasons.Find(codes[0]) : null) ?? Access.Reasons.BadField;
        return Of(reason) with { Status = StatusCodes.Status422UnprocessableEntity, Errors = errors };
    }

    public ProblemDetails ToDetails()
    {
        var details = new ProblemDetails { Type = Type, Title = En, Status = Status };
        details.Extensions["zh"] = Zh;
        details.Extensions["en"] = En;
        Add(details, "reasons", Reasons);
        Add(details, "needs", Needs);
        Add(details, "errors", Errors);
        return details;
    }

    public ProblemHttpResult ToResult()
    {
        RefusalMeter.Answered(Code);
        return TypedResults.Problem(ToDetails());
    }

    private static void Add<T>(ProblemDetails details, string name, IReadOnlyList<T> list)
    {
        if (list.Count > 0)
        {
            details.Extensions[name] = list;
        }
    }
}

/// <summary>Errors of one field made from a registered reason.</summary>
public static class FieldErrors
{
    public static FieldError At(this Reason reason, string at) => new(at, reason.Code, reason.Zh, reason.En);
}
