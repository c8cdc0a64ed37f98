using MemberCloud.Api.Tests.Cloud;
using MemberCloud.Shared;

namespace MemberCloud.Api.Tests.Walks;

/// <summary>Every operation of the documents with spoiled requests: never 5xx, always a problem that says why, and what was refused changed nothing.</summary>
public sealed class FuzzWalk(WalkClouds clouds) : WalkTests(clouds)
{
    private const int InTheSuite = 1_000;
    private const int InTheLongRun = 50_000;

    /// <summary>Fixed, so that the suite says the same twice; another by MEMBERCLOUD_SEED.</summary>
    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_SEED"), out var seed) ? seed : 20_260_110;

    private static int Cases =>
        int.TryParse(Environment.GetEnvironmentVariable("MEMBERCLOUD_FUZZ"), out var cases) ? cases
        : Environment.GetEnvironmentVariable("MEMBERCLOUD_LONG") == "1" ? InTheLongRun
        : InTheSuite;

    [SkippableTheory, EveryEngine]
    public async Task Whatever_comes_in_is_answered_and_what_is_refused_changes_nothing(string engine)
    {
        var cloud = await On(engine);
        await using var fuzz = await Fuzzing.StartAsync(cloud, Seed);

        for (var i = 0; i < Cases; i++)
            await fuzz.NextAsync();

        var said = string.Join('\n', fuzz.Faults.Take(20).Select(f => f.Length < 3_000 ? f : f[..3_000]));
        Assert.True(fuzz.Faults.Count == 0, $"{said}\n({fuzz.Faults.Count} faults in {Cases} cases on {engine}, seed {Seed})");
        // A walk that is let in nowhere, or refused nowhere, tests nothing.
        Assert.True(
            fuzz.Taken > Cases / 50 && fuzz.Refused > Cases / 3,
            $"{fuzz.Taken} taken, {fuzz.Refused} refused of {Cases}"
        );
    }
}

/// <summary>A brand that has one of everything, and requests to it that are spoiled one after the other.</summary>
public sealed class Fuzzing : IAsyncDisposable
{
    private readonly Random chance;
    private readonly Mutations mutations;
    private readonly ApiDocuments documents;
    private readonly Walker walker;
    private readonly OwnersEye eye;
    private readonly Brand other;
    private readonly Dictionary<string, Person> people = [];
    private Dictionary<string, string> rows = [];
    private string tick = "";
    private int next;

    private Fuzzing(int seed, ApiDocuments documents, Walker walker, OwnersEye eye, Brand other)
    {
        // Not a secret: the same requests again for the same seed.
        chance = new Random(seed);
        mutations = new(chance);
        (this.documents, this.walker, this.eye, this.other) = (documents, walker, eye, other);
    }

    public List<string> Faults { get; } = [];
    public int Taken { get; private set; }
    public int Refused { get; private set; }

    public static async Task<Fuzzing> StartAsync(TestCloud cloud, int seed)
    {
        var documents = await ApiDocuments.ReadAsync(cloud);
        var walker = await Walker.StartAsync(cloud, documents, "zqfuzz");
        await walker.FillAsync();
        return new(seed, documents, walker, await OwnersEye.OpenAsync(cloud), await cloud.NewBrand());
    }

    /// <summary>Each operation in turn.</summary>
    public async Task NextAsync()
    {
        var operation = documents.Operations[next++ % documents.Operations.Count];
        // What an operator suspends or closes is another brand than the one that is looked at.
        var (url, body) = walker.Request(operation, operation.Permission.Operator ? new() { ["path id"] = other.Id } : []);
        var request = mutations.Spoil(operation, url, body);
        var caller = walker.Crew.Of(await WhoAsync(operation));
        if (tick.Length == 0)
            (tick, rows) = (await eye.TickAsync(), await eye.RowsAsync(walker.Brand));
        Answer answer;
        try
        {
            answer = await SendAsync(caller, request);
        }
        catch (Exception error) when (error is HttpRequestException or FormatException or ArgumentException or UriFormatException)
        {
            if (!request.MayNotArrive)
                Faults.Add($"{request}: {error.Message} {error.InnerException?.Message}");
            return;
        }
        await JudgeAsync(operation, request, answer);
    }

    public async ValueTask DisposeAsync() => await eye.DisposeAsync();

    private async Task<Answer> SendAsync(Caller caller, FuzzRequest request)
    {
        // As written: the client must not tidy up what is to be tried.
        var uri = new Uri(
            caller.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + request.Url,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var message = new HttpRequestMessage(request.Method, uri);
        if (request.Body is { } bytes)
        {
            message.Content = new ByteArrayContent(bytes);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.MediaType);
        }
        if (request.Method != HttpMethod.Get && !request.Headers.ContainsKey("Idempotency-Key"))
            message.Headers.TryAddWithoutValidation("Idempotency-Key", Ids.New().ToString());
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        using var response = await caller.Http.SendAsync(message);
        var type = response.Content.Headers.ContentType?.MediaType;
        return new((int)response.StatusCode, type, await response.Content.ReadAsStringAsync(), null, request.ToString());
    }

    /// <summary>Who may. Credentials that a request ended (signing out, revoking) are made again.</summary>
    private async Task<Person> WhoAsync(Operation operation)
    {
        var person = walker.WhoMay(operation);
        if (operation.Permission.Operator)
            return person;
        if (!people.TryGetValue(person.Name, out var made))
        {
            people[person.Name] = made = await walker.AgainAsync(person);
            tick = "";
        }
        return made;
    }

    private async Task JudgeAsync(Operation operation, FuzzRequest request, Answer answer)
    {
        if (answer.Status >= 500)
            Faults.Add($"{request}: {answer.Status} {answer.Raw}");
        if (answer.Status < 400)
        {
            Taken++;
            tick = "";
            if (
                operation.Method != HttpMethod.Get
                && (Walker.Ends(operation) || operation.Path.Contains("/staff", StringComparison.Ordinal))
            )
                people.Clear();
            return;
        }
        Refused++;
        // Kestrel itself refuses what is not HTTP or too long, before the product: without a body.
        var byServer = answer.Raw.Length == 0 && (answer.Status == 431 || (request.MayNotArrive && answer.Status is 400 or 414));
        if (!byServer && (answer.MediaType != "application/problem+json" || CodeOf(answer).Length == 0))
            Faults.Add($"{request}: {answer.Status} is no problem with a code: {answer.MediaType} {answer.Raw}");
        if (answer.Status == 401 && !operation.Permission.Anyone)
            Faults.Add($"{request}: the credential is not taken any more: {answer.Raw}");
        await MustStandAsync(request, answer);
    }

    private async Task MustStandAsync(FuzzRequest request, Answer answer)
    {
        if (await eye.TickAsync() is var moved && moved == tick)
            return;
        var now = await eye.RowsAsync(walker.Brand);
        // That somebody was refused is itself noted (a header that names another brand).
        foreach (var table in now.Where(t => rows[t.Key] != t.Value && !t.Key.StartsWith("audit_", StringComparison.Ordinal)))
            Faults.Add($"{request}: refused with {answer.Status} {answer.Code}, and changed {table.Key}");
        (tick, rows) = (moved, now);
    }

    private static string CodeOf(Answer answer)
    {
        try
        {
            return answer.Code;
        }
        catch (System.Text.Json.JsonException)
        {
            return "";
        }
    }
}
