using System.Reflection;
using System.Text.Json.Nodes;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MemberCloud.Host.OpenApi;

/// <summary>Adds what an operation's metadata says: its name, its headers, an example that runs.</summary>
public sealed class OperationNotes : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
        operation.OperationId = metadata.OfType<MethodInfo>().FirstOrDefault()?.Name;
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        if (metadata.OfType<Permission>().FirstOrDefault() is { Anyone: true })
            operation.Extensions["x-anyone"] = new JsonNodeExtension(JsonValue.Create(true));
        operation.Parameters ??= [];
        if (operation.Description?.Contains("If-Match", StringComparison.Ordinal) == true)
            operation.Parameters.Add(
                Header("If-Match", "The `ETag` of what was read: refused as `stale` when it changed since.", 100)
            );
        if (
            context.ApiDescription.HttpMethod is not "GET"
            && metadata.OfType<Permission>().FirstOrDefault() is { Operator: false, Anyone: false }
        )
            operation.Parameters.Add(IdempotencyKey(metadata.OfType<RequiresIdempotencyKey>().Any()));
        if (operation.Parameters.Count == 0)
            operation.Parameters = null;
        // Every refusal is a problem; which ones, the finished document says by status.
        context.SchemaGenerator.GenerateSchema(typeof(ProblemShape), context.SchemaRepository);
        foreach (var refusal in operation.Responses?.Keys.Where(k => !k.StartsWith('2')).ToList() ?? [])
            operation.Responses!.Remove(refusal);
        if (operation.OperationId is { } name && Examples.Of(name) is { } example)
            foreach (var body in operation.RequestBody?.Content?.Values ?? [])
                ((OpenApiMediaType)body).Example = example;
    }

    private static OpenApiParameter IdempotencyKey(bool required) =>
        Header(
            Idempotency.Header,
            "1 to 200 visible ASCII characters, new for each thing that is to happen. The same key with the same request gets the first answer, for 7 days.",
            Idempotency.KeyLength,
            required
        );

    private static OpenApiParameter Header(string name, string description, int length, bool required = false) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Required = required,
            Description = description,
            Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                MinLength = 1,
                MaxLength = length,
            },
        };
}
