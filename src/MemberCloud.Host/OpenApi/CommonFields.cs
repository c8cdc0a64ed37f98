namespace MemberCloud.Host.OpenApi;

/// <summary>Fields that mean the same wherever they stand; a record's own docs go before.</summary>
public static class CommonFields
{
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["id"] = "Id: a prefix and 26 characters.",
        ["member_id"] = "The member, `mem_` and 26 characters.",
        ["external_id"] = "The brand's own id of the person, up to 100 characters.",
        ["name"] = "Name shown to people.",
        ["phone"] = "E.164, for example +8613800138000.",
        ["email"] = "E-mail address.",
        ["birthday"] = "yyyy-MM-dd.",
        ["attributes"] = "What the brand keeps of its members, by name.",
        ["tags"] = "The brand's own labels.",
        ["reason"] = "Why, for people who read the ledger; up to 200 characters, no personal data.",
        ["reference"] = "What it was for, in the brand's own terms.",
        ["currency"] = "Which points: points, growth, or one of the brand's own kinds.",
        ["created_at"] = "When it was made.",
        ["recorded_at"] = "When it was written down, by the brand's clock.",
        ["occurred_at"] = "When it happened; not in the future.",
        ["channel"] = "The brand's name of the sales channel, for example app or shop.",
        ["store"] = "The brand's name of the store.",
        ["sku"] = "The brand's article number, up to 100 characters.",
        ["category"] = "The brand's name of the article's category, up to 100 characters.",
        ["slug"] = "The brand's short name for links; never changes.",
        ["time_zone"] = "IANA time zone: every day, month end and schedule of the brand means it.",
        ["locale"] = "Language of messages to people: zh-CN or en.",
        ["points_notice_days"] = "Days before points expire at which the member's notice is sent, 1 to 90.",
        ["tier_downgrade"] = "Where a review that finds too little growth leads.",
        ["tier_notice_days"] = "Days before a tier's review at which the member is told, 1 to 90.",
        ["rank"] = "Place among the tiers: 0 is the entry tier.",
        ["growth_threshold"] = "Qualifying growth that reaches the tier.",
        ["valid_months"] = "Months the tier is valid for, and over which growth qualifies.",
        ["points_multiplier_bp"] = "Basis points: 10,000 is once, 15,000 half as much again. Used by rules with tier_multiplier.",
        ["staff_daily_limit"] =
            "Points that one member of staff, or a key without the scope unattended, may adjust within 24 hours before a second person must agree.",
        ["version"] = "Rises with every change.",
    };

    public static string? Find(string field) => Meanings.GetValueOrDefault(field);
}
