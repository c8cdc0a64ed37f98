using System.ComponentModel.DataAnnotations;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Staff;

/// <summary>Who signs in.</summary>
/// <param name="Brand">The brand's slug.</param>
/// <param name="Email">The e-mail address the invitation was for.</param>
/// <param name="Password">The password set when it was accepted.</param>
public sealed record SignIn(
    [property: Required, Text(40)] string Brand,
    [property: Required, Text(254)] string Email,
    [property: Required, StringLength(StaffRules.PasswordMax)] string Password
);

/// <summary>A session.</summary>
/// <param name="Token">Send it as Authorization: Bearer. Shown only here.</param>
/// <param name="ExpiresAt">8 hours after signing in, by the wall clock.</param>
/// <param name="Staff">Who signed in.</param>
public sealed record SessionShape(string Token, DateTime ExpiresAt, StaffShape Staff)
{
    public static SessionShape Of(Session s, TenantInfo tenant) =>
        new(s.Token.Secret, s.Token.Credential.ExpiresAt!.Value, StaffShape.Of(s.Staff, tenant));
}

/// <summary>A new password.</summary>
/// <param name="CurrentPassword">The password as it is.</param>
/// <param name="NewPassword">10 to 128 characters, none of those that are guessed first.</param>
public sealed record PasswordChange(
    [property: Required, StringLength(StaffRules.PasswordMax)] string CurrentPassword,
    [property: Required, StringLength(StaffRules.PasswordMax)] string NewPassword
);

/// <summary>An invitation taken up.</summary>
/// <param name="Token">The invitation's token, mc_inv_...</param>
/// <param name="Password">10 to 128 characters, none of those that are guessed first.</param>
/// <param name="Name">The person's name; the one of the invitation unless given.</param>
/// <param name="Email">Only for a new brand's owner, whose invitation names nobody.</param>
public sealed record Acceptance(
    [property: Required, StringLength(100)] string Token,
    [property: Required, StringLength(StaffRules.PasswordMax)] string Password,
    [property: Text(100, IsName = true)] string? Name = null,
    [property: Text(254)] string? Email = null
);

/// <summary>Somebody to be invited.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Email">Signs in with it; unique in the brand. Kept encrypted.</param>
/// <param name="Role">owner, manager, marketer, support or viewer.</param>
public sealed record NewStaff(
    [property: Required, Text(100, IsName = true)] string Name,
    [property: Required, Text(254)] string Email,
    [property: Required] StaffRole? Role
) : IChecked
{
    public IEnumerable<FieldProblem> Check()
    {
        if (Emails.Read(Email) is null)
            yield return new("/email", "bad_email", "This is no e-mail address.");
    }
}

/// <summary>What to change of somebody; what is absent stays. Their sessions end.</summary>
/// <param name="Name">Up to 100 characters.</param>
/// <param name="Role">owner, manager, marketer, support or viewer.</param>
/// <param name="Active">false: may not sign in any more; true: may again.</param>
public sealed record StaffChange(
    [property: Text(100, IsName = true)] string? Name = null,
    StaffRole? Role = null,
    bool? Active = null
);

/// <summary>A member of staff.</summary>
/// <param name="Id"><c>stf_...</c></param>
/// <param name="Name">The person's name.</param>
/// <param name="Email">What they sign in with.</param>
/// <param name="Role">owner, manager, marketer, support or viewer.</param>
/// <param name="State">invited, active or disabled.</param>
/// <param name="InvitedAt">By the brand's clock.</param>
/// <param name="LastSignedInAt">By the wall clock.</param>
/// <param name="Invitation">Only in the answer that made it.</param>
public sealed record StaffShape(
    string Id,
    string Name,
    string Email,
    StaffRole Role,
    StaffState State,
    DateTime InvitedAt,
    DateTime? LastSignedInAt,
    InvitationShape? Invitation = null
)
{
    public static StaffShape Of(StaffMember s, TenantInfo tenant) =>
        new(
            Ids.Show(IdPrefix.Staff, s.Id),
            s.Name,
            StaffService.EmailOf(s, tenant),
            s.Role,
            s.State,
            s.InvitedAt,
            s.LastSignedInAt
        );

    public static StaffShape Of(Invited i, TenantInfo tenant) =>
        Of(i.Staff, tenant) with
        {
            Invitation = new(i.Invitation.Secret, i.Invitation.Credential.ExpiresAt!.Value),
        };
}

/// <summary>The person signed in, and what their role allows.</summary>
/// <param name="Staff">Who it is.</param>
/// <param name="Brand">The brand's slug.</param>
/// <param name="Operations">The operationIds of the documents that the role may call.</param>
public sealed record WhoAmI(StaffShape Staff, string Brand, IReadOnlyList<string> Operations);
