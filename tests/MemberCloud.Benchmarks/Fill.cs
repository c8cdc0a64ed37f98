using MemberCloud.Shared;

namespace MemberCloud.Benchmarks;

/// <summary>Many members' points at once, by SQL: balances, lots, lines and moves agree with each other, seals are empty (nothing here looks at old ones).</summary>
public static partial class Fill
{
    private const string Tenant = "(SELECT id FROM tenants WHERE slug = 'bench')";

    /// <summary>Whatever number or flag a table gets later, zero and false agree with what is filled in here.</summary>
    private const string Zeroes = """
        DO $$ DECLARE c record; BEGIN
          FOR c IN SELECT table_name t, column_name n, data_type d FROM information_schema.columns
            WHERE table_schema = 'public' AND is_nullable = 'NO' AND data_type IN ('bigint', 'integer', 'boolean')
              AND table_name IN ('members', 'points_accounts', 'points_lots', 'points_entries', 'points_moves', 'idempotency', 'memberships', 'payments')
          LOOP
            EXECUTE format('ALTER TABLE %I ALTER %I SET DEFAULT %L', c.t, c.n, CASE c.d WHEN 'boolean' THEN 'false' ELSE '0' END);
          END LOOP;
        END $$
        """;

    /// <summary>The n-th member's id, n from 1 on.</summary>
    public static string Member(int n) => Ids.Show(IdPrefix.Member, Guid.Parse($"01900000-0000-7000-8000-{n:x12}"));

    private static string Id(string kind, string n) => $"('01900000-0000-7000-{kind}-' || lpad(to_hex({n}), 12, '0'))::uuid";

    private static string Members(int members) =>
        $"""
            INSERT INTO members (tenant_id, id, external_id, attributes, joined_at, created_at)
            SELECT {Tenant}, {Id("8000", "n")}, n::text, '{"{}"}', now(), now() FROM generate_series(1, {members}) n
            """;

    /// <summary>Members who have nothing yet.</summary>
    public static Task MembersAsync(Machine machine, string database, int members) =>
        RunAsync(machine, database, Members(members));

    /// <summary>Members with the tag tea.</summary>
    public static Task TaggedAsync(Machine machine, string database, int members) =>
        RunAsync(
            machine,
            database,
            Members(members),
            $"INSERT INTO member_tags (tenant_id, member_id, tag) SELECT {Tenant}, {Id("8000", "n")}, 'tea' FROM generate_series(1, {members}) n"
        );

    /// <summary>
    /// Each member earned 5,000 twice (lots with and without an end) and spent 1 point so often that there are so many lines; a tenth of the lines has its
    /// idempotent answer still.
    /// </summary>
    public static Task SpendersAsync(Machine machine, string database, int members, int lines)
    {
        var spent = lines - 2;
        return RunAsync(
            machine,
            database,
            Members(members),
            $"""
            INSERT INTO points_accounts (tenant_id, member_id, currency, seq, available, issued, redeemed, hash, active_at)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', {lines}, {10_000 - spent}, 10000, {spent}, '', now()
            FROM generate_series(1, {members}) n
            """,
            Lots(members, "9000", "1", 5000 - spent, "available", "now() + interval '20 years'", "never"),
            Lots(members, "a000", "2", 5000, "available", "null", "never"),
            $"""
            INSERT INTO points_entries (tenant_id, member_id, currency, seq, id, kind, delta_available, available_after, reference_type, reference_id,
              occurred_at, recorded_at, hash)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', s, gen_random_uuid(), CASE WHEN s <= 2 THEN 'earn' ELSE 'spend' END,
              CASE WHEN s <= 2 THEN 5000 ELSE -1 END, CASE WHEN s = 1 THEN 5000 ELSE 10002 - s END, 'order', s::text, now(), now(), '\x00'
            FROM generate_series(1, {members}) n, generate_series(1, {lines}) s
            """,
            $"""
            INSERT INTO points_moves (tenant_id, member_id, currency, seq, lot_id, amount)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', s, CASE WHEN s = 2 THEN {Id("a000", "n")} ELSE {Id("9000", "n")} END,
              CASE WHEN s <= 2 THEN 5000 ELSE -1 END
            FROM generate_series(1, {members}) n, generate_series(1, {lines}) s
            """,
            $"""
            INSERT INTO idempotency (tenant_id, credential_id, idempotency_key, hash, status, body, created_at)
            SELECT {Tenant}, (SELECT id FROM credentials WHERE tenant_id = {Tenant} LIMIT 1), md5(n::text), '\x00', 201, decode(repeat('00', 400), 'hex'), now()
            FROM generate_series(1, {members * (lines / 10)}) n
            """
        );
    }

    /// <summary>Each member has one lot of 100 points that was to settle in the last 30 days.</summary>
    public static Task WaitingAsync(Machine machine, string database, int members) =>
        RunAsync(
            machine,
            database,
            Members(members),
            $"""
            INSERT INTO points_accounts (tenant_id, member_id, currency, seq, pending, issued, hash, active_at)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', 1, 100, 100, '', now() FROM generate_series(1, {members}) n
            """,
            Lots(members, "9000", "1", 100, "pending", "now() - random() * interval '30 days'", "never"),
            $"""
            INSERT INTO points_entries (tenant_id, member_id, currency, seq, id, kind, delta_pending, pending_after, reference_type, reference_id,
              occurred_at, recorded_at, hash)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', 1, gen_random_uuid(), 'earn', 100, 100, 'order', '1', now(), now(), ''
            FROM generate_series(1, {members}) n
            """,
            $"""
            INSERT INTO points_moves (tenant_id, member_id, currency, seq, lot_id, amount)
            SELECT {Tenant}, {Id("8000", "n")}, 'points', 1, {Id("9000", "n")}, 100 FROM generate_series(1, {members}) n
            """
        );

    /// <summary>Lets every available lot end yesterday.</summary>
    public static Task EndAsync(Machine machine, string database) =>
        RunAsync(
            machine,
            database,
            "UPDATE points_lots SET expiry = 'fixed', expires_at = now() - interval '1 day', due_at = now() - interval '1 day' WHERE state = 'available'"
        );

    /// <summary>What was written is on the disk and cleaned up after: what is measured next does not pay for it.</summary>
    public static async Task RestAsync(Machine machine, params string[] databases)
    {
        foreach (var database in databases)
            await machine.PsqlAsync(database, "-c", "VACUUM ANALYZE", "-c", "CHECKPOINT");
    }

    private static string Lots(int members, string kind, string seq, long left, string state, string due, string expiry) =>
        $"""
            INSERT INTO points_lots (tenant_id, member_id, id, currency, seq, state, amount, remaining, source_type, source_id, earned_at, settles_at,
              available_at, expires_at, expiry, due_at)
            SELECT {Tenant}, {Id("8000", "n")}, {Id(kind, "n")}, 'points', {seq}, '{state}', {Math.Max(
                left,
                100
            )}, {left}, 'order', '{seq}', now(),
              {(state == "pending" ? "d" : "now()")}, {(state == "pending" ? "null" : "now()")}, {(
                state == "pending" ? "null" : "d"
            )}, '{expiry}', d
            FROM (SELECT n, ({due})::timestamptz d FROM generate_series(1, {members}) n) x
            """;

    private static async Task RunAsync(Machine machine, string database, params string[] statements)
    {
        await machine.PsqlAsync(database, ["-c", Zeroes, .. statements.SelectMany(s => new[] { "-c", s })]);
        await RestAsync(machine, database);
    }
}
