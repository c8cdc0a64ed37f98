using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace MemberCloud.Data;

/// <summary>In which form a step's statement is said.</summary>
[Flags]
internal enum Form
{
    /// <summary>One key or row, as plain values.</summary>
    One = 0,

    /// <summary>Several, as arrays.</summary>
    Many = 1,

    /// <summary>With the lookup's locks.</summary>
    Locked = 2,

    /// <summary>A guard that does not hold fails the statement, and with it all of its batch.</summary>
    Raising = 4,
}

/// <summary>An update's statement, and the columns whose values are its parameters, in order.</summary>
internal sealed record PostgresUpdate<T>(string Text, IReadOnlyList<DoorColumn<T>> Columns);

/// <summary>The statements of <see cref="PostgresDoor"/>, and its parameters.</summary>
internal static class PostgresSql
{
    public static string Select<T>(DoorTable<T> table, Lookup<T> lookup, Form form)
        where T : class, ITenantOwned =>
        form.HasFlag(Form.Many)
            ? SelectMany(table, lookup, LockOf(lookup, form))
            : SelectOne(table, lookup, LockOf(lookup, form));

    /// <summary>Fails unless each key finds a row, and keeps those as the lookup says.</summary>
    public static string Require<T>(DoorTable<T> table, Lookup<T> lookup, Form form)
        where T : class, ITenantOwned =>
        $"SELECT 1 / (count(*) / ${lookup.Keys.Length + 2}) FROM ({Select(table, lookup, form | Form.Locked)}) y";

    public static string Insert<T>(DoorTable<T> table, Form form)
        where T : class, ITenantOwned =>
        $"INSERT INTO {table.Name} ({Names(table.Columns)}) "
        + (
            form.HasFlag(Form.Many)
                ? $"SELECT * FROM unnest({Arrays(table.Columns)})"
                : $"VALUES ({string.Join(", ", table.Columns.Select((_, i) => $"${i + 1}"))})"
        );

    public static PostgresUpdate<T> Update<T>(DoorTable<T> table, Update<T> update, Form form)
        where T : class, ITenantOwned
    {
        List<DoorColumn<T>> columns = [.. table.Columns.Where(c => c.IsKey || update.Set.Contains(c.Property))];
        var text = form.HasFlag(Form.Many) ? UpdateMany(table, update, columns) : UpdateOne(table, update, columns);
        return new(form.HasFlag(Form.Raising) ? Raising(text, $"${columns.Count + 2}") : text, columns);
    }

    public static string Increase<T>(DoorTable<T> table, Increase<T> increase, Form form)
        where T : class, ITenantOwned
    {
        List<DoorColumn<T>> keys = [.. table.Columns.Where(c => c.IsKey)];
        var text = form.HasFlag(Form.Many) ? IncreaseMany(table, increase, keys) : IncreaseOne(table, increase, keys);
        return form.HasFlag(Form.Raising) ? Raising(text, form.HasFlag(Form.Many) ? $"${keys.Count + 2}" : "1") : text;
    }

    private static string IncreaseOne<T>(DoorTable<T> table, Increase<T> increase, List<DoorColumn<T>> keys)
        where T : class, ITenantOwned
    {
        var value = table.Column(increase.Property).Name;
        var where = string.Join(" AND ", keys.Select((k, i) => $"{k.Name} = ${i + 2}"));
        var limit = increase.Limit is { } of ? $" AND ($1 < 0 OR {value} + $1 <= {table.Column(of).Name})" : "";
        return $"UPDATE {table.Name} SET {value} = {value} + $1 WHERE {where}{limit}";
    }

    /// <summary>Several rows at once, locked in the order of their keys before any is changed. Only where there is no limit: that looks at each by itself.</summary>
    private static string IncreaseMany<T>(DoorTable<T> table, Increase<T> increase, List<DoorColumn<T>> keys)
        where T : class, ITenantOwned
    {
        var value = table.Column(increase.Property).Name;
        var (names, on) = (Names(keys), string.Join(" AND ", keys.Select(k => $"t.{k.Name} = u.{k.Name}")));
        var mine = string.Join(", ", keys.Select(k => $"t.{k.Name}"));
        return $"UPDATE {table.Name} t SET {value} = t.{value} + u.by FROM (SELECT {mine}, u.by FROM unnest({Arrays(keys)}, ${keys.Count + 1}::bigint[]) "
            + $"AS u({names}, by) JOIN {table.Name} t ON {on} ORDER BY {mine} FOR UPDATE OF t) u WHERE {on}";
    }

    /// <summary>What <see cref="Raising"/> fails with where a guard does not hold.</summary>
    public const string GuardBroken = PostgresErrorCodes.DivisionByZero;

    /// <summary>Fails unless so many rows are changed: outside of a transaction who looks at the count afterwards looks too late.</summary>
    private static string Raising(string update, string rows) =>
        $"WITH changed AS ({update} RETURNING 1) SELECT 1 / (count(*) / {rows}) FROM changed";

    private static string SelectOne<T>(DoorTable<T> table, Lookup<T> lookup, string withLock)
        where T : class, ITenantOwned
    {
        var where = string.Format(null, CompositeFormat.Parse(lookup.Where), [.. lookup.Keys.Select((_, i) => $"${i + 2}")]);
        return $"SELECT {Names(table.Columns)} FROM {table.Name} WHERE tenant_id = $1 AND {where}{Ending(lookup)}{withLock}";
    }

    /// <summary>LATERAL runs the inner select once per key, in the order of the keys: so do its locks. The last column says whose key it was, from 1 on.</summary>
    private static string SelectMany<T>(DoorTable<T> table, Lookup<T> lookup, string withLock)
        where T : class, ITenantOwned
    {
        var keys = Enumerable.Range(0, lookup.Keys.Length).Select(i => $"k{i}").ToArray();
        var arrays = string.Join(", ", lookup.Keys.Select((type, i) => $"${i + 2}::{SqlType(type)}[]"));
        var where = string.Format(null, CompositeFormat.Parse(lookup.Where), [.. keys.Select(k => "k." + k)]);
        // A fence: without it the planner turns the keys into a join, and reads a brand's whole table for one of them.
        var fence = lookup.Limit == 0 && withLock.Length == 0 ? " OFFSET 0" : "";
        return $"SELECT x.*, k.n FROM unnest({arrays}) WITH ORDINALITY AS k({string.Join(", ", keys)}, n) CROSS JOIN LATERAL (SELECT {Names(table.Columns)} "
            + $"FROM {table.Name} WHERE tenant_id = $1 AND {where}{Ending(lookup)}{fence}{withLock}) x";
    }

    private static string Ending<T>(Lookup<T> lookup)
        where T : class, ITenantOwned =>
        (lookup.Order.Length > 0 ? $" ORDER BY {lookup.Order}" : "") + (lookup.Limit > 0 ? $" LIMIT {lookup.Limit}" : "");

    /// <summary>A key share is what a foreign key's check takes anyway: it keeps nobody waiting but who locks the whole row.</summary>
    private static string LockOf<T>(Lookup<T> lookup, Form form)
        where T : class, ITenantOwned =>
        !form.HasFlag(Form.Locked) ? ""
        : lookup.Locks ? " FOR UPDATE"
        : lookup.Holds ? " FOR KEY SHARE"
        : "";

    private static string UpdateOne<T>(DoorTable<T> table, Update<T> update, List<DoorColumn<T>> columns)
        where T : class, ITenantOwned
    {
        var values = columns.Select((c, i) => (Column: c, Text: $"{c.Name} = ${i + 1}")).ToList();
        var set = values.Where(v => !v.Column.IsKey).Select(v => v.Text);
        var where = values.Where(v => v.Column.IsKey).Select(v => v.Text);
        if (update.Guard is { } guard)
            where = where.Append($"{table.Column(guard.Property).Name} = ${columns.Count + 1}");
        return $"UPDATE {table.Name} SET {string.Join(", ", set)} WHERE {string.Join(" AND ", where)}";
    }

    private static string UpdateMany<T>(DoorTable<T> table, Update<T> update, List<DoorColumn<T>> columns)
        where T : class, ITenantOwned
    {
        var set = columns.Where(c => !c.IsKey).Select(c => $"{c.Name} = u.{c.Name}");
        var where = columns.Where(c => c.IsKey).Select(c => $"t.{c.Name} = u.{c.Name}");
        var (arrays, names) = (Arrays(columns), Names(columns));
        if (update.Guard is { } guard)
        {
            where = where.Append($"t.{table.Column(guard.Property).Name} = u.expected");
            (arrays, names) = ($"{arrays}, ${columns.Count + 1}::bigint[]", $"{names}, expected");
        }
        return $"UPDATE {table.Name} t SET {string.Join(", ", set)} FROM unnest({arrays}) AS u({names}) WHERE {string.Join(" AND ", where)}";
    }

    private static string Names<T>(IEnumerable<DoorColumn<T>> columns) => string.Join(", ", columns.Select(c => c.Name));

    private static string Arrays<T>(IReadOnlyList<DoorColumn<T>> columns) =>
        string.Join(", ", columns.Select((c, i) => $"${i + 1}::{SqlType(c.ArrayType.GetElementType()!)}[]"));

    /// <summary>A part of a single key.</summary>
    public static NpgsqlParameter One(object part) =>
        part switch
        {
            Guid id => new NpgsqlParameter<Guid> { TypedValue = id },
            string text => new NpgsqlParameter<string> { TypedValue = text },
            DateTime time => new NpgsqlParameter<DateTime> { TypedValue = time },
            _ => new NpgsqlParameter { Value = part },
        };

    /// <summary>A part of many keys.</summary>
    public static NpgsqlParameter Many(Type type, IReadOnlyList<object[]> keys, int part)
    {
        var array = System.Array.CreateInstance(type, keys.Count);
        for (var i = 0; i < keys.Count; i++)
            array.SetValue(keys[i][part], i);
        return Array(array);
    }

    /// <summary>The element type is said: it cannot be guessed from an array that begins with a null.</summary>
    public static NpgsqlParameter Array(Array values) =>
        new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | TypeOf(values.GetType().GetElementType()!) };

    private static string SqlType(Type type) =>
        TypeOf(type) == NpgsqlDbType.TimestampTz ? "timestamptz" : TypeOf(type).ToString().ToLowerInvariant();

    private static NpgsqlDbType TypeOf(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) switch
        {
            var t when t == typeof(Guid) => NpgsqlDbType.Uuid,
            var t when t == typeof(string) => NpgsqlDbType.Text,
            var t when t == typeof(long) => NpgsqlDbType.Bigint,
            var t when t == typeof(int) => NpgsqlDbType.Integer,
            var t when t == typeof(bool) => NpgsqlDbType.Boolean,
            var t when t == typeof(DateTime) => NpgsqlDbType.TimestampTz,
            var t when t == typeof(byte[]) => NpgsqlDbType.Bytea,
            var t => throw new InvalidOperationException($"The door has no array of {t}."),
        };
}
