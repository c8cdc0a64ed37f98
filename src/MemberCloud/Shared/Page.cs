using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text;
using Microsoft.AspNetCore.Mvc;

namespace MemberCloud.Shared;

/// <summary>Which page of a list: <c>?cursor=&amp;limit=</c>.</summary>
/// <param name="Cursor"><c>next_cursor</c> of the page before; absent for the first page.</param>
/// <param name="Limit">Rows on a page, 1 to 200.</param>
public readonly record struct PageRequest([property: FromQuery] string? Cursor, [property: FromQuery, Range(1, 200)] int? Limit)
{
    /// <summary>Characters of a cursor: a key of 100 characters, whatever they are, and the list's name.</summary>
    public const int MaxCursor = 600;

    public int Size => Limit ?? 50;

    /// <summary>The key to go on after. A cursor belongs to one list: another list's is refused.</summary>
    public Result<string?> After(string list)
    {
        if (Cursor is null)
            return (string?)null;
        var wrong = Problem.Field("/cursor", "cursor_invalid", "The cursor is not one of this list.");
        if (Cursor.Length > MaxCursor || !Base64Url.IsValid(Cursor))
            return wrong;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor)).Split('\n');
        return parts.Length == 2 && parts[0] == list ? parts[1] : wrong;
    }
}

/// <summary>One page of a list.</summary>
/// <param name="Data">The rows.</param>
/// <param name="NextCursor">Asks for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>From rows read one beyond the page's size.</summary>
    public static Page<T> From<TRow, T>(
        IReadOnlyList<TRow> rows,
        PageRequest page,
        string list,
        Func<TRow, string> key,
        Func<TRow, T> shape
    )
    {
        var more = rows.Count > page.Size;
        var shown = more ? rows.Take(page.Size) : rows;
        var next = more ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list}\n{key(rows[page.Size - 1])}")) : null;
        return new([.. shown.Select(shape)], next);
    }
}
