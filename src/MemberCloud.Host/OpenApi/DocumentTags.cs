using System.Text.Json.Nodes;

namespace MemberCloud.Host.OpenApi;

/// <summary>What operations are about, in the order and the words of people who do not program.</summary>
public static class DocumentTags
{
    private static readonly (string Group, string Name, string Description)[] Table =
    [
        (
            "Customers",
            "Members",
            "The people in the programme: who they are, what they hold, which tier they are on, what they agreed to."
        ),
        ("Customers", "Points", "What members have earned and spent, line by line, and putting it right."),
        (
            "Customers",
            "Perks",
            "What members are entitled to by their tier or a paid plan: what is left of it, setting some aside, using it."
        ),
        ("Customers", "Me", "A member's own view: tier, points and what else they hold."),
        (
            "Customers",
            "Memberships",
            "Plans that members pay for: selling them, what is renewed when, changing, pausing and ending them, invoices, and what members are told before they are charged."
        ),
        (
            "Coupons",
            "Coupon templates",
            "What coupons are made from: what they take off, for whom, how many, how long. Made as a draft, then activated; paused and ended by hand."
        ),
        ("Coupons", "Issuing coupons", "Giving coupons to members: try it first (dry_run), do it, follow the batch, undo it."),
        (
            "Coupons",
            "Coupon codes",
            "Codes that give a coupon to whoever types them in: made by the thousand, downloaded as a file."
        ),
        ("Coupons", "Coupons", "Coupons that members have: which they are, whether a cart can use them, taking one back."),
        (
            "Selling",
            "Prices",
            "What the brand sells, its list prices, and the lists that make it cheaper for some members: for a tier, a plan or a tag, for a time, by SKU."
        ),
        ("Selling", "Quotes", "What a cart costs a member now, with every reason."),
        (
            "Selling",
            "Checkouts",
            "Quotes that set aside the coupons, points and limited prices they use, until they become orders or are called off."
        ),
        ("Selling", "Orders", "What members bought: reported, paid, completed, cancelled. Orders earn points and growth."),
        ("Selling", "Events", "What else members did that may earn points: a check-in, a review, a referral."),
        ("Setting up", "Brand", "The brand's own settings: name, time zone, language, notices."),
        (
            "Setting up",
            "Configuration",
            "The rules of the programme: tiers, plans, perks, how points are earned, kinds of points, what is kept of members, segments of them."
        ),
        ("Setting up", "Keys", "Keys with which the brand's own systems call."),
        ("Setting up", "Payments", "The brand's own account at Stripe, through which members pay, and what it tells us."),
        ("People", "Staff", "Who works for the brand: signing in, roles, what needs a second person, who did what."),
        ("Running", "Insights", "Figures about the brand as a whole, which reconcile with the ledger."),
        ("Running", "Operations", "Jobs that run by the clock, and the clock of a sandbox, which can be moved."),
        ("Running", "Platform", "For operators of the platform: opening, suspending and closing brands."),
    ];

    public static bool Knows(string tag) => Table.Any(t => t.Name == tag);

    public static JsonArray Of(IReadOnlySet<string> used) =>
        [.. Used(used).Select(t => new JsonObject { ["name"] = t.Name, ["description"] = t.Description })];

    public static JsonArray GroupsOf(IReadOnlySet<string> used) =>
        [
            .. Used(used)
                .GroupBy(t => t.Group)
                .Select(g => new JsonObject
                {
                    ["name"] = g.Key,
                    ["tags"] = new JsonArray([.. g.Select(t => JsonValue.Create(t.Name))]),
                }),
        ];

    private static IEnumerable<(string Group, string Name, string Description)> Used(IReadOnlySet<string> used) =>
        Table.Where(t => used.Contains(t.Name));
}
