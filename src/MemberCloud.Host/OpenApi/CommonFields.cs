namespace MemberCloud.Host.OpenApi;

/// <summary>Fields that mean the same wherever they stand; a record's own docs go before.</summary>
public static class CommonFields
{
    private static readonly Dictionary<string, string> Meanings = new()
    {
        ["id"] = "Id: a prefix and 26 characters.",
        ["member_id"] = "The member, `mem_` and 26 characters.",
        ["external_id"] = "The brand's own id of the person, up to 100 characters.",
        ["created_at"] = "When it was made.",
        ["recorded_at"] = "When it was written down, by the brand's clock.",
        ["occurred_at"] = "When it happened.",
        ["reason"] = "Why, for people who read the ledger; up to 200 characters, no personal data.",
        ["channel"] = "The brand's name of the sales channel, for example app or shop.",
        ["store"] = "The brand's name of the store.",
        ["sku"] = "The brand's article number, up to 100 characters.",
        ["category"] = "The brand's name of the article's category, up to 100 characters.",
        ["version"] = "Rises with every change.",
    };

    public static string? Find(string field) => Meanings.GetValueOrDefault(field);
}
