using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace MemberCloud.Shared;

/// <summary>A request whose fields depend on each other says so here; limits of one field are attributes, which the OpenAPI documents show too.</summary>
public interface IChecked
{
    IEnumerable<FieldProblem> Check();
}

/// <summary>An instant that a caller may state: no earlier than 1970, no later than 2200. Not in the future where the service says so.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class InstantAttribute : ValidationAttribute
{
    private static readonly DateTime First = new(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new(2200, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public override bool IsValid(object? value) => value is not DateTime time || (time >= First && time < Last);

    public override string FormatErrorMessage(string name) => $"{name} lies between 1970 and 2200.";
}

/// <summary>Text without control characters or lone surrogates: what every engine and every log can hold.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class TextAttribute(int max) : ValidationAttribute
{
    public int Max { get; } = max;
    public int Min { get; init; } = 1;

    public override bool IsValid(object? value) => Problem(value) is null;

    /// <summary>A name that people read: no link, so that nobody is led away by one.</summary>
    public bool IsName { get; init; }

    /// <summary>No markup: what is shown to people as it is, in pages that are not ours.</summary>
    public bool Plain { get; init; }

    /// <summary>A brand's own number or id, by which paths name things.</summary>
    public bool InPath { get; init; }

    public string? Problem(object? value)
    {
        if (value is not string text)
            return null;
        if (text.Length > Max)
            return "too_long";
        if (text.Length < Min || (Min > 0 && string.IsNullOrWhiteSpace(text)))
            return "too_short";
        if (text.Any(char.IsControl) || !IsWellFormed(text))
            return "bad_characters";
        // The framework hands a path's %2F on as it came: a number that holds one could not be told from one with a slash.
        if (InPath && text.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            return "bad_characters";
        if (Plain && text.AsSpan().IndexOfAny('<', '>') >= 0)
            return "markup_not_allowed";
        return IsName && text.Contains("://", StringComparison.Ordinal) ? "link_not_allowed" : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                return false;
            i++;
        }
        return true;
    }
}

/// <summary>Checks a request before its handler sees it. Every wrong field is named with a JSON pointer and a code.</summary>
public static class Validation
{
    private static readonly ConcurrentDictionary<Type, Member[]> Shapes = new();
    private static readonly ConcurrentDictionary<Type, bool> Requests = new();

    private sealed record Member(string Name, Func<object, object?> Get, ValidationAttribute[] Rules, bool Deep);

    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        foreach (var argument in context.Arguments)
        {
            if (argument is not null && IsRequest(argument.GetType()) && Check(argument) is { } problem)
                return problem.ToHttp();
        }
        return await next(context);
    }

    /// <summary>Null when all is well. The problem carries the code of the first wrong field, and all of them in <c>errors</c>.</summary>
    public static Problem? Check(object request)
    {
        var errors = new List<FieldProblem>();
        Walk(request, "", errors);
        return errors.Count == 0
            ? null
            : new(errors[0].Code, errors[0].Message, StatusCodes.Status400BadRequest) { Errors = [.. errors.Take(50)] };
    }

    private static void Walk(object value, string pointer, List<FieldProblem> errors)
    {
        foreach (var member in Shapes.GetOrAdd(value.GetType(), ShapeOf))
        {
            var here = member.Name.Length == 0 ? pointer : $"{pointer}/{member.Name}";
            var content = member.Get(value);
            foreach (var rule in member.Rules.Where(rule => !rule.IsValid(content)))
                errors.Add(new(here, CodeOf(rule, content), $"{here}: {rule.FormatErrorMessage(member.Name)}"));
            if (content is null || !member.Deep || errors.Count > 50)
                continue;
            if (content is IEnumerable items)
                WalkItems(items, here, errors);
            else
                Walk(content, here, errors);
        }
        if (value is IChecked check && errors.Count == 0)
            errors.AddRange(check.Check().Select(e => e with { Pointer = pointer + e.Pointer }));
    }

    private static void WalkItems(IEnumerable items, string pointer, List<FieldProblem> errors)
    {
        var index = 0;
        foreach (var item in items)
        {
            if (item is null)
                errors.Add(new($"{pointer}/{index}", "required", $"{pointer}/{index} is null."));
            else if (item is string text && new TextAttribute(200).Problem(text) is { } code)
                errors.Add(new($"{pointer}/{index}", code, $"{pointer}/{index} is text of 1 to 200 characters."));
            else if (item is not string && IsOurs(item.GetType()))
                Walk(item, $"{pointer}/{index}", errors);
            index++;
        }
    }

    private static string CodeOf(ValidationAttribute rule, object? value) =>
        rule switch
        {
            RequiredAttribute => "required",
            TextAttribute text => text.Problem(value)!,
            StringLengthAttribute or MaxLengthAttribute => value is string ? "too_long" : "too_many",
            MinLengthAttribute => value is string ? "too_short" : "too_few",
            RangeAttribute or InstantAttribute => "out_of_range",
            _ => "bad_format",
        };

    private static Member[] ShapeOf(Type type)
    {
        // What an optional field holds stands where the field stands.
        var isOptional = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);
        var parameters =
            type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault()?.GetParameters() ?? [];
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.GetIndexParameters().Length == 0 && p.Name != "EqualityContract")
                .Select(p => new Member(
                    isOptional ? "" : JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name),
                    p.GetValue,
                    [
                        .. p.GetCustomAttributes<ValidationAttribute>(),
                        .. parameters
                            .Where(a => a.Name == p.Name && a.ParameterType == p.PropertyType)
                            .SelectMany(a => a.GetCustomAttributes<ValidationAttribute>()),
                    ],
                    IsOurs(p.PropertyType)
                        || (
                            p.PropertyType != typeof(string)
                            && typeof(IEnumerable).IsAssignableFrom(p.PropertyType)
                            && !typeof(IDictionary).IsAssignableFrom(p.PropertyType)
                            && !IsMap(p.PropertyType)
                        )
                ))
                .Where(m => m.Rules.Length > 0 || m.Deep),
        ];
    }

    private static bool IsMap(Type type) =>
        type.IsGenericType
        && type.GetGenericTypeDefinition() is var t
        && (t == typeof(Dictionary<,>) || t == typeof(IReadOnlyDictionary<,>));

    /// <summary>Requests are records; the services a handler is given beside them are not.</summary>
    private static bool IsRequest(Type type) =>
        Requests.GetOrAdd(type, static t => IsOurs(t) && (t.IsValueType || t.GetMethod("<Clone>$") is not null));

    private static bool IsOurs(Type type) =>
        !type.IsEnum && type.Namespace?.StartsWith("MemberCloud", StringComparison.Ordinal) == true;
}
