using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Host.Demo;

namespace MemberCloud.Api.Tests.Demo;

/// <summary>The tours run as written: every request of every .http file, top to bottom, against a host that was just started for the first time.</summary>
public sealed class ToursTests
{
    [SkippableFact]
    public async Task Every_request_of_every_tour_is_answered_as_it_says()
    {
        await using var cloud = await DemoCloud.StartAsync("sqlite");
        var host = await cloud.BuildAsync();
        using var http = host.Client(null);
        // What a person copies from the console into the head of the file.
        var shown = new Dictionary<string, string>
        {
            ["host"] = host.Url,
            ["operator"] = TestHost.OperatorKey,
            ["key"] = DemoAccess.Of(DemoBrand.Northwind, TestHost.Secrets).Key,
        };
        var files = Directory.GetFiles(Path.Combine(Border.OpenApi.RepositoryRoot(), "openapi", "requests"), "*.http");
        Assert.NotEmpty(files);

        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var tour = HttpTour.Read(await File.ReadAllTextAsync(file));
            // A variable whose value is cut short is one that the person fills in.
            foreach (
                var name in tour
                    .Variables.Where(n => n == "host" || tour.Fill($"{{{{{n}}}}}").EndsWith("...", StringComparison.Ordinal))
                    .ToList()
            )
                tour.Set(name, shown[name]);
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
