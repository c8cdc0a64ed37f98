using MemberCloud.Benchmarks;

// dotnet run -c Release --project tests/MemberCloud.Benchmarks -- spend [seconds]
var seconds = args.Length > 1 && int.TryParse(args[1], out var given) ? given : 10;
switch (args.FirstOrDefault())
{
    case "spend":
        await using (var machine = await Machine.PrepareAsync())
            await SpendBenchmark.RunAsync(machine, TimeSpan.FromSeconds(seconds));
        return 0;
    default:
        Console.Error.WriteLine("Benchmarks: spend [seconds each]");
        return 1;
}
