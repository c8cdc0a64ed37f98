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
public sealed class Passwords(IPasswordHasher<StaffMember> hasher) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Problem Busy = new("too_many_tries", "Many people sign in right now: try again.", 429)
    {
        RetryAfter = 2,
    };

    private readonly Lazy<string> nobodys = new(() => hasher.HashPassword(null!, "nobody has this password"));

    // Hashing is meant to be dear: half of the machine at most, so that a flood of guesses leaves the rest to others.
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Task<byte[]> HashAsync(string password, CancellationToken ct) =>
        InTurnAsync(() => Encoding.ASCII.GetBytes(hasher.HashPassword(null!, password)), ct);

    /// <summary>The same work, and the same time, for nobody as for somebody.</summary>
    public Task<bool> MatchesAsync(StaffMember? staff, string password, CancellationToken ct) =>
        InTurnAsync(
            () =>
            {
                var hash = staff?.PasswordHash is { } stored ? Encoding.ASCII.GetString(stored) : nobodys.Value;
                return hasher.VerifyHashedPassword(staff!, hash, password) != PasswordVerificationResult.Failed
                    && staff?.PasswordHash is not null;
            },
            ct
        );

    private async Task<T> InTurnAsync<T>(Func<T> work, CancellationToken ct)
    {
        if (!await turns.WaitAsync(Patience, ct))
            throw new ProblemException(Busy);
        try
        {
            return work();
        }
        finally
        {
            turns.Release();
        }
    }

    public void Dispose() => turns.Dispose();
}

/// <summary>Opens sessions, and keeps count of those that were not.</summary>
public sealed class Sessions(Transactions transactions, TenantScope scope, TenantService tenants, AuditLog audit)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(8);

    private MemberCloudDb Db => transactions.Db;

    /// <summary>
    /// Opens a session, inside the caller's transaction, for who proved the password of this hash: a person disabled, or a password changed, since it was looked at
    /// opens none, and the row's version holds both off until the commit.
    /// </summary>
    public async Task<Result<Session>> OpenAsync(Guid staffId, byte[] proven, string operation, CancellationToken ct)
    {
        var staff = await Db.Set<StaffMember>().SingleAsync(s => s.Id == staffId, ct);
        if (staff.State != StaffState.Active || !proven.AsSpan().SequenceEqual(staff.PasswordHash))
            return SignInService.Failed;
        staff.LastSignedInAt = scope.WallNow;
        await Db.SaveChangesAsync(ct);
        await ForgiveAsync(staff.EmailIndex, ct);
        var role = Words<StaffRole>.Of(staff.Role);
        var token = await tenants.IssueAsync(transactions, CredentialKind.Staff, staff.Id, role, Life, ct);
        await TellAsync(Caller.Of(token.Credential), operation, staff.Id, ct);
        return new Session(token, staff);
    }

    /// <summary>Writes a line about a member of staff, with what was changed of them.</summary>
    public Task TellAsync(Caller who, string operation, Guid staffId, CancellationToken ct) =>
        audit.WriteAsync(who, operation, Ids.Show(IdPrefix.Staff, staffId), null, new(Db.Trail.Changes), ct);

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
