using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Strongroom.Ground;
using Strongroom.Spine.Access;
using Strongroom.Store.Catalogue;

namespace Strongroom.Server.Host;

/// <summary>OpenAPI 3.1 at <c>/openapi/v1.json</c>: ids, names and enums as what they are on the wire, policies and problems on each operation.</summary>
internal static class OpenApi
{
    public const string Document = "v1";

    public static IServiceCollection AddStrongroomOpenApi(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Strongroom",
                Version = "1",
                Description = "Collect, seal, use and prove: customer information by the rules you publish. Personal values travel in bodies, never in URLs.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                ["client"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API client's token: sr_<client>_<secret>." },
                ["staff"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = "__Host-strongroom" },
            };
            return Task.CompletedTask;
        });
        options.AddSchemaTransformer(async (schema, context, ct) =>
        {
            var type = context.JsonTypeInfo.Type;
            Describe(schema, Nullable.GetUnderlyingType(type) ?? type);
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Listed<>))
            {
                // Written by a converter of its own, which tells the framework nothing about the elements.
                schema.Type = JsonSchemaType.Array;
                schema.Items = await context.GetOrCreateSchemaAsync(type.GetGenericArguments()[0], parameterDescription: null, ct);
            }
        });
        options.AddOperationTransformer(async (operation, context, ct) =>
        {
            // A parameter is text to the framework; what it is on the wire stands in the endpoint's own type.
            foreach (var described in context.Description.ParameterDescriptions)
            {
                if (described.ParameterDescriptor?.ParameterType is { } type
                    && operation.Parameters?.FirstOrDefault(p => p.Name == described.Name)?.Schema is OpenApiSchema schema)
                {
                    Describe(schema, Nullable.GetUnderlyingType(type) ?? type);
                }
            }

            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<GuardedBy>().FirstOrDefault() is { } guard)
            {
                operation.Description = $"{operation.Description} Policy: {guard.Policy}. Records: {string.Join(", ", metadata.OfType<RecordsFacts>().SelectMany(f => f.Facts))}.".Trim();
            }

            if (metadata.OfType<TakesBody>().FirstOrDefault() is { } body)
            {
                var schema = await context.GetOrCreateSchemaAsync(body.Body, parameterDescription: null, ct);
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Content = new Dictionary<string, OpenApiMediaType> { [body.MediaType] = new() { Schema = schema } },
                };
            }
        });
    });

    private static void Describe(OpenApiSchema schema, Type type)
    {
        if (Implements(type, typeof(IId<>)))
        {
            (schema.Type, schema.Pattern, schema.Description) = (JsonSchemaType.String, "^[0-9a-f]{32}$", "Opaque id.");
        }
        else if (Implements(type, typeof(IName<>)))
        {
            (schema.Type, schema.Pattern) = (JsonSchemaType.String, "^[a-z][a-z0-9_-]{0,39}$");
        }
        else if (type == typeof(Level))
        {
            (schema.Type, schema.Minimum, schema.Maximum) = (JsonSchemaType.Integer, "1", "4");
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetNames(type).Select(name => (JsonNode)(
                type.GetField(name)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? JsonNamingPolicy.KebabCaseLower.ConvertName(name)))];
        }
    }

    private static bool Implements(Type type, Type definition) =>
        type.IsValueType && type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == definition);
}
