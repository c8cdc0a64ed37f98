using MemberCloud.Data;

namespace MemberCloud.Tenancy;

/// <summary>For whom this scope works, and what time it is there. Entered once a credential, or a job, says so.</summary>
public sealed class TenantScope(CurrentTenant current, TimeProvider wall)
{
    private TenantInfo? tenant;
    private Caller? caller;

    public TenantInfo Tenant => tenant ?? throw new InvalidOperationException("No tenant is set.");

    public Caller Caller => caller ?? throw new InvalidOperationException("Nobody is signed in.");

    public Guid Id => Tenant.Id;

    /// <summary>Now, for every rule and job of this tenant: the test clock where it stands, else the wall clock.</summary>
    public DateTime Now => Tenant.TestClock ?? WallNow;

    /// <summary>For what a test clock does not move: leases, key life, idempotency retention.</summary>
    public DateTime WallNow => Shared.Instants.Cut(wall.GetUtcNow().UtcDateTime);

    /// <summary>Of messages meant for people: what the caller prefers, else the brand's.</summary>
    public string Language => Prefers ?? Tenant.Locale;

    /// <summary>The language the caller asked for; null = none of ours.</summary>
    public string? Prefers { get; set; }

    public void Enter(TenantInfo info, Caller? who = null)
    {
        tenant = info;
        caller = who ?? caller;
        current.Enter(info.Id);
    }

    public void EnterPlatform(Caller who) => caller = who;

    /// <summary>A fact may be a little ahead of us (clocks differ), never more than five minutes.</summary>
    public Shared.Problem? InFuture(DateTime? at, string pointer) =>
        at > Now.AddMinutes(5)
            ? Shared.Problem.Field(
                pointer,
                "in_future",
                $"{pointer} lies in the future of the brand's clock ({Now:yyyy-MM-ddTHH:mm:ssZ})."
            )
            : null;
}
