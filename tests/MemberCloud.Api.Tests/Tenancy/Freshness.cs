using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;
using MemberCloud.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Tenancy;

/// <summary>What a node keeps in memory of a live brand follows what was committed through it at once, whoever read it in between.</summary>
public sealed class Freshness(Clouds clouds) : ApiTests(clouds)
{
    // stamped | read by somebody else, and kept | committed: nobody reads what was before
    [SkippableTheory, EveryEngine]
    public async Task What_was_read_while_a_change_was_under_way_is_not_kept_beyond_it(string engine)
    {
        var brand = await NewBrand(engine, clock: null);

        var (before, meanwhile, after) = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s =>
            {
                var (directory, transactions) = (s.GetRequiredService<TenantDirectory>(), s.GetRequiredService<Transactions>());
                var id = transactions.Db.Tenant.Id;
                async Task<long> VersionAsync() => (await directory.FindAsync(id, default))!.ConfigVersion;
                var first = await VersionAsync();
                var second = await transactions.RunAsync(
                    async () =>
                    {
                        await directory.StampAsync(transactions, default);
                        return await VersionAsync();
                    },
                    default
                );
                return (first, second, await VersionAsync());
            }
        );

        Assert.Equal((before, before + 1), (meanwhile, after));
    }

    [SkippableTheory, EveryEngine]
    public async Task A_key_that_was_used_while_it_was_being_revoked_is_of_no_use_after(string engine)
    {
        var brand = await NewBrand(engine, clock: null);

        var (meanwhile, after) = await brand.Cloud.Host.InsideAsync(
            brand.Id,
            async s =>
            {
                var (directory, transactions) = (s.GetRequiredService<TenantDirectory>(), s.GetRequiredService<Transactions>());
                var key = (await directory.FindCallerAsync(brand.Secret, default))!;
                var second = await transactions.RunAsync(
                    async () =>
                    {
                        await directory.RevokeAsync(transactions, transactions.Db.Tenant.Id, key.CredentialId, default);
                        return await directory.FindCallerAsync(brand.Secret, default);
                    },
                    default
                );
                return (second, await directory.FindCallerAsync(brand.Secret, default));
            }
        );

        Assert.NotNull(meanwhile);
        Assert.Null(after);
    }
}
