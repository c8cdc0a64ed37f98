namespace MemberCloud.Api.Tests.Cloud;

/// <summary>A person signed in.</summary>
public sealed class Person(HttpClient http, Answer session) : Caller(http)
{
    public string Token => session.Text("token");
    public string Id => session.Text("staff.id");
    public string Email => session.Text("staff.email");
}

/// <summary>The people who work for a brand.</summary>
public sealed partial class Brand
{
    public const string Password = "correct horse battery";

    private readonly Lock peopleLock = new();
    private Task<Person>? owner;
    private int people;

    /// <summary>The brand's owner, who took up the invitation that came with the brand.</summary>
    public Task<Person> Owner()
    {
        lock (peopleLock)
            return owner ??= Accept(made.Text("owner.token"), "owner@example.com");
    }

    /// <summary>Somebody new with a role.</summary>
    public async Task<Person> Staff(string role)
    {
        var email = $"{role}-{Interlocked.Increment(ref people)}@example.com";
        return await Accept((await Invite(email, role)).Text("invitation.token"));
    }

    public async Task<Answer> Invite(string email, string role) =>
        (
            await (await Owner()).Post(
                "/v1/staff",
                new
                {
                    name = role,
                    email,
                    role,
                }
            )
        ).Must(201);

    public Task<Answer> SignIn(string email, string password = Password, string? brand = null) =>
        cloud.Nobody.Post(
            "/v1/staff/login",
            new
            {
                brand = brand ?? Slug,
                email,
                password,
            },
            key: null
        );

    public Caller With(string token) => new(cloud.Host.Client(token));

    private async Task<Person> Accept(string token, string? email = null)
    {
        var session = await cloud.Nobody.Post(
            "/v1/staff/invitations/accept",
            new
            {
                token,
                email,
                password = Password,
            },
            key: null
        );
        return new(cloud.Host.Client(session.Must(200).Text("token")), session);
    }
}
