using System.Text.RegularExpressions;
using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host.Demo;
using MemberCloud.Shared;
using MemberCloud.Tenancy;

namespace MemberCloud.Api.Tests.Demo;

/// <summary>The tours run as written: every request of every .http file, top to bottom, against a host that was just started for the first time.</summary>
public sealed partial class ToursTests
{
    [SkippableFact]
    public async Task Every_request_of_every_tour_is_answered_as_it_says()
    {
        await using var cloud = await DemoCloud.StartAsync("sqlite");
        var host = await cloud.BuildAsync();
        using var http = host.Client(null);
        // What a person copies from the console into the head of the file.
        var access = DemoAccess.Of(DemoBrand.Northwind, TestHost.Secrets);
        var shown = access.Staff.ToDictionary(s => $"{Words<StaffRole>.Of(s.Role)}_password", s => s.Password);
        shown["operator"] = TestHost.OperatorKey;
        shown["key"] = access.Key;
        shown["member_token"] = MemberToken().Match(await File.ReadAllTextAsync(cloud.File)).Value;
        var files = Directory.GetFiles(Path.Combine(Border.OpenApi.RepositoryRoot(), "openapi", "requests"), "*.http");
        Assert.NotEmpty(files);

        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var tour = HttpTour.Read(await File.ReadAllTextAsync(file));
            tour.Set("host", host.Url);
            foreach (var gap in tour.Gaps)
                tour.Set(gap, shown[gap]);
            foreach (var request in tour.Requests)
            {
                using var message = tour.Message(request);
                using var answer = await http.SendAsync(message);
                var body = await answer.Content.ReadAsStringAsync();
                var status = (int)answer.StatusCode;
                Assert.True(
                    request.Expect is { } wanted ? status == wanted : status is >= 200 and < 300,
                    $"{Path.GetFileName(file)}, line {request.Line}: {request.Method} {message.RequestUri} answered {status}: {body}"
                );
                tour.Answered(request, body);
            }
        }
    }

    [GeneratedRegex("mc_mem_[0-9a-z]+")]
    private static partial Regex MemberToken();

    [Fact]
    public void A_tour_reads_as_clients_read_it()
    {
        var tour = HttpTour.Read(
            """
            # About
            @host = http://here
            @key = mc_...

            ### Make
            # @name made
            # expect 409
            POST {{host}}/things?a=1
            Authorization: Bearer {{key}}
            Content-Type: application/json

            { "a": 1,
              "b": "{{key}}" }

            ### Read
            @id = {{made.response.body.$.data[1].id}}
            GET {{host}}/things/{{id}}
            """
        );
        tour.Set("key", "mc_1");
        tour.Answered(tour.Requests[0], """{ "data": [{ "id": 7 }, { "id": 8 }] }""");

        Assert.Equal(["made", null], tour.Requests.Select(r => r.Name));
        Assert.Equal([409, null], tour.Requests.Select(r => r.Expect));
        Assert.Equal([8, 17], tour.Requests.Select(r => r.Line));
        Assert.Equal("Bearer mc_1", tour.Fill(tour.Requests[0].Headers[0].Value));
        Assert.Equal("{ \"a\": 1,\n  \"b\": \"mc_1\" }", tour.Fill(tour.Requests[0].Body!));
        Assert.Equal("http://here/things/8", tour.Fill(tour.Requests[1].Url));
        Assert.Null(tour.Requests[1].Body);
    }
}
