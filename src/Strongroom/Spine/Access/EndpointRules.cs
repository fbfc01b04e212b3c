using Microsoft.AspNetCore.Builder;

namespace Strongroom.Spine.Access;

/// <summary>The policy that guards an endpoint. An endpoint without one is not served and fails the build's tests.</summary>
public sealed record GuardedBy(string Policy);

/// <summary>The facts an endpoint writes to the audit log; <see cref="LogFacts.Nothing"/> only for liveness and the like.</summary>
public sealed record RecordsFacts(IReadOnlyList<string> Facts);

/// <summary>The body an endpoint reads by itself, for the API description. Unlike ASP.NET's own metadata it takes no part in routing, so a
/// wrong media type reaches the endpoint and its log.</summary>
public sealed record TakesBody(Type Body, string MediaType);

/// <summary>Says on the endpoint itself who may call it and what it leaves in the log (architecture.md, Shape).</summary>
public static class EndpointRules
{
    public static TBuilder RequirePolicy<TBuilder>(this TBuilder builder, string policy) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new GuardedBy(policy)));
        return builder;
    }

    public static TBuilder Takes<TBuilder>(this TBuilder builder, Type body, string mediaType = "application/json") where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new TakesBody(body, mediaType)));
        return builder;
    }

    public static TBuilder Records<TBuilder>(this TBuilder builder, params string[] facts) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new RecordsFacts(facts)));
        return builder;
    }
}

/// <summary>Fact names that are not acts on customers.</summary>
public static class LogFacts
{
    /// <summary>The endpoint answers nothing about anybody: liveness, readiness, the API description.</summary>
    public const string Nothing = "nothing";
}
