using System.Reflection;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MemberCloud.Host;

/// <summary>The OpenAPI document, made from the operations themselves and their XML docs, and Swagger UI over it.</summary>
public static class Documents
{
    public const string Brand = "brand";

    public static void AddDocuments(this IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(
                Brand,
                new OpenApiInfo
                {
                    Title = "MemberCloud for brands",
                    Version = "v1",
                    Description =
                        "Members, points, tiers and orders of one brand; brands themselves under /platform for operators.",
                }
            );
            options.AddSecurityDefinition(
                "key",
                new OpenApiSecurityScheme
                {
                    Type = SecuritySchemeType.Http,
                    Scheme = "bearer",
                    Description = "A brand key (mc_live_sk_, mc_test_sk_), or an operator's (mc_op_) for /platform.",
                }
            );
            options.AddSecurityRequirement(document => new OpenApiSecurityRequirement
            {
                [new OpenApiSecuritySchemeReference("key", document)] = [],
            });
            options.SupportNonNullableReferenceTypes();
            options.NonNullableReferenceTypesAsRequired();
            options.CustomSchemaIds(NameOf);
            MapShapes(options);
            options.IncludeXmlComments(
                Path.Combine(AppContext.BaseDirectory, $"{typeof(MemberCloudDb).Assembly.GetName().Name}.xml"),
                includeControllerXmlComments: false
            );
            // After the XML comments, which would write over what these add.
            options.OperationFilter<OperationNotes>();
            options.SchemaFilter<Defaults>();
        });
    }

    /// <summary>Types whose JSON is not what reflection would say.</summary>
    private static void MapShapes(SwaggerGenOptions options)
    {
        options.MapType<Optional<string>>(() => new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null });
        options.MapType<Optional<IReadOnlyList<string>>>(() =>
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array | JsonSchemaType.Null,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            }
        );
        options.MapType<Optional<IReadOnlyDictionary<string, System.Text.Json.JsonElement>>>(() =>
            new OpenApiSchema { Type = JsonSchemaType.Object | JsonSchemaType.Null, AdditionalPropertiesAllowed = true }
        );
        options.MapType<System.Text.Json.JsonElement>(() => new OpenApiSchema { Type = JsonSchemaType.Object });
    }

    public static void MapDocuments(this WebApplication app)
    {
        app.MapSwagger("/openapi/{documentName}.json", options => options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1);
        app.UseSwaggerUI(options =>
        {
            options.SwaggerEndpoint($"/openapi/{Brand}.json", "For brands");
            options.DocumentTitle = "MemberCloud";
            options.EnablePersistAuthorization();
        });
    }

    /// <summary>The document as it is committed and as it is served.</summary>
    public static async Task<string> TextAsync(IServiceProvider services, CancellationToken ct)
    {
        await using var scope = services.CreateAsyncScope();
        var document = scope.ServiceProvider.GetRequiredService<ISwaggerProvider>().GetSwagger(Brand);
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, ct) + "\n";
    }

    public static async Task WriteAsync(IServiceProvider services, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Brand}.json"), await TextAsync(services, ct), ct);
    }

    private static string NameOf(Type type) =>
        type.IsGenericType
            ? string.Concat(type.GetGenericArguments().Select(NameOf))
                + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
            : type.Name;

    /// <summary>Adds what an operation's metadata says: its name, the scope it needs, its Idempotency-Key, its problems.</summary>
    private sealed class OperationNotes : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
            operation.OperationId = metadata.OfType<MethodInfo>().FirstOrDefault()?.Name;
            if (metadata.OfType<Permission>().FirstOrDefault() is { Scope: { } scope })
                operation.Description = $"{operation.Description} Needs the scope `{scope}`.".Trim();
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "Refused or failed: problem+json (RFC 9457) with a stable `code`.",
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new() { Schema = ProblemOf(context) },
                },
            };
            if (
                context.ApiDescription.HttpMethod is "GET"
                || !context.ApiDescription.RelativePath!.StartsWith("v1/", StringComparison.Ordinal)
            )
                return;
            operation.Parameters ??= [];
            operation.Parameters.Add(
                new OpenApiParameter
                {
                    Name = Idempotency.Header,
                    In = ParameterLocation.Header,
                    Required = metadata.OfType<RequiresIdempotencyKey>().Any(),
                    Description =
                        "1 to 200 visible ASCII characters. The same key with the same request gets the first answer, for 7 days; with another request 422 idempotency_key_reused.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = Idempotency.KeyLength },
                }
            );
        }

        private static IOpenApiSchema ProblemOf(OperationFilterContext context) =>
            context.SchemaGenerator.GenerateSchema(typeof(ProblemShape), context.SchemaRepository);
    }

    /// <summary>A field with a default is not a required one.</summary>
    private sealed class Defaults : ISchemaFilter
    {
        public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
        {
            var parameters = context.Type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.HasDefaultValue);
            foreach (var parameter in parameters)
                schema.Required?.Remove(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!));
        }
    }
}
