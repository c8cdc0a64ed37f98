using System.Text.Json;
using System.Text.Json.Nodes;

namespace MemberCloud.Api.Tests.Cloud;

public sealed partial class Brand
{
    /// <summary>A list for everyone, with other fields as said, and its entries.</summary>
    public async Task<string> PriceList(object? fields = null, params object[] entries)
    {
        var body = new JsonObject
        {
            ["name"] = "Members",
            ["audience"] = new JsonObject { ["everyone"] = true },
        };
        foreach (var (name, value) in JsonSerializer.SerializeToNode(fields ?? new { })!.AsObject())
            body[name] = value?.DeepClone();
        var id = (await Post("/v1/price-lists", body.ToJsonString())).Must(201).Text("id");
        if (entries.Length > 0)
            (await PutEntries(id, entries)).Must(200);
        return id;
    }

    /// <summary>Replaces a list's entries.</summary>
    public Task<Answer> PutEntries(string list, params object[] entries) =>
        Put($"/v1/price-lists/{list}/entries", new { entries });

    /// <summary>Products as "tea 1000" (SKU and list price); all must be taken.</summary>
    public async Task Products(params string[] priced)
    {
        var products = priced
            .Select(p => p.Split(' '))
            .Select(p => new
            {
                sku = p[0],
                name = p[0],
                list_price = long.Parse(p[1], null),
            });
        var answer = (await Put("/v1/products", new { products })).Must(200);
        Assert.All(answer.Each("results", "status"), status => Assert.Contains(status, new[] { "200", "201" }));
    }

    /// <summary>What a SKU costs a member, and by which list: "900 Members", "1000 -" where no list applies.</summary>
    public async Task<string> Price(string member, string sku)
    {
        var shown = (await Get($"/v1/members/{member}/prices?sku={Uri.EscapeDataString(sku)}")).Must(200);
        return $"{shown.At("data.0.member_price")?.ToString() ?? "?"} {shown.At("data.0.price_list_name")?.ToString() ?? "-"}";
    }
}
