using MemberCloud.Data;
using MemberCloud.Shared;

namespace MemberCloud.Members;

/// <summary>Members on the way of a write, held to its end: found, made where they are missing, followed where they were merged.</summary>
public sealed partial class MemberService
{
    // Held to the end of what is written about the member: an erasure waits for it, or was there first and is seen.
    public static readonly Lookup<Member> ByExternalId = new("external_id = {0}", [typeof(string)]) { Holds = true };
    public static readonly Lookup<Member> ById = new("id = {0}", [typeof(Guid)]) { Holds = true };
    public static readonly Lookup<MemberTag> TagsById = new("member_id = {0}", [typeof(Guid)]);
    private static readonly Lookup<Member> Itself = new("id = {0} AND erased_at IS NULL AND merged_into IS NULL", [typeof(Guid)])
    {
        Holds = true,
    };
    private static readonly Update<Member> JoinedChange = new(
        [nameof(Member.JoinedAt), nameof(Member.Version)],
        new(nameof(Member.Version), m => m.Version - 1)
    );

    /// <summary>
    /// Members of many external ids at once, made where they are missing; each with the earliest of the instants given for it, which also moves
    /// <c>joined_at</c> back. Writes go to the batch.
    /// </summary>
    public async Task<(Dictionary<string, Member> Members, IReadOnlyList<Member> Made)> EnsureAsync(
        IDoorSession session,
        StoreBatch store,
        IReadOnlyDictionary<string, DateTime> seen,
        CancellationToken ct
    )
    {
        var members = await FindAsync(session, seen.Keys, ct);
        var missing = seen.Where(s => !members.ContainsKey(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal);
        var made = missing.Select(s => New(s.Key, s.Value)).ToList();
        store.Insert(made);
        MoveBack(store, members.Select(m => (m.Value, seen[m.Key])).ToList());
        made.ForEach(m => members.Add(m.ExternalId, m));
        return (members, made);
    }

    /// <summary>Members by the external id asked for; unknown ones are not there. One that was merged is the other one.</summary>
    public static async Task<Dictionary<string, Member>> FindAsync(
        IDoorSession session,
        IEnumerable<string> externalIds,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var found = load.Add(ByExternalId, [.. externalIds.Distinct(StringComparer.Ordinal).Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        var follow = await FollowAsync(session, found, ct);
        return found.ToDictionary(m => m.ExternalId, follow, StringComparer.Ordinal);
    }

    /// <summary>Members that were merged into others are those: a way from each to the one it stands for, held as well.</summary>
    private static async Task<Func<Member, Member>> FollowAsync(
        IDoorSession session,
        IReadOnlyCollection<Member> found,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var missing = found.Select(m => m.MergedInto).OfType<Guid>().Except(found.Select(m => m.Id)).Order().ToList();
        var more = load.Add(ById, [.. missing.Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        var byId = found.Concat(more).ToDictionary(m => m.Id);
        return m => m.MergedInto is { } into ? byId[into] : m;
    }

    /// <summary>Members by the id asked for, with <c>joined_at</c> moved back where an earlier fact is given. One that was merged is the other one.</summary>
    public static async Task<Dictionary<Guid, Member>> LoadAsync(
        IDoorSession session,
        StoreBatch store,
        IReadOnlyDictionary<Guid, DateTime> seen,
        CancellationToken ct,
        LoadBatch? with = null
    )
    {
        var load = with ?? new LoadBatch();
        var found = load.Add(ById, [.. seen.Keys.Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        var follow = await FollowAsync(session, found, ct);
        MoveBack(store, found.Select(m => (follow(m), seen[m.Id])));
        return found.ToDictionary(m => m.Id, follow);
    }

    /// <summary>A member about whom something is going to be written, kept from being erased until the transaction ends. One that was merged is the other one.</summary>
    /// <param name="session">The caller's transaction.</param>
    /// <param name="id">Who.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="with">What is loaded in the same trip.</param>
    public static async Task<Result<Member>> HoldAsync(
        IDoorSession session,
        Guid id,
        CancellationToken ct,
        LoadBatch? with = null
    )
    {
        var found = await LoadAsync(session, new(), new Dictionary<Guid, DateTime> { [id] = DateTime.MaxValue }, ct, with);
        return found.GetValueOrDefault(id) is not { } member ? Problem.NotFound("member")
            : member.ErasedAt is not null ? MemberRules.Erased
            : member;
    }

    /// <summary>What is stored is about a member who was seen without being held: still neither erased nor merged, or it is looked at again. First in the batch.</summary>
    public static StoreBatch Require(StoreBatch store, Guid id) =>
        store.Require(
            Itself,
            [
                [id],
            ]
        );

    public static async Task<ILookup<Guid, string>> TagsAsync(
        IDoorSession session,
        IEnumerable<Guid> members,
        CancellationToken ct
    )
    {
        var load = new LoadBatch();
        var tags = load.Add(TagsById, [.. members.Distinct().Select(id => new object[] { id })]);
        await session.LoadAsync(load, ct);
        return tags.ToLookup(t => t.MemberId, t => t.Tag);
    }

    private static void MoveBack(StoreBatch store, IEnumerable<(Member Member, DateTime Seen)> members)
    {
        // In one order everywhere, so that two reports that move the same members back do not wait for each other in a ring.
        var moved = members
            .Where(m => m.Member.ErasedAt is null && m.Seen < m.Member.JoinedAt)
            .GroupBy(m => m.Member, m => m.Seen)
            .OrderBy(g => g.Key.Id)
            .ToList();
        foreach (var member in moved)
            (member.Key.JoinedAt, member.Key.Version) = (member.Min(), member.Key.Version + 1);
        store.Update(JoinedChange, [.. moved.Select(m => m.Key)]);
    }
}
