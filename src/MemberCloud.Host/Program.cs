using MemberCloud.Host;

return await Commands.Root().Parse(args).InvokeAsync();
