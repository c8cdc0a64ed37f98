using System.Text.RegularExpressions;
using MemberCloud.Data;

namespace MemberCloud.Rules.Tests.Tidy;

/// <summary>"All that is held on a person" stays all: a table that says something of a member is in the export, or here with the reason why not.</summary>
public sealed class ExportTests
{
    private static readonly Dictionary<string, string> NotExported = new()
    {
        ["MemberKey"] = "a secret, not a fact about the person",
        ["MemberAttributeValue"] = "a copy of the member's attributes, by which members are found",
        ["TierWelcome"] = "shown in the tier history, as welcomed_tier_ids",
        ["IdempotentAnswer"] = "copies of answers, kept for 7 days",
        ["PointsMove"] = "the bookkeeping between entries and lots, which are both there",
        ["OrderEarning"] = "shown with its order, as earned",
        ["PlanHolding"] = "what others see of a membership, which is there itself",
        ["CouponCount"] = "how many coupons there are, which are there themselves",
        ["PlanHolding"] = "what is in force of the member's memberships",
        ["PurchaseCount"] = "how much was bought at limited prices; the orders and checkouts are there themselves",
        ["CouponCode"] = "by which code a coupon came; the coupon is there, and says that it came by one",
        ["ActivationCode"] = "by which code a membership came; the membership is there",
        ["CouponBatchRefusal"] = "what a batch did not give",
        ["Approval"] = "what staff ask each other; what came of it is an entry",
        ["AuditEntry"] = "what the brand's staff did; the values are those of the member's row",
    };

    [Fact]
    public void Every_table_about_members_is_in_the_export()
    {
        var read = Regex
            .Matches(Repository.Product.Single(s => s.Path.EndsWith("Profile/MemberExport.cs")).Text, @"Rows<(\w+)>\(\)\s*\.")
            .Select(m => m.Groups[1].Value)
            // Through the service that opens their proofs.
            .Append("Consent")
            .ToHashSet();
        var tables = typeof(MemberCloudDb)
            .Assembly.GetTypes()
            .Where(t => t.IsClass && t.IsAssignableTo(typeof(ITenantOwned)))
            .Where(t => t.IsAssignableTo(typeof(IAboutMember)) || t.GetProperty("MemberId") is not null)
            .Select(t => t.Name)
            .ToHashSet();
        Assert.True(tables.Count >= 14, $"{tables.Count} tables are about members");

        Assert.Empty(tables.Except(read).Except(NotExported.Keys));
        Assert.DoesNotContain(NotExported.Keys, name => read.Contains(name) || !tables.Contains(name));
    }
}
