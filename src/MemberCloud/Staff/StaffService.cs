using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Staff;

/// <summary>Somebody invited, with the invitation that is shown once.</summary>
public sealed record Invited(StaffMember Staff, NewKey Invitation);

/// <summary>Who works for the brand, and as what. Every change ends the person's sessions: the role is in the token.</summary>
public sealed class StaffService(
    Transactions transactions,
    TenantScope scope,
    TenantDirectory directory,
    TenantService tenants,
    Passwords passwords
)
{
    public const int MaxStaff = 500;

    public static readonly Problem Exists = Problem.Conflict(
        "staff_exists",
        "Somebody with this e-mail address is there already."
    );

    private static readonly Problem LastOwner = Problem.Conflict(
        "last_owner",
        "A brand keeps at least one owner: name another first."
    );

    private MemberCloudDb Db => transactions.Db;

    public static string EmailOf(StaffMember staff, TenantInfo tenant) => tenant.Keys.OpenText(staff.EmailSealed, staff.Id);

    public static StaffMember New(TenantScope scope, string name, string email, StaffRole role, Guid? invitedBy)
    {
        var id = Ids.New();
        return new()
        {
            TenantId = scope.Id,
            Id = id,
            Name = name,
            EmailSealed = scope.Tenant.Keys.SealText(email, id),
            EmailIndex = scope.Tenant.Keys.BlindIndex("staff", email),
            Role = role,
            State = StaffState.Invited,
            InvitedBy = invitedBy,
            InvitedAt = scope.Now,
        };
    }

    public Task<Result<Invited>> InviteAsync(NewStaff asked, CancellationToken ct) =>
        transactions.DecideAsync<Invited>(
            async () =>
            {
                var email = Emails.Read(asked.Email)!;
                var index = scope.Tenant.Keys.BlindIndex("staff", email);
                if (await Db.Set<StaffMember>().AnyAsync(s => s.EmailIndex == index, ct))
                    return Exists;
                if (await Db.Set<StaffMember>().CountAsync(ct) >= MaxStaff)
                    return Problem.Conflict("too_many_staff", $"A brand has at most {MaxStaff} people.");
                var staff = New(scope, asked.Name, email, asked.Role!.Value, scope.Caller.SubjectId);
                Db.Add(staff);
                await Db.SaveChangesAsync(ct);
                return new Invited(staff, await InvitationAsync(staff, ct));
            },
            ct
        );

    /// <summary>A new invitation for somebody who lost theirs, or their password. The one before ends, and so do their sessions.</summary>
    public Task<Result<Invited>> InviteAgainAsync(Guid id, CancellationToken ct) =>
        ChangeAsync<Invited>(
            id,
            async staff =>
            {
                if (staff.State == StaffState.Disabled)
                    return Problem.Conflict("staff_disabled", "This person is disabled: enable them first.");
                if (staff is { Role: StaffRole.Owner, State: StaffState.Active } && !await HasAnotherOwnerAsync(id, ct))
                    return LastOwner;
                // The old password ends with the sessions: whoever else knows it stays out.
                (staff.PasswordHash, staff.State) = (null, StaffState.Invited);
                (staff.InvitedBy, staff.InvitedAt) = (scope.Caller.SubjectId, scope.Now);
                await Db.SaveChangesAsync(ct);
                return new Invited(staff, await InvitationAsync(staff, ct));
            },
            ct
        );

    public Task<Result<StaffMember>> ChangeAsync(Guid id, StaffChange asked, Func<long, Problem?> stale, CancellationToken ct) =>
        ChangeAsync<StaffMember>(
            id,
            async staff =>
            {
                if (stale(staff.Version) is { } problem)
                    return problem;
                var losesOwner =
                    staff is { Role: StaffRole.Owner, State: StaffState.Active }
                    && ((asked.Role ?? StaffRole.Owner) != StaffRole.Owner || asked.Active == false);
                if (losesOwner && !await HasAnotherOwnerAsync(id, ct))
                    return LastOwner;
                staff.Name = asked.Name ?? staff.Name;
                staff.Role = asked.Role ?? staff.Role;
                staff.State = asked.Active switch
                {
                    false => StaffState.Disabled,
                    true when staff.State == StaffState.Disabled => staff.PasswordHash is null
                        ? StaffState.Invited
                        : StaffState.Active,
                    _ => staff.State,
                };
                await Db.SaveChangesAsync(ct);
                return staff;
            },
            ct
        );

    /// <summary>Makes somebody with a password at once: for demo brands, where nobody has a mailbox.</summary>
    public async Task<Result<StaffMember>> AddWithPasswordAsync(NewStaff asked, string password, CancellationToken ct)
    {
        var email = Emails.Read(asked.Email)!;
        if (StaffRules.Password(password, email, "/password") is { } weak)
            return weak;
        var hash = await passwords.HashAsync(password, ct);
        return await transactions.DecideAsync<StaffMember>(
            async () =>
            {
                var index = scope.Tenant.Keys.BlindIndex("staff", email);
                if (await Db.Set<StaffMember>().AnyAsync(s => s.EmailIndex == index, ct))
                    return Exists;
                var staff = New(scope, asked.Name, email, asked.Role!.Value, null);
                (staff.PasswordHash, staff.State) = (hash, StaffState.Active);
                Db.Add(staff);
                await Db.SaveChangesAsync(ct);
                return staff;
            },
            ct
        );
    }

    private Task<Result<T>> ChangeAsync<T>(Guid id, Func<StaffMember, Task<Result<T>>> change, CancellationToken ct) =>
        transactions.DecideAsync<T>(
            async () =>
            {
                if (await Db.Set<StaffMember>().FirstOrDefaultAsync(s => s.Id == id, ct) is not { } staff)
                    return Problem.NotFound("member of staff");
                // Their sessions and open invitations end first: what they may do is written in those.
                await directory.EndAsync(transactions, scope.Id, CredentialKind.Staff, id, ct);
                await directory.EndAsync(transactions, scope.Id, CredentialKind.Invitation, id, ct);
                return await change(staff);
            },
            ct
        );

    /// <summary>Two owners who remove each other at once must not both succeed: the other owner's row is raised, so that one of them loses the race.</summary>
    private async Task<bool> HasAnotherOwnerAsync(Guid id, CancellationToken ct)
    {
        var other = await Db.Set<StaffMember>()
            .Where(s => s.Role == StaffRole.Owner && s.State == StaffState.Active && s.Id != id)
            .OrderBy(s => s.Id)
            .FirstOrDefaultAsync(ct);
        if (other is null)
            return false;
        Db.Entry(other).Property(s => s.InvitedAt).IsModified = true;
        return true;
    }

    private Task<NewKey> InvitationAsync(StaffMember staff, CancellationToken ct) =>
        tenants.IssueAsync(
            transactions,
            CredentialKind.Invitation,
            staff.Id,
            Words<StaffRole>.Of(staff.Role),
            TenantService.InvitationLife,
            ct
        );
}
