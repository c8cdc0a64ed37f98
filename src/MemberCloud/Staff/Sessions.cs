using System.Text;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>A session: its token, shown once, and whose it is.</summary>
public sealed record Session(NewKey Token, StaffMember Staff);

/// <summary>Passwords by the framework's hasher (PBKDF2, HMAC-SHA512); its cost is <c>Staff:PasswordIterations</c> (210,000, OWASP's advice of 2023).</summary>
public sealed class Passwords(IPasswordHasher<StaffMember> hasher)
{
    private readonly Lazy<string> nobodys = new(() => hasher.HashPassword(null!, "nobody has this password"));

    public byte[] Hash(string password) => Encoding.ASCII.GetBytes(hasher.HashPassword(null!, password));

    /// <summary>The same work, and the same time, for nobody as for somebody.</summary>
    public bool Matches(StaffMember? staff, string password)
    {
        var hash = staff?.PasswordHash is { } stored ? Encoding.ASCII.GetString(stored) : nobodys.Value;
        return hasher.VerifyHashedPassword(staff!, hash, password) != PasswordVerificationResult.Failed
            && staff?.PasswordHash is not null;
    }
}

/// <summary>Opens sessions, and keeps count of those that were not.</summary>
public sealed class Sessions(Transactions transactions, TenantScope scope, TenantService tenants, AuditLog audit)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(8);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>Opens a session, inside the caller's transaction. The row's version makes sure that nobody disabled the person, or changed the role, meanwhile.</summary>
    public async Task<Result<Session>> OpenAsync(Guid staffId, string operation, CancellationToken ct)
    {
        var staff = await Db.Set<StaffMember>().SingleAsync(s => s.Id == staffId, ct);
        if (staff.State != StaffState.Active)
            return SignInService.Failed;
        staff.LastSignedInAt = scope.WallNow;
        await Db.SaveChangesAsync(ct);
        await ForgiveAsync(staff.EmailIndex, ct);
        var role = Words<StaffRole>.Of(staff.Role);
        var token = await tenants.IssueAsync(transactions, CredentialKind.Staff, staff.Id, role, Life, ct);
        await audit.WriteAsync(Caller.Of(token.Credential), operation, Ids.Show(IdPrefix.Staff, staff.Id), null, new([]), ct);
        return new Session(token, staff);
    }

    public Task ForgiveAsync(byte[] index, CancellationToken ct) =>
        Db.Set<SignInTries>().Where(t => t.Subject == index).ExecuteDeleteAsync(ct);

    /// <summary>Writes down that somebody's account is locked; of an address that nobody has there is nothing to write.</summary>
    public async Task TellLockedAsync(byte[] index, CancellationToken ct)
    {
        if (await Db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(s => s.EmailIndex == index, ct) is not { } staff)
            return;
        var caller = new Caller(CallerKind.Staff, Guid.Empty, scope.Id, new HashSet<string>(), staff.Role, staff.Id);
        await audit.WriteAsync(caller, "SignInLocked", Ids.Show(IdPrefix.Staff, staff.Id), null, new([]), ct);
    }
}
