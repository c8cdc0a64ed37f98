using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>
/// Signing in and out. A try is counted before the password is looked at, so that ten guesses at once are ten guesses; unknown people, wrong passwords and disabled
/// accounts get the same answer after the same work.
/// </summary>
public sealed class SignInService(
    Transactions transactions,
    TenantScope scope,
    TenantDirectory directory,
    Passwords passwords,
    Sessions sessions
)
{
    public static readonly Problem Failed = new("sign_in_failed", "Brand, e-mail or password is wrong.", 401);

    private MemberCloudDb Db => transactions.Db;

    public async Task<Result<Session>> SignInAsync(SignIn asked, CancellationToken ct)
    {
        var email = Emails.Read(asked.Email);
        if (email is null || await directory.FindBySlugAsync(asked.Brand, ct) is not { } tenant)
        {
            await passwords.MatchesAsync(null, asked.Password, ct);
            return Failed;
        }
        scope.Enter(tenant);
        var index = tenant.Keys.BlindIndex("staff", email);
        if (await CountTryAsync(index, ct) is { } wait)
            return wait;
        var staff = await Db.Set<StaffMember>().AsNoTracking().FirstOrDefaultAsync(s => s.EmailIndex == index, ct);
        if (!await passwords.MatchesAsync(staff, asked.Password, ct) || staff!.State != StaffState.Active)
            return Failed;
        if (tenant.Status != TenantStatus.Active)
            return new Problem($"tenant_{Words<TenantStatus>.Of(tenant.Status)}", "The brand is suspended or closed.", 403);
        return await transactions.DecideAsync(() => sessions.OpenAsync(staff.Id, staff.PasswordHash!, "SignIn", ct), ct);
    }

    /// <summary>Changes the caller's own password and ends their other sessions.</summary>
    public async Task<Result<StaffMember>> ChangePasswordAsync(PasswordChange asked, CancellationToken ct)
    {
        var id = scope.Caller.SubjectId!.Value;
        var staff = await Db.Set<StaffMember>().AsNoTracking().SingleAsync(s => s.Id == id, ct);
        if (StaffRules.Password(asked.NewPassword, StaffService.EmailOf(staff, scope.Tenant), "/new_password") is { } weak)
            return weak;
        // Counted apart from signing in: who is locked out by a stranger's guesses can still change it from an open session.
        var index = scope.Tenant.Keys.BlindIndex("staff password", id.ToString());
        if (await CountTryAsync(index, ct) is { } wait)
            return wait;
        if (!await passwords.MatchesAsync(staff, asked.CurrentPassword, ct))
            return new Problem("password_wrong", "This is not your current password.", 403);
        var hash = await passwords.HashAsync(asked.NewPassword, ct);
        return await transactions.DecideAsync<StaffMember>(
            async () =>
            {
                Db.Trail.Start();
                var row = await Db.Set<StaffMember>().SingleAsync(s => s.Id == id, ct);
                // Changed by somebody else since it was checked: the check says nothing any more.
                if (!row.PasswordHash.AsSpan().SequenceEqual(staff.PasswordHash))
                    return new Problem("password_wrong", "This is not your current password.", 403);
                row.PasswordHash = hash;
                await Db.SaveChangesAsync(ct);
                await sessions.ForgiveAsync(index, ct);
                await directory.EndAsync(transactions, scope.Id, CredentialKind.Staff, id, ct, scope.Caller.CredentialId);
                await sessions.TellAsync(scope.Caller, "ChangePassword", id, ct);
                return row;
            },
            ct
        );
    }

    /// <summary>Takes up an invitation: once, in time. Who accepts a new brand's invitation becomes its owner.</summary>
    public async Task<Result<Session>> AcceptAsync(Acceptance asked, CancellationToken ct)
    {
        var invitation = await directory.FindCredentialAsync(asked.Token, CredentialKind.Invitation, ct);
        if (invitation is null || await directory.FindAsync(invitation.TenantId!.Value, ct) is not { } tenant)
            return Problem.NotFound("invitation");
        if (invitation.RevokedAt is not null)
            return Problem.Conflict("invitation_used", "This invitation was used or replaced by another.");
        if (invitation.ExpiresAt <= scope.WallNow)
            return Problem.Conflict("invitation_expired", "This invitation has expired: ask for another.");
        if (tenant.Status != TenantStatus.Active)
            return new Problem($"tenant_{Words<TenantStatus>.Of(tenant.Status)}", "The brand is suspended or closed.", 403);
        scope.Enter(tenant);
        var hash = await passwords.HashAsync(asked.Password, ct);
        return await transactions.DecideAsync<Session>(
            async () =>
            {
                Db.Trail.Start();
                if (!await directory.UseUpAsync(transactions, invitation.Id, ct))
                    return Problem.Conflict("invitation_used", "This invitation was used or replaced by another.");
                var made = await JoinAsync(invitation, asked, ct);
                if (made.Problem is { } problem)
                    return problem;
                made.Value.PasswordHash = hash;
                made.Value.State = StaffState.Active;
                await Db.SaveChangesAsync(ct);
                return await sessions.OpenAsync(made.Value.Id, hash, "AcceptInvitation", ct);
            },
            ct
        );
    }

    public Task SignOutAsync(CancellationToken ct) => directory.UseUpAsync(transactions, scope.Caller.CredentialId, ct);

    private async Task<Result<StaffMember>> JoinAsync(Credential invitation, Acceptance asked, CancellationToken ct)
    {
        if (invitation.SubjectId is { } id)
        {
            var invited = await Db.Set<StaffMember>().SingleAsync(s => s.Id == id, ct);
            invited.Name = asked.Name ?? invited.Name;
            return StaffRules.Password(asked.Password, StaffService.EmailOf(invited, scope.Tenant), "/password") is { } weak
                ? weak
                : invited;
        }
        if (asked.Email is null || Emails.Read(asked.Email) is not { } email)
            return Problem.Field("/email", "bad_email", "An owner's invitation takes the owner's e-mail address.");
        if (StaffRules.Password(asked.Password, email, "/password") is { } guessable)
            return guessable;
        var index = scope.Tenant.Keys.BlindIndex("staff", email);
        if (await Db.Set<StaffMember>().AnyAsync(s => s.EmailIndex == index, ct))
            return StaffService.Exists;
        var owner = StaffService.New(scope, asked.Name ?? "Owner", email, StaffRole.Owner, null);
        Db.Add(owner);
        return owner;
    }

    /// <summary>Counts a try, and says whether it may be made: of many at once each is counted alone.</summary>
    private async Task<Problem?> CountTryAsync(byte[] index, CancellationToken ct)
    {
        var result = await transactions.DecideAsync<bool>(
            async () =>
            {
                var now = scope.WallNow;
                var tries = await Db.Set<SignInTries>().FirstOrDefaultAsync(t => t.Subject == index, ct);
                if (tries is null)
                    Db.Add(tries = new() { TenantId = scope.Id, Subject = index });
                else if (tries.NextAt > now)
                    return TooMany(tries.NextAt - now);
                else if (now - tries.NextAt > TimeSpan.FromDays(1))
                    tries.Failures = 0;
                tries.Failures++;
                tries.NextAt = now + StaffRules.Wait(tries.Failures);
                await Db.SaveChangesAsync(ct);
                if (tries.Failures >= StaffRules.LockAfter)
                    await sessions.TellLockedAsync(index, ct);
                return true;
            },
            ct
        );
        return result.Problem;
    }

    private static Problem TooMany(TimeSpan wait) =>
        new("too_many_tries", "Too many tries: wait before the next one.", 429)
        {
            RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)),
        };
}
