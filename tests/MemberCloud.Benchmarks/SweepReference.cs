namespace MemberCloud.Benchmarks;

/// <summary>The same rows by SQL alone: account, line (sealed by a plain hash), lot, event, and for an expiry a move; 1,000 lots a commit.</summary>
public static class SweepReference
{
    public static IReadOnlyList<string> Procedures { get; } =
    [
        Procedure(
            "settle",
            "pending",
            "available = a.available + d.remaining, pending = a.pending - d.remaining",
            "delta_available, delta_pending",
            "d.remaining, -d.remaining",
            "state = 'available', settles_at = d.due_at, available_at = d.due_at, due_at = null",
            ""
        ),
        Procedure(
            "expire",
            "available",
            "available = a.available - d.remaining",
            "delta_available",
            "-d.remaining",
            "state = 'closed', remaining = 0, due_at = null",
            "m AS (INSERT INTO points_moves (tenant_id, member_id, currency, seq, lot_id, amount) SELECT tenant_id, member_id, currency, seq, lot, -amount FROM a),"
        ),
    ];

    private static string Procedure(
        string name,
        string from,
        string account,
        string deltas,
        string values,
        string lot,
        string move
    ) =>
        $$"""
            CREATE PROCEDURE {{name}}() LANGUAGE plpgsql AS $p$
            DECLARE t uuid; n int;
            BEGIN
              SELECT id INTO t FROM tenants WHERE slug = 'bench';
              LOOP
                WITH d AS (
                  SELECT tenant_id, member_id, currency, id, remaining, due_at, source_type, source_id FROM points_lots
                  WHERE tenant_id = t AND state = '{{from}}' AND state <> 'closed' AND due_at <= now() ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED),
                a AS (
                  UPDATE points_accounts a SET seq = a.seq + 1, {{account}}, hash = sha256(a.hash || d.id::text::bytea || int8send(a.seq))
                  FROM d WHERE a.tenant_id = t AND a.member_id = d.member_id AND a.currency = d.currency
                  RETURNING a.tenant_id, a.member_id, a.currency, a.seq, a.available, a.pending, a.hash, d.id AS lot, d.remaining AS amount, d.due_at,
                    d.source_type, d.source_id),
                e AS (
                  INSERT INTO points_entries (tenant_id, member_id, currency, seq, id, kind, {{deltas}}, available_after, pending_after, reference_type,
                    reference_id, occurred_at, recorded_at, hash)
                  SELECT tenant_id, member_id, currency, seq, gen_random_uuid(), '{{name}}', {{values.Replace(
                "d.remaining",
                "amount",
                StringComparison.Ordinal
            )}}, available, pending, source_type,
                    source_id, due_at, now(), hash FROM a),
                {{move}}
                l AS (
                  UPDATE points_lots l SET {{lot}} FROM d WHERE l.tenant_id = t AND l.member_id = d.member_id AND l.id = d.id)
                INSERT INTO outbox (tenant_id, id, type, subject_id, data, occurred_at, relayed)
                SELECT tenant_id, gen_random_uuid(), 'points.{{name}}', member_id, json_build_object('currency', currency, 'kind', '{{name}}', 'delta_available',
                  amount, 'delta_pending', amount, 'delta_held', 0, 'delta_debt', 0, 'available_after', available, 'reference',
                  json_build_object('type', source_type, 'id', source_id), 'occurred_at', due_at, 'recorded_at', now())::text, due_at, false FROM a;
                GET DIAGNOSTICS n = ROW_COUNT;
                COMMIT;
                EXIT WHEN n = 0;
              END LOOP;
            END $p$
            """;
}
