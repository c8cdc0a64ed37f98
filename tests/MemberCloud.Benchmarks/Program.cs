using MemberCloud.Benchmarks;

// dotnet run -c Release --project tests/MemberCloud.Benchmarks -- spend [seconds] | sweep [lots] | growth [members] [seconds] | claims [seconds] | issue [members]
// | renewals [memberships] | quote [seconds] | combination [carts]
int Number(int index, int otherwise) => args.Length > index && int.TryParse(args[index], out var given) ? given : otherwise;
var seconds = Number(1, 10);
switch (args.FirstOrDefault())
{
    case "spend":
        await using (var machine = await Machine.PrepareAsync())
            await SpendBenchmark.RunAsync(machine, TimeSpan.FromSeconds(seconds));
        return 0;
    case "sweep":
        await using (var machine = await Machine.PrepareAsync())
            await SweepBenchmark.RunAsync(machine, Number(1, 1_000_000));
        return 0;
    case "growth":
        await using (var machine = await Machine.PrepareAsync())
            await GrowthBenchmark.RunAsync(machine, Number(1, 1_000_000), TimeSpan.FromSeconds(Number(2, 30)));
        return 0;
    case "claims":
        await using (var machine = await Machine.PrepareAsync())
            await ClaimBenchmark.RunAsync(machine, seconds);
        return 0;
    case "issue":
        await using (var machine = await Machine.PrepareAsync())
            await IssueBenchmark.RunAsync(machine, Number(1, 100_000));
        return 0;
    case "renewals":
        await using (var machine = await Machine.PrepareAsync())
            await RenewalBenchmark.RunAsync(machine, Number(1, 1_000_000));
        return 0;
    case "quote":
        await using (var machine = await Machine.PrepareAsync())
            await QuoteBenchmark.RunAsync(machine, TimeSpan.FromSeconds(seconds));
        return 0;
    case "combination":
        CombinationBenchmark.Run(Number(1, 2_000));
        return 0;
    default:
        Console.Error.WriteLine(
            "Benchmarks: spend [seconds each], sweep [lots], growth [members] [seconds each], claims [seconds each], issue [members], "
                + "renewals [memberships], quote [seconds each], combination [carts]"
        );
        return 1;
}
