using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MemberCloud.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MemberCloud.Data;

/// <summary>The first answer to an <c>Idempotency-Key</c>, kept for <see cref="Idempotency.Kept"/>.</summary>
public sealed class IdempotentAnswer : ITenantOwned
{
    /// <summary>For operations that keep their own answers.</summary>
    public static readonly Lookup<IdempotentAnswer> ByKey = new(
        "credential_id = {0} AND idempotency_key = {1}",
        [typeof(Guid), typeof(string)]
    );

    public Guid TenantId { get; init; }
    public Guid CredentialId { get; init; }
    public required string IdempotencyKey { get; init; }

    /// <summary>Fingerprint (HMAC-SHA256 under the tenant's key) of method, path and body.</summary>
    public required byte[] Hash { get; init; }
    public int Status { get; init; }

    /// <summary>Whose personal fields the answer holds; null for most.</summary>
    public Guid? MemberId { get; init; }

    /// <summary>The answer's JSON, sealed: under the member's key where it is personal, else under the tenant's (it may hold a new key's secret).</summary>
    public required byte[] Body { get; init; }

    /// <summary>By the wall clock.</summary>
    public DateTime CreatedAt { get; init; }

    internal sealed class Configuration : IEntityTypeConfiguration<IdempotentAnswer>
    {
        public void Configure(EntityTypeBuilder<IdempotentAnswer> builder)
        {
            builder.ToTable("idempotency");
            builder.HasKey(a => new
            {
                a.TenantId,
                a.CredentialId,
                a.IdempotencyKey,
            });
            builder.HasIndex(a => new { a.TenantId, a.CreatedAt });
            builder.Property(a => a.IdempotencyKey).HasMaxLength(Idempotency.KeyLength);
            builder.Property(a => a.Hash).HasMaxLength(32);
        }
    }
}

/// <summary>One caller's key and the fingerprint of what was asked with it.</summary>
public sealed record IdempotencyTicket(Guid CredentialId, string Key, byte[] Hash, DateTime WallNow, TenantKeys Keys)
{
    public IdempotentAnswer Answer(Guid tenant, int status, string body) =>
        Answer(tenant, status, null, Keys.SealText(body, CredentialId));

    /// <summary>An answer with a member's personal fields, as it was sealed under the member's key.</summary>
    public IdempotentAnswer Answer(Guid tenant, int status, Guid? member, byte[] sealedBody) =>
        new()
        {
            TenantId = tenant,
            CredentialId = CredentialId,
            IdempotencyKey = Key,
            Hash = Hash,
            Status = status,
            MemberId = member,
            Body = sealedBody,
            CreatedAt = WallNow,
        };

    public bool Asked(IdempotentAnswer first) => CryptographicOperations.FixedTimeEquals(first.Hash, Hash);

    /// <summary>The answer to give when the key was used before, and the answer is nobody's.</summary>
    public IResult Replay(IdempotentAnswer first) =>
        Asked(first)
            ? Show(first.Status, Keys.OpenText(first.Body, CredentialId))
            : Problem.Contradiction("idempotency_key_reused", "This Idempotency-Key was used for another request.").ToHttp();

    public static IResult Show(int status, string body) =>
        body.Length == 0
            ? Results.StatusCode(status)
            : Results.Text(body, status >= 400 ? "application/problem+json" : "application/json", Encoding.UTF8, status);
}

/// <summary>Marks an operation that refuses to run without a key.</summary>
public sealed record RequiresIdempotencyKey;

/// <summary>Marks an operation that keeps its own answers (the hot paths) or needs none (bulk orders).</summary>
public sealed record KeepsOwnAnswers;

/// <summary>Marks a POST that changes nothing (a search whose words are not to stand in a URL): nothing is kept of it.</summary>
public sealed record OnlyReads;

/// <summary>Marks an operation that commits many times on its way (moving a clock): its answer is kept once it is done, not in one transaction with it.</summary>
public sealed record AnswersAfterwards;

/// <summary>
/// <c>Idempotency-Key</c> on every write (domain rules: unique by tenant, credential and key; the hash covers method, path and body). The answer is stored in
/// the transaction of the effect; a refusal by a rule is an answer too; a request that failed validation (400) or the server (5xx) leaves the key free.
/// </summary>
public static partial class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const int KeyLength = 200;
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly object TicketItem = new();

    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiresIdempotencyKey());

    public static IdempotencyTicket? Ticket(this HttpContext http) => http.Items[TicketItem] as IdempotencyTicket;

    /// <summary>Reads the key and hashes the body before the endpoint reads it. Null key = null ticket.</summary>
    public static async Task<Problem?> ReadAsync(HttpContext http, Guid credential, DateTime wallNow, TenantKeys keys)
    {
        var header = http.Request.Headers[Header];
        if (header.Count == 0)
        {
            var required = http.GetEndpoint()?.Metadata.GetMetadata<RequiresIdempotencyKey>() is not null;
            return required
                ? Problem.Field(
                    "/headers/idempotency-key",
                    "idempotency_key_missing",
                    "Send an Idempotency-Key with this request."
                )
                : null;
        }
        var key = header.ToString();
        if (key.Length is 0 or > KeyLength || key.Any(c => c is < '!' or > '~'))
            return Problem.Field(
                "/headers/idempotency-key",
                "idempotency_key_invalid",
                $"An Idempotency-Key has 1 to {KeyLength} visible ASCII characters."
            );
        var body = await Bodies.ReadAsync(http);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, keys.Requests);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method}\n{http.Request.Path}{http.Request.QueryString}\n"));
        hash.AppendData(body.GetBuffer().AsSpan(0, (int)body.Length));
        http.Items[TicketItem] = new IdempotencyTicket(credential, key, hash.GetHashAndReset(), wallNow, keys);
        return null;
    }

    /// <summary>Endpoint filter: runs the handler and stores its answer in one transaction, or gives the first answer again.</summary>
    public static async ValueTask<object?> Filter(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var metadata = http.GetEndpoint()?.Metadata;
        if (
            http.Ticket() is not { } ticket
            || metadata?.GetMetadata<KeepsOwnAnswers>() is not null
            || metadata?.GetMetadata<OnlyReads>() is not null
        )
            return await next(context);
        var transactions = http.RequestServices.GetRequiredService<Transactions>();
        if (metadata?.GetMetadata<AnswersAfterwards>() is not null)
            return await AfterwardsAsync(transactions, ticket, context, next);
        if (await FindAsync(transactions.Db, ticket, http.RequestAborted) is { } first)
            return await ReplayAsync(transactions.Db, ticket, first, http.RequestAborted);
        try
        {
            return await transactions.RunAsync(() => AnswerAsync(transactions.Db, ticket, context, next), http.RequestAborted);
        }
        catch (Refused refused)
        {
            return await transactions.RunAsync(() => KeepAsync(transactions.Db, ticket, refused, http), http.RequestAborted);
        }
    }

    private static async Task<object?> AnswerAsync(
        MemberCloudDb db,
        IdempotencyTicket ticket,
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var ct = context.HttpContext.RequestAborted;
        if (await FindAsync(db, ticket, ct) is { } first)
            return await ReplayAsync(db, ticket, first, ct);
        var result = await next(context);
        var (status, body) = Read(result, context.HttpContext);
        if (status == StatusCodes.Status400BadRequest)
            throw new ProblemException(ProblemOf(result));
        if (status >= 400)
            throw new Refused(status, body, result);
        var personal = ValueOf(result) as IPersonal;
        db.Add(
            personal is null
                ? ticket.Answer(db.Tenant.Id, status, body)
                : await PersonalAsync(db, ticket, personal, status, body, ct)
        );
        await db.SaveChangesAsync(ct);
        return result;
    }

    private static async Task<IdempotentAnswer> PersonalAsync(
        MemberCloudDb db,
        IdempotencyTicket ticket,
        IPersonal personal,
        int status,
        string body,
        CancellationToken ct
    )
    {
        if (!Ids.TryRead(IdPrefix.Member, personal.Whose, out var member))
            throw new InvalidOperationException($"{personal.GetType().Name} does not say whose it is.");
        var sealedBody = await new MemberKeys(db).SealAsync(ticket.Keys, member, body, ct);
        return ticket.Answer(db.Tenant.Id, status, member, sealedBody ?? []);
    }

    private static async Task<IResult> ReplayAsync(
        MemberCloudDb db,
        IdempotencyTicket ticket,
        IdempotentAnswer first,
        CancellationToken ct
    )
    {
        if (first.MemberId is not { } member || !ticket.Asked(first))
            return ticket.Replay(first);
        return await new MemberKeys(db).OpenAsync(ticket.Keys, member, first.Body, ct) is { } body
            ? IdempotencyTicket.Show(first.Status, body)
            : new Problem("erased_member", "The answer was about a member who was erased since.", 410).ToHttp();
    }

    private static async Task<object?> KeepAsync(MemberCloudDb db, IdempotencyTicket ticket, Refused answer, HttpContext http)
    {
        if (await FindAsync(db, ticket, http.RequestAborted) is { } first)
            return await ReplayAsync(db, ticket, first, http.RequestAborted);
        db.Add(ticket.Answer(db.Tenant.Id, answer.Status, answer.Body));
        await db.SaveChangesAsync(http.RequestAborted);
        return answer.Result;
    }

    private static Task<IdempotentAnswer?> FindAsync(MemberCloudDb db, IdempotencyTicket ticket, CancellationToken ct) =>
        db.Set<IdempotentAnswer>()
            .AsNoTracking()
            .FirstOrDefaultAsync(
                a => a.TenantId == db.Tenant.Id && a.CredentialId == ticket.CredentialId && a.IdempotencyKey == ticket.Key,
                ct
            );

    private static (int Status, string Body) Read(object? result, HttpContext http)
    {
        var value = ValueOf(result);
        var options = http
            .RequestServices.GetRequiredService<IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>>()
            .Value.SerializerOptions;
        return (
            (Inner(result) as IStatusCodeHttpResult)?.StatusCode ?? 200,
            value is null ? "" : JsonSerializer.Serialize(value, value.GetType(), options)
        );
    }

    /// <summary>The answer that was chosen, out of a union of several.</summary>
    public static object? Inner(object? result) => result is INestedHttpResult nested ? nested.Result : result;

    /// <summary>What an answer shows; null when it has no body.</summary>
    public static object? ValueOf(object? result) => (Inner(result) as IValueHttpResult)?.Value;

    private static Problem ProblemOf(object? result)
    {
        var details = (ProblemDetails)ValueOf(result)!;
        var errors = details.Extensions.TryGetValue("errors", out var list) ? (IReadOnlyList<FieldProblem>)list! : [];
        return new((string)details.Extensions["code"]!, details.Detail ?? "", details.Status ?? 400) { Errors = errors };
    }

    /// <summary>Carries a refusal out of the transaction it undoes.</summary>
    private sealed class Refused(int status, string body, object? result) : Exception
    {
        public int Status => status;
        public string Body => body;
        public object? Result => result;
    }
}
