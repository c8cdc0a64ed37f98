namespace MemberCloud.Data;

/// <summary>Whose rows this scope may touch. Set once the credential is known, by Tenancy alone; with none set, no row comes and none goes.</summary>
public sealed class CurrentTenant
{
    public Guid Id { get; private set; }

    public bool IsSet => Id != Guid.Empty;

    public void Enter(Guid tenantId) => Id = tenantId;
}

/// <summary>A row that belongs to one tenant: <c>tenant_id</c> comes first in its key, its indexes and its foreign keys.</summary>
public interface ITenantOwned
{
    Guid TenantId { get; }
}

/// <summary>A row that says something of one member.</summary>
public interface IAboutMember
{
    Guid MemberId { get; }
}

/// <summary>A row that two requests may change at once through the change tracker: the loser's write is refused and tried again.</summary>
public interface IVersioned
{
    long Version { get; set; }
}
