using System.Data.Common;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Npgsql;

namespace MemberCloud.Data;

/// <summary>A column as the doors see it: values already in the engine's form.</summary>
public abstract class DoorColumn<T>(string name, string property, bool isKey)
{
    public string Name { get; } = name;
    public string Property { get; } = property;
    public bool IsKey { get; } = isKey;

    /// <summary>One value, as a parameter takes it.</summary>
    public abstract object ValueOf(T row);

    /// <summary>One value, as PostgreSQL takes it.</summary>
    public abstract NpgsqlParameter ParameterOf(T row);

    /// <summary>One array over many rows, as <c>unnest</c> takes it.</summary>
    public abstract Array ArrayOf(IReadOnlyList<T> rows);

    public abstract Type ArrayType { get; }
}

internal sealed class DoorColumn<T, TValue>(string name, string property, bool isKey, Func<T, TValue> get)
    : DoorColumn<T>(name, property, isKey)
{
    public override object ValueOf(T row) => get(row) ?? (object)DBNull.Value;

    public override NpgsqlParameter ParameterOf(T row) => new NpgsqlParameter<TValue> { TypedValue = get(row) };

    public override Array ArrayOf(IReadOnlyList<T> rows)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = get(rows[i]);
        return values;
    }

    public override Type ArrayType => typeof(TValue[]);
}

/// <summary>
/// A table of EF's model, ready for the doors: columns with compiled readers and writers that go through the model's own converters, so that
/// a row written by a door and one written by EF are the same row.
/// </summary>
public sealed class DoorTable<T>
    where T : class, ITenantOwned
{
    public DoorTable(IModel model)
    {
        var entity =
            model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} is not in the model.");
        var key = entity.FindPrimaryKey()!.Properties;
        var properties = entity.GetProperties().OrderBy(p => key.Contains(p) ? key.ToList().IndexOf(p) : int.MaxValue).ToList();
        Name = entity.GetTableName()!;
        Columns = [.. properties.Select(p => ColumnOf(p, key.Contains(p)))];
        Read = ReaderOf(properties);
    }

    public string Name { get; }

    public IReadOnlyList<DoorColumn<T>> Columns { get; }

    /// <summary>Makes a row from a reader whose columns are <see cref="Columns"/>, in order.</summary>
    public Func<DbDataReader, T> Read { get; }

    public DoorColumn<T> Column(string property) => Columns.First(c => c.Property == property);

    private static DoorColumn<T> ColumnOf(IProperty property, bool isKey)
    {
        var row = Expression.Parameter(typeof(T), "row");
        var value = ToProvider(Expression.Property(row, property.PropertyInfo!), property.GetTypeMapping().Converter);
        var get = Expression.Lambda(value, row).Compile();
        var column = typeof(DoorColumn<,>).MakeGenericType(typeof(T), value.Type);
        return (DoorColumn<T>)Activator.CreateInstance(column, property.GetColumnName(), property.Name, isKey, get)!;
    }

    private static Expression ToProvider(Expression value, ValueConverter? converter)
    {
        if (converter is null)
            return value;
        var provider = converter.ProviderClrType;
        if (Nullable.GetUnderlyingType(value.Type) is null)
            return Inline(converter.ConvertToProviderExpression, value);
        var nullable = provider.IsValueType ? typeof(Nullable<>).MakeGenericType(provider) : provider;
        var converted = Expression.Convert(
            Inline(converter.ConvertToProviderExpression, Expression.Property(value, "Value")),
            nullable
        );
        return Expression.Condition(Expression.Property(value, "HasValue"), converted, Expression.Default(nullable));
    }

    private static Func<DbDataReader, T> ReaderOf(List<IProperty> properties)
    {
        var reader = Expression.Parameter(typeof(DbDataReader), "reader");
        var bindings = properties.Select((p, i) => Expression.Bind(p.PropertyInfo!, FromProvider(reader, p, i)));
        return Expression
            .Lambda<Func<DbDataReader, T>>(Expression.MemberInit(Expression.New(typeof(T)), bindings), reader)
            .Compile();
    }

    private static Expression FromProvider(Expression reader, IProperty property, int index)
    {
        var converter = property.GetTypeMapping().Converter;
        var plain = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        var raw = Expression.Call(
            reader,
            nameof(DbDataReader.GetFieldValue),
            [converter?.ProviderClrType ?? plain],
            Expression.Constant(index)
        );
        var value = converter is null ? raw : Inline(converter.ConvertFromProviderExpression, raw);
        var full = Expression.Convert(value, property.ClrType);
        if (!property.IsNullable)
            return full;
        var isNull = Expression.Call(reader, nameof(DbDataReader.IsDBNull), null, Expression.Constant(index));
        return Expression.Condition(isNull, Expression.Default(property.ClrType), full);
    }

    private static Expression Inline(LambdaExpression lambda, Expression argument) => Expression.Invoke(lambda, argument);
}
