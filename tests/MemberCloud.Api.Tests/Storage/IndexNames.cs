using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Api.Tests.Storage;

/// <summary>What an operator sees in a plan is the name that the code gives the index.</summary>
public sealed class IndexNames
{
    [Theory, InlineData("sqlite"), InlineData("postgres"), InlineData("sqlserver")]
    public async Task Every_index_has_the_name_its_configuration_gives_it(string engine)
    {
        await using var db = Migrations.Design(engine);

        var names = db.Model.GetEntityTypes().SelectMany(e => e.GetIndexes()).Select(i => i.GetDatabaseName()!).ToList();

        Assert.Contains("ux_tenants_slug", names);
        Assert.Contains("ux_orders_order_no", names);
        Assert.DoesNotContain(names, n => n.EndsWith('_'));
    }
}
