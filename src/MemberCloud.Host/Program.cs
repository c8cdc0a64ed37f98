using System.CommandLine;
using MemberCloud.Host;

// The host itself says how long a stop may take (Limits:ShutdownSeconds); the command line's own two seconds would cut requests and batches off.
return await Commands
    .Root()
    .Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) });
