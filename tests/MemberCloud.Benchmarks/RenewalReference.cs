namespace MemberCloud.Benchmarks;

/// <summary>Renewals at their barest, as in shared/bench/limits/renewal-setup.sql and renewal-batches.sql: two small tables, 1,000 a commit, nothing told, paid or shown.</summary>
public static class RenewalReference
{
    public const string Procedure = """
        CREATE OR REPLACE PROCEDURE sweep(batch int) LANGUAGE plpgsql AS $$
        DECLARE n int;
        BEGIN
         LOOP
          WITH due AS (SELECT id FROM membership WHERE status=1 AND paid_until <= timestamptz '2026-11-15' ORDER BY paid_until, id LIMIT batch FOR UPDATE SKIP LOCKED),
          ren AS (UPDATE membership m SET paid_until=m.paid_until+interval '1 month', period_no=m.period_no+1 FROM due WHERE m.id=due.id RETURNING m.id,m.period_no,m.price)
          INSERT INTO invoice(membership_id,period_no,amount) SELECT id,period_no,price FROM ren;
          GET DIAGNOSTICS n = ROW_COUNT; COMMIT; EXIT WHEN n=0;
         END LOOP;
        END $$
        """;

    /// <summary>So many memberships, a tenth of them due.</summary>
    public static IReadOnlyList<string> Setup(int memberships) =>
        [
            "DROP TABLE IF EXISTS invoice, membership CASCADE",
            """
                CREATE TABLE membership(id bigint PRIMARY KEY, member_id bigint NOT NULL, plan_id int NOT NULL, status smallint NOT NULL, period_no int NOT NULL,
                  paid_until timestamptz NOT NULL, price bigint NOT NULL) WITH (fillfactor=90)
                """,
            $"""
                INSERT INTO membership SELECT g, g, g%5, 1, 1, CASE WHEN g%10=0 THEN timestamptz '2026-11-01' ELSE timestamptz '2027-06-01' END, 1990
                FROM generate_series(1,{memberships}) g
                """,
            "CREATE INDEX membership_due ON membership(paid_until) WHERE status=1",
            """
                CREATE TABLE invoice(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, membership_id bigint NOT NULL, period_no int NOT NULL, amount bigint NOT NULL,
                  created_at timestamptz NOT NULL DEFAULT now(), UNIQUE(membership_id, period_no))
                """,
            "VACUUM ANALYZE membership",
            "VACUUM ANALYZE invoice",
            "CHECKPOINT",
        ];
}
