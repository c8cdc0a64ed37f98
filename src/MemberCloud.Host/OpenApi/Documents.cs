using System.Text.Json;
using System.Text.Json.Nodes;
using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MemberCloud.Host.OpenApi;

/// <summary>The OpenAPI documents, made from the operations themselves and their XML docs, and the page over them.</summary>
public static class Documents
{
    public static void AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<DocumentSet>();
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(options =>
        {
            options.SwaggerDoc(DocumentSet.Whole, new OpenApiInfo { Title = "MemberCloud", Version = DocumentKind.Version });
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
            options.SchemaFilter<SchemaNotes>();
        });
    }

    /// <summary>Types whose JSON is not what reflection would say.</summary>
    private static void MapShapes(SwaggerGenOptions options)
    {
        options.MapType<JsonElement>(() => new OpenApiSchema { Type = JsonSchemaType.Object });
        options.MapType<JsonObject>(() => new OpenApiSchema { Type = JsonSchemaType.Object });
        options.MapType<Optional<string>>(() => new OpenApiSchema { Type = JsonSchemaType.String });
        options.MapType<Optional<long?>>(() =>
            new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Format = "int64",
                Minimum = "0",
                Maximum = "1000000000000",
            }
        );
        options.MapType<Optional<IReadOnlyList<string>>>(() =>
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.String },
            }
        );
        options.MapType<Optional<IReadOnlyDictionary<string, JsonElement>>>(() =>
            new OpenApiSchema { Type = JsonSchemaType.Object }
        );
        MapSegmentValue(options);
        MapWishes(options);
    }

    /// <summary>One word, or what it stands for.</summary>
    private static void MapWishes(SwaggerGenOptions options)
    {
        options.MapType<CouponWish>(() =>
            new OpenApiSchema
            {
                AnyOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["best"] },
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchema { Type = JsonSchemaType.String },
                        MaxItems = 60,
                    },
                ],
            }
        );
        options.MapType<PointsWish>(() =>
            new OpenApiSchema
            {
                AnyOf =
                [
                    new OpenApiSchema { Type = JsonSchemaType.String, Enum = ["max"] },
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Integer,
                        Format = "int64",
                        Minimum = "0",
                        Maximum = "1000000000000",
                    },
                ],
            }
        );
    }

    /// <summary>Text, a number, true or false; or a list of these.</summary>
    private static void MapSegmentValue(SwaggerGenOptions options) =>
        options.MapType<SegmentValue>(() =>
            new OpenApiSchema
            {
                AnyOf =
                [
                    .. Scalars(),
                    new OpenApiSchema
                    {
                        Type = JsonSchemaType.Array,
                        Items = new OpenApiSchema { AnyOf = [.. Scalars()] },
                        MinItems = 1,
                        MaxItems = SegmentAttribute.MaxValues,
                    },
                ],
            }
        );

    private static IEnumerable<IOpenApiSchema> Scalars() =>
        new[] { JsonSchemaType.String, JsonSchemaType.Number, JsonSchemaType.Boolean }.Select(type => new OpenApiSchema
        {
            Type = type,
        });

    public static void MapDocuments(this WebApplication app)
    {
        app.MapGet("/openapi/{name}.json", ServeAsync).ExcludeFromDescription();
        SwaggerPage.Map(app);
    }

    /// <summary>A document as it is committed, and as it is served to those who send no credential.</summary>
    public static string Text(IServiceProvider services, string name) =>
        services.GetRequiredService<DocumentSet>().Text(DocumentKind.Find(name)!, null);

    public static async Task WriteAsync(IServiceProvider services, string folder, CancellationToken ct)
    {
        Directory.CreateDirectory(folder);
        foreach (var kind in DocumentKind.All)
            await File.WriteAllTextAsync(Path.Combine(folder, $"{kind.Name}.json"), Text(services, kind.Name), ct);
    }

    /// <summary>Who sends a credential gets the operations it may call; a wrong one is refused as everywhere.</summary>
    private static async Task<IResult> ServeAsync(string name, HttpContext http, TenantScope scope, DocumentSet documents)
    {
        if (DocumentKind.Find(name) is not { } kind)
            return Problem.NotFound("document").ToHttp();
        Caller? caller = null;
        if (http.Request.Headers.Authorization.Count > 0)
        {
            if (!(await http.AuthenticateAsync(KeyAuthentication.SchemeName)).Succeeded)
                return Results.Challenge(null, [KeyAuthentication.SchemeName]);
            caller = scope.Caller;
        }
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers.Vary = "Authorization";
        return Results.Text(documents.Text(kind, caller), "application/json");
    }

    private static string NameOf(Type type) =>
        type.IsGenericType
            ? string.Concat(type.GetGenericArguments().Select(NameOf))
                + type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]
            : type.Name;
}
