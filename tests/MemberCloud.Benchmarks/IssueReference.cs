namespace MemberCloud.Benchmarks;

/// <summary>The rows of a batch by SQL alone: coupon, count, event; 1,000 members a commit.</summary>
public static class IssueReference
{
    public const string Procedure = """
        CREATE PROCEDURE issue(template uuid, batch uuid) LANGUAGE plpgsql AS $p$
        DECLARE t uuid; last uuid := '00000000-0000-0000-0000-000000000000'; upto uuid; n int;
        BEGIN
          SELECT id INTO t FROM tenants WHERE slug = 'bench';
          LOOP
            SELECT count(*), (array_agg(id ORDER BY id DESC))[1] INTO n, upto FROM (
              SELECT m.id FROM members m WHERE m.tenant_id = t AND m.id > last
                AND EXISTS (SELECT 1 FROM member_tags g WHERE g.tenant_id = t AND g.member_id = m.id AND g.tag = 'tea')
              ORDER BY m.id LIMIT 1000) x;
            EXIT WHEN n = 0;
            WITH c AS (
              INSERT INTO coupons (tenant_id, id, template_id, template_version, member_id, code, state, way, issued_at, valid_from, valid_until, batch_id, due_at, version)
              SELECT t, gen_random_uuid(), template, 1, m.id, upper(substr(md5(random()::text), 1, 16)), 'issued', 'issue', now(), now(),
                now() + interval '7 days', batch, now() + interval '7 days', 0
              FROM members m WHERE m.tenant_id = t AND m.id > last AND m.id <= upto
              RETURNING id, member_id),
            k AS (
              INSERT INTO coupon_counts (tenant_id, member_id, template_id, total, day, week, month, in_day, in_week, in_month)
              SELECT t, member_id, template, 1, 20260101, 20260101, 202601, 1, 1, 1 FROM c)
            INSERT INTO outbox (tenant_id, id, type, subject_id, data, occurred_at, relayed)
            SELECT t, gen_random_uuid(), 'coupon.issued', member_id, json_build_object('coupon_id', id, 'template_id', template, 'template_version', 1,
              'state', 'issued', 'way', 'issue', 'valid_until', now())::text, now(), false FROM c;
            last := upto;
            COMMIT;
          END LOOP;
        END $p$
        """;
}
