using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using MemberCloud.Data;
using MemberCloud.Orders;
using MemberCloud.Pricing;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace MemberCloud.Host.OpenApi;

/// <summary>Adds what the generator does not see of a field: our own limits, what may be null, defaults, what an enum's words mean.</summary>
public sealed class SchemaNotes : ISchemaFilter
{
    /// <summary>It keeps what it has seen, and is not made for two documents at once: whoever asks holds it.</summary>
    private static readonly NullabilityInfoContext Nullability = new();
    private static readonly Dictionary<string, string> EnumWords = ReadEnumWords();

    /// <summary>Lists whose rows are read one by one: what a row is.</summary>
    private static readonly Dictionary<(Type, string), Type> Rows = new()
    {
        [(typeof(BulkOrders), nameof(BulkOrders.Orders))] = typeof(OrderReport),
        [(typeof(BulkProducts), nameof(BulkProducts.Products))] = typeof(ProductChange),
        [(typeof(PriceEntriesRequest), nameof(PriceEntriesRequest.Entries))] = typeof(PriceEntryBody),
    };

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema shown)
            return;
        if (context.Type.IsEnum)
            shown.Description = $"{shown.Description}{WordsOf(context.Type)}".Trim();
        if (context.MemberInfo is not null || shown.Properties is null || shown.Properties.Count == 0)
            return;
        var parameters = context.Type.GetConstructors().SelectMany(c => c.GetParameters()).ToLookup(p => p.Name);
        foreach (var property in context.Type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var name = DocumentFinish.Snake(property.Name);
            if (!shown.Properties.TryGetValue(name, out var field))
                continue;
            var parameter = parameters[property.Name].FirstOrDefault(p => p.ParameterType == property.PropertyType);
            shown.Properties[name] = Field(field, property, parameter, context);
            // A field with a default is not a required one.
            if (parameter?.HasDefaultValue == true)
                shown.Required?.Remove(name);
        }
    }

    private static IOpenApiSchema Field(
        IOpenApiSchema field,
        PropertyInfo property,
        ParameterInfo? parameter,
        SchemaFilterContext context
    )
    {
        if (property.PropertyType == typeof(ProblemDetails))
            field = context.SchemaGenerator.GenerateSchema(typeof(ProblemShape), context.SchemaRepository);
        var mayBeNull = MayBeNull(property);
        var about = field.Description is { Length: > 0 } own ? own : CommonFields.Find(DocumentFinish.Snake(property.Name));
        if (field is OpenApiSchemaReference { Reference.Id: { } wrapper } && HeldBy(property.PropertyType) is { } held)
        {
            // A field that may be absent or null is written as what it holds.
            context.SchemaRepository.Schemas.Remove(wrapper);
            field = context.SchemaGenerator.GenerateSchema(held, context.SchemaRepository);
        }
        if (field is OpenApiSchemaReference reference)
        {
            reference.Description = null;
            if (!mayBeNull)
            {
                reference.Description = about;
                return reference;
            }
            return new OpenApiSchema
            {
                Description = about,
                AnyOf = [reference, new OpenApiSchema { Type = JsonSchemaType.Null }],
            };
        }
        if (field is not OpenApiSchema plain)
            return field;
        plain.Description = about;
        if (mayBeNull && plain.Type is not null)
            plain.Type |= JsonSchemaType.Null;
        if (Rows.TryGetValue((property.DeclaringType!, property.Name), out var row))
            plain.Items = context.SchemaGenerator.GenerateSchema(row, context.SchemaRepository);
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            Limit(plain, rule);
        if (parameter is { HasDefaultValue: true, DefaultValue: bool or int or long })
            plain.Default = JsonNode.Parse(Json.Write(parameter.DefaultValue));
        return plain;
    }

    /// <summary>The type of an optional field's value; null for every other type.</summary>
    private static Type? HeldBy(Type type) =>
        type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(Optional<>)
            ? type.GenericTypeArguments[0]
            : null;

    private static bool MayBeNull(PropertyInfo property)
    {
        if (HeldBy(property.PropertyType) is not null)
            return true;
        if (property.GetCustomAttribute<RequiredAttribute>() is not null)
            return false;
        lock (Nullability)
            return Nullability.Create(property).ReadState == NullabilityState.Nullable;
    }

    private static void Limit(OpenApiSchema field, ValidationAttribute rule)
    {
        switch (rule)
        {
            case TextAttribute text:
                (field.MinLength, field.MaxLength) = (text.Min, text.Max);
                break;
            case RegularExpressionAttribute regex:
                // The server matches the whole text; a JSON Schema's pattern matches anywhere.
                field.Pattern = $"^(?:{regex.Pattern})$";
                break;
            case InstantAttribute:
                field.Description = $"{field.Description} RFC 3339 with an offset, 1970 to 2199.".Trim();
                break;
        }
    }

    private static string WordsOf(Type type)
    {
        var lines = Enum.GetNames(type)
            .Where(n => EnumWords.ContainsKey($"{type.FullName}.{n}"))
            .Select(n => $"\n- `{DocumentFinish.Snake(n)}`: {EnumWords[$"{type.FullName}.{n}"]}");
        return string.Concat(lines) is { Length: > 0 } list ? "\n" + list : "";
    }

    private static Dictionary<string, string> ReadEnumWords()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{typeof(MemberCloudDb).Assembly.GetName().Name}.xml");
        return XDocument
            .Load(file)
            .Descendants("member")
            .Where(m => ((string?)m.Attribute("name"))?.StartsWith("F:", StringComparison.Ordinal) == true)
            .ToDictionary(m => ((string)m.Attribute("name")!)[2..], m => ((string?)m.Element("summary") ?? "").Trim());
    }
}
