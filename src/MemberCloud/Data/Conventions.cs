using System.Linq.Expressions;
using System.Text.Json;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MemberCloud.Data;

/// <summary>How every table looks, on every engine: names, ids, times, enums, collations, and the tenant first.</summary>
public static class Conventions
{
    /// <summary>On a table: rows belong to tenants, so the migration gives it row security.</summary>
    public const string TenantOwned = "MemberCloud:TenantOwned";

    /// <summary>On a table: rows are never changed or removed; the serving role may only read and add.</summary>
    public const string AppendOnly = "MemberCloud:AppendOnly";

    public const string Sqlite = "Microsoft.EntityFrameworkCore.Sqlite";
    public const string Postgres = "Npgsql.EntityFrameworkCore.PostgreSQL";
    public const string SqlServer = "Microsoft.EntityFrameworkCore.SqlServer";

    private const int EnumLength = 24;

    /// <summary>Says that rows of this table are only ever added.</summary>
    public static EntityTypeBuilder<T> IsAppendOnly<T>(this EntityTypeBuilder<T> entity)
        where T : class
    {
        entity.HasAnnotation(AppendOnly, true);
        return entity;
    }

    /// <summary>Room on each page for rows that change often (PostgreSQL fillfactor 80), so that an update stays on its page.</summary>
    public static EntityTypeBuilder<T> ChangesOften<T>(this EntityTypeBuilder<T> entity)
        where T : class
    {
        entity.HasAnnotation("Npgsql:StorageParameter:fillfactor", 80);
        return entity;
    }

    public static void Apply(ModelBuilder model, MemberCloudDb db, string? provider)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            entity.SetTableName(Snake(entity.GetTableName()!));
            if (entity.ClrType.IsAssignableTo(typeof(ITenantOwned)))
                Own(model, entity, db);
            if (entity.ClrType.IsAssignableTo(typeof(IVersioned)))
                entity.FindProperty(nameof(IVersioned.Version))!.IsConcurrencyToken = true;
            if (provider != Postgres && entity.FindAnnotation("Npgsql:StorageParameter:fillfactor") is not null)
                entity.RemoveAnnotation("Npgsql:StorageParameter:fillfactor");
            foreach (var property in entity.GetProperties())
                Shape(property, provider);
        }
        foreach (var entity in model.Model.GetEntityTypes())
            NameKeys(entity);
    }

    private static void Own(ModelBuilder model, IMutableEntityType entity, MemberCloudDb db)
    {
        foreach (
            var columns in entity
                .GetKeys()
                .Select(k => k.Properties)
                .Concat(entity.GetIndexes().Select(i => i.Properties))
                .Concat(entity.GetForeignKeys().Select(f => f.Properties))
        )
        {
            if (columns[0].Name != nameof(ITenantOwned.TenantId))
                throw new InvalidOperationException(
                    $"{entity.ClrType.Name}: tenant_id comes first in every key, index and foreign key."
                );
        }
        entity.SetAnnotation(TenantOwned, true);
        var row = Expression.Parameter(entity.ClrType, "row");
        var current = Expression.Property(
            Expression.Property(Expression.Constant(db), nameof(MemberCloudDb.Tenant)),
            nameof(CurrentTenant.Id)
        );
        var mine = Expression.Equal(Expression.Property(row, nameof(ITenantOwned.TenantId)), current);
        model.Entity(entity.ClrType).HasQueryFilter(MemberCloudDb.TenantFilter, Expression.Lambda(mine, row));
    }

    private static void Shape(IMutableProperty property, string? provider)
    {
        property.SetColumnName(Snake(property.Name));
        property.ValueGenerated = ValueGenerated.Never;
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type == typeof(Guid) && provider != Postgres)
        {
            property.SetValueConverter(GuidBytes);
            property.SetColumnType(provider == SqlServer ? "binary(16)" : "BLOB");
        }
        else if (type == typeof(DateTime))
        {
            property.SetValueConverter(provider == Sqlite ? UtcMicroseconds : Utc);
            property.SetColumnType(
                provider switch
                {
                    Sqlite => "INTEGER",
                    Postgres => "timestamp with time zone",
                    _ => "datetime2(6)",
                }
            );
        }
        else if (type.IsEnum)
        {
            property.SetValueConverter((ValueConverter)Activator.CreateInstance(typeof(EnumWord<>).MakeGenericType(type))!);
            property.SetMaxLength(EnumLength);
        }
        if ((type == typeof(string) || type.IsEnum) && (property.IsKey() || property.IsForeignKey() || property.IsIndex()))
            property.SetCollation(
                provider switch
                {
                    SqlServer => "Latin1_General_100_BIN2",
                    Postgres => "C",
                    _ => null,
                }
            );
    }

    private static void NameKeys(IMutableEntityType entity)
    {
        var table = entity.GetTableName();
        foreach (var key in entity.GetKeys())
            key.SetName($"pk_{table}");
        foreach (var index in entity.GetIndexes().Where(i => i.FindAnnotation("Relational:Name") is null))
            index.SetDatabaseName($"ix_{table}_{string.Join('_', index.Properties.Skip(1).Select(p => Snake(p.Name)))}");
        foreach (var foreign in entity.GetForeignKeys())
            foreign.SetConstraintName($"fk_{table}_{foreign.PrincipalEntityType.GetTableName()}");
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    /// <summary>16 bytes in the order the id is written, so that ids sort by time (SQL Server would sort a uniqueidentifier by its last bytes).</summary>
    private static readonly ValueConverter GuidBytes = new ValueConverter<Guid, byte[]>(
        id => id.ToByteArray(true),
        bytes => new Guid(bytes, true)
    );

    private static readonly ValueConverter Utc = new ValueConverter<DateTime, DateTime>(
        t => Instants.Cut(t),
        t => DateTime.SpecifyKind(t, DateTimeKind.Utc)
    );

    /// <summary>Whole microseconds since 1970: small, and sorts as time does.</summary>
    private static readonly ValueConverter UtcMicroseconds = new ValueConverter<DateTime, long>(
        t => (t.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        us => new DateTime(DateTime.UnixEpoch.Ticks + us * TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc)
    );

    private sealed class EnumWord<T>() : ValueConverter<T, string>(value => Words<T>.Of(value), word => Words<T>.Parse(word))
        where T : struct, Enum;
}
