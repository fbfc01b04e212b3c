using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Strongroom.Server.Host;

/// <summary>
/// A request says what its record says: a member that is not nullable must be there, and a list of things holds no nulls. Without this a
/// body that leaves something out would reach a slice as a null it was promised never to see.
/// </summary>
internal static class StrictBodies
{
    public static IJsonTypeInfoResolver Resolver { get; } = new DefaultJsonTypeInfoResolver { Modifiers = { Apply } };

    private static void Apply(JsonTypeInfo type)
    {
        var lists = new List<JsonPropertyInfo>();
        foreach (var property in type.Properties)
        {
            if (property.AssociatedParameter is not { } parameter)
            {
                continue;
            }

            property.IsRequired |= !parameter.HasDefaultValue && !parameter.IsNullable;
            if (parameter.AttributeProvider is ParameterInfo declared && HoldsNoNulls(declared))
            {
                lists.Add(property);
            }
        }

        if (lists.Count > 0)
        {
            type.OnDeserialized = read =>
            {
                foreach (var list in lists)
                {
                    var held = list.Get!(read) is IDictionary map ? map.Values : list.Get(read) as IEnumerable;
                    if (held is not null && held.Cast<object?>().Contains(null))
                    {
                        throw new JsonException();
                    }
                }
            };
        }
    }

    /// <summary>A list or map whose last type argument is a class that is not nullable.</summary>
    private static bool HoldsNoNulls(ParameterInfo parameter) =>
        parameter.ParameterType is { IsGenericType: true } type && type.IsAssignableTo(typeof(IEnumerable))
        && new NullabilityInfoContext().Create(parameter).GenericTypeArguments is [.., { Type.IsValueType: false, ReadState: NullabilityState.NotNull }];
}
