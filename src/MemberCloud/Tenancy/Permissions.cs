using System.Collections.Frozen;

namespace MemberCloud.Tenancy;

/// <summary>What a member of staff is in a brand.</summary>
public enum StaffRole
{
    /// <summary>Everything, staff and keys included.</summary>
    Owner,

    /// <summary>Everything but staff and keys.</summary>
    Manager,

    /// <summary>Rules, tiers, coupons: what is offered.</summary>
    Marketer,

    /// <summary>Members and what they hold: what goes wrong.</summary>
    Support,

    /// <summary>Looks, changes nothing.</summary>
    Viewer,
}

/// <summary>Who may call one operation.</summary>
/// <param name="Scope">The scope a brand key needs; null = no key may.</param>
/// <param name="Roles">The staff roles that may.</param>
/// <param name="Audited">Written to the audit log whoever calls; what staff change always is.</param>
public sealed record Permission(string? Scope, IReadOnlyList<StaffRole> Roles, bool Audited = false)
{
    /// <summary>Callable with a member's token.</summary>
    public bool Member { get; init; }

    /// <summary>Callable without a credential (signing in).</summary>
    public bool Anyone { get; init; }

    /// <summary>Callable with a platform operator's key.</summary>
    public bool Operator { get; init; }

    public bool Allows(Caller caller) =>
        caller.Kind switch
        {
            CallerKind.Operator => Operator,
            CallerKind.Key => Scope is not null && caller.Scopes.Contains(Scope),
            CallerKind.Staff => caller.Role is { } role && Roles.Contains(role),
            CallerKind.Member => Member,
            CallerKind.Invitation => false,
        };
}

/// <summary>
/// Who may call what: a row per operation, by the name of its handler (the OpenAPI documents' <c>operationId</c>). The server enforces it from here and the
/// documents show it; an operation without a row does not start.
/// </summary>
public static class Permissions
{
    private static readonly StaffRole[] Everyone =
    [
        StaffRole.Owner,
        StaffRole.Manager,
        StaffRole.Marketer,
        StaffRole.Support,
        StaffRole.Viewer,
    ];
    private static readonly StaffRole[] Marketing = [StaffRole.Owner, StaffRole.Manager, StaffRole.Marketer];
    private static readonly StaffRole[] Service = [StaffRole.Owner, StaffRole.Manager, StaffRole.Support];
    private static readonly StaffRole[] Issuers = [StaffRole.Owner, StaffRole.Manager, StaffRole.Marketer, StaffRole.Support];
    private static readonly StaffRole[] Managers = [StaffRole.Owner, StaffRole.Manager];
    private static readonly StaffRole[] Owner = [StaffRole.Owner];
    private static readonly StaffRole[] Nobody = [];

    private static readonly FrozenDictionary<string, Permission> Table = new Dictionary<string, Permission>
    {
        // Brands, by the platform's operators
        ["CreateTenant"] = Operators(),
        ["ListTenants"] = Operators(),
        ["GetTenant"] = Operators(),
        ["ChangeTenant"] = Operators(),
        ["SuspendTenant"] = Operators(),
        ["ResumeTenant"] = Operators(),
        ["CloseTenant"] = Operators(),
        // The brand and its keys
        ["GetBrand"] = new(Scopes.Configure, Everyone),
        ["ChangeBrand"] = new(Scopes.Configure, Managers, Audited: true),
        ["CreateKey"] = new(Scopes.Keys, Owner, Audited: true),
        ["ListKeys"] = new(Scopes.Keys, Owner),
        ["RevokeKey"] = new(Scopes.Keys, Owner, Audited: true),
        // Where the brand's money goes: as much as its keys
        ["ListGateways"] = new(Scopes.Keys, Owner),
        ["GetGateway"] = new(Scopes.Keys, Owner),
        ["PutGateway"] = new(Scopes.Keys, Owner, Audited: true),
        ["ReceiveStripeEvent"] = new(null, Nobody) { Anyone = true },
        // Configuration
        ["ListAttributes"] = new(Scopes.MembersRead, Everyone),
        ["DefineAttribute"] = new(Scopes.Configure, Managers, Audited: true),
        ["ListCurrencies"] = new(Scopes.PointsRead, Everyone),
        ["AddCurrency"] = new(Scopes.Configure, Managers, Audited: true),
        ["ListTiers"] = new(Scopes.MembersRead, Everyone),
        ["GetTier"] = new(Scopes.MembersRead, Everyone),
        ["AddTier"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangeTier"] = new(Scopes.Configure, Marketing, Audited: true),
        ["RemoveTier"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListSegments"] = new(Scopes.MembersRead, Everyone),
        ["GetSegment"] = new(Scopes.MembersRead, Everyone),
        ["PreviewSegment"] = new(Scopes.MembersRead, Everyone),
        ["AddSegment"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangeSegment"] = new(Scopes.Configure, Marketing, Audited: true),
        ["RemoveSegment"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListPerks"] = new(Scopes.MembersRead, Everyone),
        ["GetPerk"] = new(Scopes.MembersRead, Everyone),
        ["AddPerk"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangePerk"] = new(Scopes.Configure, Marketing, Audited: true),
        ["AddPerkCodes"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListPlans"] = new(Scopes.MembersRead, Everyone),
        ["GetPlan"] = new(Scopes.MembersRead, Everyone),
        ["AddPlan"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangePlan"] = new(Scopes.Configure, Marketing, Audited: true),
        ["PutProducts"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListProducts"] = new(Scopes.MembersRead, Everyone),
        ["GetProduct"] = new(Scopes.MembersRead, Everyone),
        ["RemoveProduct"] = new(Scopes.Configure, Marketing, Audited: true),
        ["AddPriceList"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListPriceLists"] = new(Scopes.MembersRead, Everyone),
        ["GetPriceList"] = new(Scopes.MembersRead, Everyone),
        ["ChangePriceList"] = new(Scopes.Configure, Marketing, Audited: true),
        ["EndPriceList"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ReplacePriceEntries"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ListPriceEntries"] = new(Scopes.MembersRead, Everyone),
        ["ListRules"] = new(Scopes.Configure, Everyone),
        ["GetRule"] = new(Scopes.Configure, Everyone),
        ["AddRule"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangeRule"] = new(Scopes.Configure, Marketing, Audited: true),
        ["SimulateRule"] = new(Scopes.Configure, Marketing),
        ["SimulateTemplate"] = new(Scopes.Configure, Marketing),
        ["SimulatePriceList"] = new(Scopes.Configure, Marketing),
        ["ListSimulations"] = new(Scopes.Configure, Everyone),
        ["GetSimulation"] = new(Scopes.Configure, Everyone),
        // Members
        ["UpsertMember"] = new(Scopes.MembersWrite, Service),
        ["ChangeMember"] = new(Scopes.MembersWrite, Service),
        ["ListMembers"] = new(Scopes.MembersRead, Everyone),
        ["GetMember"] = new(Scopes.MembersRead, Everyone),
        ["GetSummary"] = new(Scopes.MembersRead, Everyone),
        ["ListMemberPrices"] = new(Scopes.MembersRead, Everyone),
        ["ListTierHistory"] = new(Scopes.MembersRead, Everyone),
        ["BindIdentity"] = new(Scopes.MembersWrite, Service),
        ["ListIdentities"] = new(Scopes.MembersRead, Service),
        ["SearchMembers"] = new(Scopes.MembersRead, Everyone),
        ["AddConsent"] = new(Scopes.MembersWrite, Service),
        ["ListConsents"] = new(Scopes.MembersRead, Service),
        ["ExportMember"] = new(Scopes.MembersRead, Service, Audited: true),
        ["EraseMember"] = new(Scopes.MembersWrite, Managers, Audited: true),
        ["MergeMembers"] = new(Scopes.MembersWrite, Managers, Audited: true),
        ["UnmergeMembers"] = new(Scopes.MembersWrite, Managers, Audited: true),
        ["CreateMemberToken"] = new(Scopes.MembersWrite, Nobody),
        // Points: staff adjust with a reason, they do not earn or spend
        ["GetPoints"] = new(Scopes.PointsRead, Everyone),
        ["ListEntries"] = new(Scopes.PointsRead, Everyone),
        ["DownloadEntries"] = new(Scopes.PointsRead, Everyone),
        ["GetBooks"] = new(Scopes.PointsRead, Everyone),
        ["GetPointsLiability"] = new(Scopes.PointsRead, Everyone),
        ["AdjustPoints"] = new(Scopes.PointsWrite, Service, Audited: true),
        ["EarnPoints"] = new(Scopes.PointsWrite, Nobody),
        ["SpendPoints"] = new(Scopes.PointsWrite, Nobody),
        ["SettlePoints"] = new(Scopes.PointsWrite, Nobody),
        ["HoldPoints"] = new(Scopes.PointsWrite, Nobody),
        ["GetHold"] = new(Scopes.PointsRead, Everyone),
        ["CaptureHold"] = new(Scopes.PointsWrite, Nobody),
        ["ReleaseHold"] = new(Scopes.PointsWrite, Nobody),
        ["TransferPoints"] = new(Scopes.PointsWrite, Nobody),
        // Coupons
        ["ListTemplates"] = new(Scopes.CouponsRead, Everyone),
        ["GetTemplate"] = new(Scopes.CouponsRead, Everyone),
        ["AddTemplate"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ChangeTemplate"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ActivateTemplate"] = new(Scopes.Configure, Marketing, Audited: true),
        ["PauseTemplate"] = new(Scopes.Configure, Marketing, Audited: true),
        ["EndTemplate"] = new(Scopes.Configure, Marketing, Audited: true),
        ["ClaimCoupon"] = new(Scopes.CouponsWrite, Nobody),
        ["MakeCodes"] = new(Scopes.CouponsWrite, Marketing, Audited: true),
        ["DownloadCodes"] = new(Scopes.CouponsWrite, Marketing, Audited: true),
        ["RedeemCode"] = new(Scopes.CouponsWrite, Nobody),
        ["ExchangeCoupon"] = new(Scopes.CouponsWrite, Nobody),
        ["CheckCoupons"] = new(Scopes.CouponsRead, Everyone),
        ["CreateQuote"] = new(Scopes.CouponsRead, Nobody),
        ["ListCoupons"] = new(Scopes.CouponsRead, Everyone),
        ["GetCoupon"] = new(Scopes.CouponsRead, Everyone),
        ["VoidCoupon"] = new(Scopes.CouponsWrite, Service, Audited: true),
        ["IssueCoupons"] = new(Scopes.CouponsWrite, Issuers, Audited: true),
        ["ListBatches"] = new(Scopes.CouponsRead, Everyone),
        ["GetBatch"] = new(Scopes.CouponsRead, Everyone),
        ["ListBatchRefusals"] = new(Scopes.CouponsRead, Everyone),
        ["ApproveBatch"] = new(null, Managers, Audited: true),
        ["ListReviews"] = new(Scopes.CouponsRead, Everyone),
        ["GetReview"] = new(Scopes.CouponsRead, Everyone),
        ["ApproveReview"] = new(Scopes.CouponsWrite, Issuers, Audited: true),
        ["RejectReview"] = new(Scopes.CouponsWrite, Issuers, Audited: true),
        ["UndoBatch"] = new(Scopes.CouponsWrite, Marketing, Audited: true),
        // Paid memberships
        ["BuyMembership"] = new(Scopes.MembershipsWrite, Nobody, Audited: true),
        ["GetMembership"] = new(Scopes.MembershipsRead, Everyone),
        ["ListMemberships"] = new(Scopes.MembershipsRead, Everyone),
        ["ChangeMembership"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["ChangeMembershipPlan"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["CancelMembership"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["PauseMembership"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["ResumeMembership"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["RevokeMembership"] = new(Scopes.MembershipsWrite, Managers, Audited: true),
        ["RefundMembership"] = new(Scopes.MembershipsWrite, Managers, Audited: true),
        ["ReportPayment"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["ListPaymentMethods"] = new(Scopes.MembershipsRead, Everyone),
        ["SavePaymentMethod"] = new(Scopes.MembershipsWrite, Nobody, Audited: true),
        ["ListInvoices"] = new(Scopes.MembershipsRead, Everyone),
        ["GetReceipt"] = new(Scopes.MembershipsRead, Everyone),
        ["MakeActivationCodes"] = new(Scopes.MembershipsWrite, Managers, Audited: true),
        ["ListActivationBatches"] = new(Scopes.MembershipsRead, Everyone),
        ["GetActivationBatch"] = new(Scopes.MembershipsRead, Everyone),
        ["DownloadActivationCodes"] = new(Scopes.MembershipsWrite, Managers, Audited: true),
        ["RefundActivationBatch"] = new(Scopes.MembershipsWrite, Managers, Audited: true),
        ["RedeemActivationCode"] = new(Scopes.MembershipsWrite, Service, Audited: true),
        ["ListNotices"] = new(Scopes.MembershipsRead, Everyone),
        ["ProveNotice"] = new(Scopes.MembershipsWrite, Nobody, Audited: true),
        // Perks
        ["ListMemberPerks"] = new(Scopes.MembersRead, Everyone),
        ["ReservePerk"] = new(Scopes.MembersWrite, Nobody),
        ["ConsumePerk"] = new(Scopes.MembersWrite, Service),
        ["GetPerkReservation"] = new(Scopes.MembersRead, Service),
        ["CommitPerk"] = new(Scopes.MembersWrite, Nobody),
        ["ReleasePerk"] = new(Scopes.MembersWrite, Service),
        // Orders and events are what the brand's systems report
        ["ReportOrder"] = new(Scopes.OrdersWrite, Nobody),
        ["ReportOrders"] = new(Scopes.OrdersWrite, Nobody),
        ["CreateCheckout"] = new(Scopes.OrdersWrite, Nobody),
        ["GetCheckout"] = new(Scopes.OrdersRead, Everyone),
        ["CommitCheckout"] = new(Scopes.OrdersWrite, Nobody),
        ["CancelCheckout"] = new(Scopes.OrdersWrite, Nobody),
        ["GetOrder"] = new(Scopes.OrdersRead, Everyone),
        ["PayOrder"] = new(Scopes.OrdersWrite, Nobody),
        ["CompleteOrder"] = new(Scopes.OrdersWrite, Nobody),
        ["SettleOrder"] = new(Scopes.OrdersWrite, Nobody),
        ["CancelOrder"] = new(Scopes.OrdersWrite, Service),
        ["RefundOrder"] = new(Scopes.OrdersWrite, Service),
        ["ReportEvent"] = new(Scopes.EventsWrite, Nobody),
        // Staff
        ["SignIn"] = new(null, Nobody) { Anyone = true },
        ["AcceptInvitation"] = new(null, Nobody) { Anyone = true },
        ["SignOut"] = new(null, Everyone),
        ["ChangePassword"] = new(null, Everyone),
        ["GetOwnStaff"] = new(null, Everyone),
        ["ListStaff"] = new(null, Owner),
        ["GetStaff"] = new(null, Owner),
        ["InviteStaff"] = new(null, Owner),
        ["InviteStaffAgain"] = new(null, Owner),
        ["ChangeStaff"] = new(null, Owner),
        ["ListApprovals"] = new(Scopes.Operations, Service),
        ["AskForApproval"] = new(Scopes.PointsWrite, Service),
        ["GetApproval"] = new(Scopes.Operations, Service),
        ["Approve"] = new(null, Managers),
        ["Reject"] = new(null, Service),
        ["ListAuditLog"] = new(null, Managers),
        // The member's own page
        ["GetMe"] = Members(),
        ["GetMyPoints"] = Members(),
        ["ListMyEntries"] = Members(),
        ["CheckIn"] = Members(),
        ["ListMyPrices"] = Members(),
        ["ListMyPerks"] = Members(),
        ["ListMyCoupons"] = Members(),
        ["ListMyOffers"] = Members(),
        ["ClaimMyOffer"] = Members(),
        ["ExchangeMyOffer"] = Members(),
        ["RedeemMyCode"] = Members(),
        ["ListMyPlans"] = Members(),
        ["ListMyMemberships"] = Members(),
        ["BuyMyMembership"] = Members(),
        ["CancelMyMembership"] = Members(),
        ["RedeemMyActivationCode"] = Members(),
        ["GetMySavings"] = Members(),
        ["ListMyInvoices"] = Members(),
        ["GetMyReceipt"] = Members(),
        ["ListMyNotices"] = Members(),
        // Operations
        ["ListJobs"] = new(Scopes.Operations, Managers),
        ["ListRuns"] = new(Scopes.Operations, Managers),
        ["RunJob"] = new(Scopes.Operations, Managers),
        ["GetClock"] = new(Scopes.Operations, Everyone),
        ["MoveClock"] = new(Scopes.Operations, Managers),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, Permission> All => Table;

    public static Permission? Find(string operation) => Table.GetValueOrDefault(operation);

    private static Permission Members() => new(null, Nobody) { Member = true };

    private static Permission Operators() => new(null, Nobody) { Operator = true };
}
