using System.Diagnostics.CodeAnalysis;

namespace MemberCloud.Data;

/// <summary>Rows in memory by their keys, made where there is none; then the stored ones are updated and the others inserted, in the order of their keys.</summary>
/// <param name="found">Those that are stored.</param>
/// <param name="keyOf">A row's key.</param>
/// <param name="make">A new row of a key.</param>
public sealed class KeyedRows<TKey, T>(IEnumerable<T> found, Func<T, TKey> keyOf, Func<TKey, T> make)
    where TKey : notnull
    where T : class, ITenantOwned
{
    private readonly Dictionary<TKey, T> rows = found.ToDictionary(keyOf);
    private readonly HashSet<TKey> isNew = [];
    private readonly SortedSet<TKey> changed = [];

    /// <summary>Those that are stored or were made.</summary>
    public IEnumerable<TKey> Keys => rows.Keys;

    /// <summary>The row as it is now, to look at.</summary>
    public T Read(TKey key)
    {
        if (!rows.TryGetValue(key, out var row))
        {
            rows[key] = row = make(key);
            isNew.Add(key);
        }
        return row;
    }

    /// <summary>The row to be changed: it is written.</summary>
    public T Change(TKey key)
    {
        changed.Add(key);
        return Read(key);
    }

    /// <summary>The row to be changed where there is one.</summary>
    public bool TryChange(TKey key, [NotNullWhen(true)] out T? row)
    {
        if (!rows.TryGetValue(key, out row))
            return false;
        changed.Add(key);
        return true;
    }

    /// <summary>Adds what changed since the last time.</summary>
    public void Write(StoreBatch store, Update<T> change)
    {
        store.Update<T>(change, [.. changed.Where(k => !isNew.Contains(k)).Select(k => rows[k])]);
        store.Insert<T>([.. changed.Where(isNew.Contains).Select(k => rows[k])]);
        isNew.ExceptWith(changed);
        changed.Clear();
    }
}
