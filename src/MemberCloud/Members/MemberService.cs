using System.Linq.Expressions;
using MemberCloud.Data;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace MemberCloud.Members;

/// <summary>What an upsert did.</summary>
/// <param name="Completed">The profile became complete by it (name, birthday, and a phone or an e-mail).</param>
public sealed record Upserted(Member Member, IReadOnlyList<string> Tags, bool IsNew, bool Completed);

/// <summary>The only writer of members.</summary>
public sealed partial class MemberService(
    Transactions transactions,
    TenantScope scope,
    TenantCache cache,
    TenantDirectory directory
)
{
    public const int MaxAttributeDefinitions = 100;

    private MemberCloudDb Db => transactions.Db;

    /// <summary>A member by id; one that was merged into another is that one.</summary>
    public Task<Member?> FindAsync(Guid id, CancellationToken ct) =>
        FollowedAsync(Db.Set<Member>().AsNoTracking(), m => m.Id == id, ct);

    /// <summary>By our id as shown outside; an unknown, malformed or foreign one is null.</summary>
    public async Task<Member?> FindAsync(string shown, CancellationToken ct) =>
        Ids.TryRead(IdPrefix.Member, shown, out var id) ? await FindAsync(id, ct) : null;

    /// <summary>By the brand's own id; one that was merged into another is that one.</summary>
    public Task<Member?> FindByExternalIdAsync(string externalId, CancellationToken ct) =>
        FollowedAsync(Db.Set<Member>().AsNoTracking(), m => m.ExternalId == externalId, ct);

    public async Task<IReadOnlyList<string>> TagsAsync(Guid memberId, CancellationToken ct) =>
        await Db.Set<MemberTag>().Where(t => t.MemberId == memberId).Select(t => t.Tag).ToListAsync(ct);

    /// <summary>Makes or changes the member of an external id. Inside the caller's transaction.</summary>
    public async Task<Result<Upserted>> UpsertAsync(string externalId, MemberChange change, CancellationToken ct)
    {
        var member = await FollowedAsync(Db.Set<Member>(), m => m.ExternalId == externalId, ct);
        var isNew = member is null;
        if (member is null)
            Db.Add(member = New(externalId, scope.Now));
        return (await ApplyAsync(member, change, ct)).Then(done => done with { IsNew = isNew });
    }

    /// <summary>Changes a member. Inside the caller's transaction.</summary>
    public async Task<Result<Upserted>> ChangeAsync(Guid id, MemberChange change, CancellationToken ct) =>
        await FollowedAsync(Db.Set<Member>(), m => m.Id == id, ct) is { } member
            ? await ApplyAsync(member, change, ct)
            : Problem.NotFound("member");

    /// <summary>One member of some; one that was merged into another is that one.</summary>
    private static async Task<Member?> FollowedAsync(
        IQueryable<Member> members,
        Expression<Func<Member, bool>> which,
        CancellationToken ct
    )
    {
        var member = await members.FirstOrDefaultAsync(which, ct);
        return member is { MergedInto: { } into } ? await members.FirstOrDefaultAsync(m => m.Id == into, ct) : member;
    }

    private async Task<Result<Upserted>> ApplyAsync(Member member, MemberChange change, CancellationToken ct)
    {
        if (member.ErasedAt is not null)
            return MemberRules.Erased;
        var (wasComplete, before) = (IsComplete(member), member.Attributes);
        if (change.Attributes.IsGiven)
        {
            var merged = change.Attributes.Value is null
                ? "{}"
                : MemberRules.Merge(member.Attributes, change.Attributes.Value, await AttributeTypesAsync(ct));
            if (merged.Problem is { } problem)
                return problem;
            member.Attributes = merged.Value;
        }
        if (change.Birthday.IsGiven)
        {
            var birthday = change.Birthday.Value is { } text
                ? MemberRules.Birthday(text, scope.Tenant.Local.DateOf(scope.Now))
                : null;
            if (change.Birthday.Value is not null && birthday is null)
                return Problem.Field("/birthday", "out_of_range", "A birthday is yyyy-MM-dd, from 1900 to today.");
            (member.Birthday, member.BirthKey) = (birthday?.Text, birthday?.Key);
        }
        member.Name = change.Name.Or(member.Name);
        member.Channel = change.Channel.Or(member.Channel);
        if (SetContacts(member, change) is { } wrong)
            return wrong;
        var tags = await SetTagsAsync(member, change.Tags, ct);
        await Db.SaveChangesAsync(ct);
        await WriteValuesAsync(member, before, ct);
        return new Upserted(member, tags, false, !wasComplete && IsComplete(member));
    }

    /// <summary>Keeps the rows that members are found by in step with their attributes. The member's own row is written before: of two changes at once one waits there.</summary>
    private async Task WriteValuesAsync(Member member, string before, CancellationToken ct)
    {
        var (gone, come) = AttributeRules.Changes(before, member.Attributes);
        if (gone.Count > 0)
            await Db.Set<MemberAttributeValue>()
                .Where(v => v.MemberId == member.Id && gone.Contains(v.Name))
                .ExecuteDeleteAsync(ct);
        // Through the door, which the audit log does not hear: the attributes themselves are told there.
        var rows = come.Select(c => new MemberAttributeValue
        {
            TenantId = scope.Id,
            MemberId = member.Id,
            Name = c.Key,
            Value = c.Value,
        });
        if (come.Count > 0)
            await transactions.Door.StoreAsync(new StoreBatch().Insert([.. rows]), ct);
    }

    private Problem? SetContacts(Member member, MemberChange change)
    {
        var keys = scope.Tenant.Keys;
        if (change.Phone.IsGiven)
        {
            var phone = change.Phone.Value is { } text ? PhoneRules.Normalise(text, scope.Tenant.Country) : null;
            if (change.Phone.Value is not null && phone is null)
                return Problem.Field(
                    "/phone",
                    "bad_phone",
                    "A phone number is E.164 (+ and 7 to 15 digits) or a national one of the brand's country."
                );
            (member.PhoneSealed, member.PhoneIndex) = phone is null
                ? (null, null)
                : (keys.SealText(phone, member.Id), keys.BlindIndex("phone", phone));
        }
        if (change.Email.IsGiven)
        {
            var email = change.Email.Value is { } text ? Emails.Read(text) : null;
            (member.EmailSealed, member.EmailIndex) = email is null
                ? (null, null)
                : (keys.SealText(email, member.Id), keys.BlindIndex("email", email));
        }
        return null;
    }

    private async Task<IReadOnlyList<string>> SetTagsAsync(
        Member member,
        Optional<IReadOnlyList<string>> tags,
        CancellationToken ct
    )
    {
        var stored = await Db.Set<MemberTag>().Where(t => t.MemberId == member.Id).ToListAsync(ct);
        if (!tags.IsGiven)
            return [.. stored.Select(t => t.Tag)];
        // Two requests may replace the tags at once: the member's version, which this raises, lets only one of them win at a time.
        Db.Entry(member).Property(m => m.Attributes).IsModified |= Db.Entry(member).State != EntityState.Added;
        var wanted = (tags.Value ?? []).Distinct(StringComparer.Ordinal).ToList();
        Db.RemoveRange(stored.Where(t => !wanted.Contains(t.Tag)));
        Db.AddRange(
            wanted
                .Except(stored.Select(t => t.Tag))
                .Select(tag => new MemberTag
                {
                    TenantId = scope.Id,
                    MemberId = member.Id,
                    Tag = tag,
                })
        );
        return wanted;
    }

    private Member New(string externalId, DateTime joinedAt) =>
        new()
        {
            TenantId = scope.Id,
            Id = Ids.New(),
            ExternalId = externalId,
            Attributes = "{}",
            JoinedAt = joinedAt,
            CreatedAt = scope.Now,
        };

    private static bool IsComplete(Member m) =>
        m.Name is not null && m.Birthday is not null && (m.PhoneIndex ?? m.EmailIndex) is not null;

    public async Task<Result<MemberIdentity>> BindIdentityAsync(Guid memberId, IdentityShape asked, CancellationToken ct) =>
        await transactions.DecideAsync<MemberIdentity>(
            async () =>
            {
                var held = await HoldAsync(transactions.Door, memberId, ct);
                if (held.Problem is { } problem)
                    return problem;
                memberId = held.Value.Id;
                var bound = await Db.Set<MemberIdentity>()
                    .AsNoTracking()
                    .FirstOrDefaultAsync(i => i.Channel == asked.Channel && i.Subject == asked.Subject, ct);
                if (bound is not null)
                    return bound.MemberId == memberId || (await FindAsync(bound.MemberId, ct))?.Id == memberId
                        ? bound
                        : Problem.Conflict("identity_taken", "Another member has this identity.");
                if (await Db.Set<MemberIdentity>().CountAsync(i => i.MemberId == memberId, ct) >= 20)
                    return Problem.Conflict("too_many_identities", "A member has at most 20 identities.");
                var identity = new MemberIdentity
                {
                    TenantId = scope.Id,
                    Channel = asked.Channel,
                    Subject = asked.Subject,
                    MemberId = memberId,
                    BoundAt = scope.Now,
                };
                Db.Add(identity);
                await Db.SaveChangesAsync(ct);
                return identity;
            },
            ct
        );

    public Task<IReadOnlyList<AttributeDefinition>> AttributesAsync(CancellationToken ct) =>
        cache.GetAsync<IReadOnlyList<AttributeDefinition>>(
            scope.Tenant,
            async () => await Db.Set<AttributeDefinition>().AsNoTracking().OrderBy(a => a.Name).ToListAsync(ct)
        );

    public Task<Result<AttributeDefinition>> DefineAsync(AttributeShape asked, CancellationToken ct) =>
        transactions.DecideAsync<AttributeDefinition>(
            async () =>
            {
                if (await Db.Set<AttributeDefinition>().AnyAsync(a => a.Name == asked.Name, ct))
                    return Problem.Conflict("attribute_exists", $"There is an attribute {asked.Name} already.");
                if (await Db.Set<AttributeDefinition>().CountAsync(ct) >= MaxAttributeDefinitions)
                    return Problem.Conflict(
                        "too_many_attributes",
                        $"A brand defines at most {MaxAttributeDefinitions} attributes."
                    );
                var definition = new AttributeDefinition
                {
                    TenantId = scope.Id,
                    Name = asked.Name,
                    Type = asked.Type!.Value,
                };
                Db.Add(definition);
                await Db.SaveChangesAsync(ct);
                await directory.StampAsync(transactions, ct);
                return definition;
            },
            ct
        );

    private async Task<IReadOnlyDictionary<string, AttributeType>> AttributeTypesAsync(CancellationToken ct) =>
        (await AttributesAsync(ct)).ToDictionary(a => a.Name, a => a.Type);
}
