using System.Text.Json.Nodes;
using MemberCloud.Shared;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace MemberCloud.Data;

/// <summary>One row that was made, changed or removed: what it said before and what it says now. Of sealed values only that they changed.</summary>
/// <param name="Table">The kind of thing.</param>
/// <param name="Row">The row's key within its table.</param>
/// <param name="Before">Its fields before; null when it was made.</param>
/// <param name="After">Its fields after; null when it was removed.</param>
public sealed record RowChange(string Table, string Row, JsonObject? Before, JsonObject? After);

/// <summary>What a unit of work changes, for the audit log. Kept only while somebody asks for it: jobs and reports of orders do not.</summary>
public sealed class ChangeTrail
{
    private const int Limit = 200;

    private readonly List<RowChange> changes = [];

    public IReadOnlyList<RowChange> Changes => changes;

    public bool IsOn { get; private set; }

    /// <summary>The member whose row was changed; null when it was nobody's.</summary>
    public Guid? MemberId { get; set; }

    /// <summary>Why, in the words of who did it.</summary>
    public string? Reason { get; set; }

    /// <summary>Listens from here on, and forgets what a lost race undid.</summary>
    public void Start()
    {
        IsOn = true;
        changes.Clear();
        (MemberId, Reason) = (null, null);
    }

    /// <summary>Notes what the change tracker does not see.</summary>
    public void Note<T>(string table, string row, T after)
    {
        if (IsOn)
            changes.Add(new(table, row, null, JsonNode.Parse(Json.Write(after)) as JsonObject));
    }

    internal void Record(EntityEntry entry)
    {
        if (!IsOn || entry.State == EntityState.Unchanged || changes.Count >= Limit)
            return;
        if (entry.Metadata.FindAnnotation(Conventions.AppendOnly) is not null || entry.Entity is IdempotentAnswer or OutboxEvent)
            return;
        if (entry.Entity is IAboutMember about)
            MemberId ??= about.MemberId;
        var shown = entry.Properties.Where(p => IsShown(p, entry.State)).ToList();
        changes.Add(
            new(
                entry.Metadata.GetTableName()!,
                string.Join('/', entry.Metadata.FindPrimaryKey()!.Properties.Skip(1).Select(p => entry.Property(p).CurrentValue)),
                entry.State == EntityState.Added ? null : Show(shown, p => p.OriginalValue),
                entry.State == EntityState.Deleted ? null : Show(shown, p => p.CurrentValue)
            )
        );
    }

    private static bool IsShown(PropertyEntry property, EntityState state) =>
        property.Metadata.Name is not (nameof(ITenantOwned.TenantId) or nameof(IVersioned.Version))
        && (state != EntityState.Modified || property.IsModified);

    private static JsonObject Show(IEnumerable<PropertyEntry> properties, Func<PropertyEntry, object?> value) =>
        new(properties.Select(p => KeyValuePair.Create(p.Metadata.GetColumnName(), Show(value(p)))));

    /// <summary>That a sealed value changed is told; what it was, and is, stays sealed.</summary>
    private static JsonNode? Show(object? value) =>
        value switch
        {
            null => null,
            byte[] => JsonValue.Create("(sealed)"),
            _ => JsonValue.Create(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)),
        };
}
