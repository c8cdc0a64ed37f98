using MemberCloud.Host;

return await Commands.Root().Parse(args).InvokeAsync();

/// <summary>The executable anyone can start. Named so that tests can host it.</summary>
public partial class Program;
