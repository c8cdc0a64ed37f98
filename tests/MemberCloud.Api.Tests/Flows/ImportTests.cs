using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Data;

namespace MemberCloud.Api.Tests.Flows;

/// <summary>The command on real purchases: every number against <see cref="CdnowExpected"/>, to the unit.</summary>
public sealed class ImportTests(Clouds clouds) : ApiTests(clouds)
{
    [SkippableTheory, EveryEngine]
    public async Task The_numbers_of_an_import_are_those_of_a_plain_calculation_and_a_second_run_changes_nothing(string engine)
    {
        var brand = await CdnowBrand.OpenAsync(await On(engine));
        // Real data whole on one engine and a slice on the other; whole on both when the long sizes are asked for.
        var file = engine == DatabaseOptions.Sqlite || Cdnow.Long ? Cdnow.Whole() : Cdnow.Slice(1000);
        var expected = CdnowExpected.At(file, Cdnow.End);

        var first = (await brand.ImportAsync(file)).Must(0);

        await brand.MustEqualAsync(expected, first);
        var rows = await brand.RowsAsync();

        var second = (await brand.ImportAsync(file)).Must(0);

        Assert.Contains($"new 0, known {expected.Total.Orders}, bad 0", second.Out);
        Assert.Equal(rows, await brand.RowsAsync());
        await brand.MustEqualAsync(expected, second);
    }

    [SkippableTheory, EveryEngine]
    public async Task An_import_killed_at_random_moments_and_started_again_ends_in_the_same_numbers(string engine)
    {
        var cloud = await On(engine);
        var brand = await CdnowBrand.OpenAsync(cloud);
        var file = Cdnow.Slice(150);
        var expected = CdnowExpected.At(file, Cdnow.End);
        int[] percents = [Random.Shared.Next(2, 30), Random.Shared.Next(35, 65), Random.Shared.Next(70, 98)];

        foreach (var percent in percents)
        {
            await using var import = brand.StartImport(file);
            var orders = await ReachAsync(brand, import, expected.Total.Orders * percent / 100);
            await Task.Delay(Random.Shared.Next(40));
            await import.KillAsync();
            Assert.True(
                orders < expected.Total.Orders,
                $"{orders} orders: not killed in the middle ({string.Join(", ", percents)} %)"
            );
            await CdnowBrand.ClockLeasesRunOut(cloud);
        }
        var last = (await brand.ImportAsync(file)).Must(0);

        Assert.DoesNotContain($"new {expected.Total.Orders},", last.Out);
        await brand.MustEqualAsync(expected, last);
    }

    /// <summary>Waits until so many orders are there; how many there were then.</summary>
    private static async Task<int> ReachAsync(CdnowBrand brand, HostProcess import, long wanted)
    {
        for (var look = 0; look < 6000; look++)
        {
            if (await brand.OrdersAsync() is var orders && orders >= wanted)
                return orders;
            Assert.False(import.HasEnded, import.HasEnded ? $"{await import.EndAsync()}" : "");
            await Task.Delay(20);
        }
        throw new TimeoutException($"The import did not reach {wanted} orders.");
    }
}
