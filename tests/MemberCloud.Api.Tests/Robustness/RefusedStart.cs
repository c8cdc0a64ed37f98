using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Api.Tests.Flows;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>A host that cannot be started says why in a line, and nothing is half-started.</summary>
public sealed class RefusedStart(Clouds clouds) : ApiTests(clouds)
{
    [Theory]
    [InlineData("Database:Engine is sqlite or postgres", "--Database:Engine=oracle")]
    [InlineData(
        "Failed to connect to 127.0.0.1:1",
        "--Database:Engine=postgres",
        "--Database:Connection=Host=127.0.0.1;Port=1;Database=m;Username=m"
    )]
    [InlineData("Platform:OperatorKey is not a key", "--Platform:OperatorKey=nonsense")]
    public async Task Why_is_said_in_one_line(string why, params string[] settings)
    {
        await using var host = HostProcess.Start(await On("sqlite"), "refused", ["--urls=http://127.0.0.1:0", .. settings]);

        var ended = (await host.EndAsync()).Must(1);

        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.TrimEnd().Split('\n'));
    }
}
