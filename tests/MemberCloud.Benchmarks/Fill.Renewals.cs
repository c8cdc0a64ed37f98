namespace MemberCloud.Benchmarks;

/// <summary>Paid memberships of one plan, by SQL, as the product writes them when the brand collects.</summary>
public static partial class Fill
{
    public const int Price = 1_990;

    /// <summary>One of so many is due in a round.</summary>
    public const int Tenth = 10;

    private const string Zone = "'Asia/Shanghai'";
    private const string Plan = $"(SELECT id FROM plans WHERE tenant_id = {Tenant})";

    /// <summary>The end of the month that began at <c>a</c>, same wall time.</summary>
    private const string EndOf = $"((a AT TIME ZONE {Zone} + interval '1 month') AT TIME ZONE {Zone})";

    /// <summary>The id of something that came in the order of the memberships.</summary>
    private static string Like(string kind) => $"overlay(id::text placing '{kind}' from 20 for 4)::uuid";

    /// <summary>Each member bought the plan in the last weeks and has paid for one month, which ends in the weeks to come.</summary>
    public static Task MembershipsAsync(Machine machine, string database, int memberships) =>
        RunAsync(
            machine,
            database,
            Members(memberships),
            $"""
            INSERT INTO memberships (tenant_id, id, member_id, family, plan_id, plan_version, state, live_family, auto_renew, gateway, created_at, consent_text,
              consent_at, consent_channel, anchor, terms, runs_since, paid_until, terms_billed, bills, notice_at, renew_at)
            SELECT {Tenant}, {Id("b000", "n")}, {Id(
                "8000",
                "n"
            )}, 'plus', {Plan}, 1, 'active', 'plus', true, 'offline', a, '2026-01', a, 'app', a, 1, a, e, 1, 1,
              e - interval '7 days', e
            FROM (SELECT n, a, {EndOf} e FROM (
              SELECT n, date_trunc('second', now()) - interval '1 month' + interval '1 day' * (15 + n % 13) a FROM generate_series(1, {memberships}) n) x) y
            """,
            """
            INSERT INTO plan_holdings (tenant_id, member_id, family, plan_id, membership_id, perks, since, until, term_starts_at, term_ends_at)
            SELECT tenant_id, member_id, family, plan_id, id, '', anchor, paid_until + interval '7 days', anchor, paid_until FROM memberships
            """,
            $$"""
            INSERT INTO invoices (tenant_id, id, member_id, membership_id, seq, series, number, kind, state, plan_id, plan_version, lines, total, term, worth,
              covers_from, covers_until, issued_at, closed_at)
            SELECT tenant_id, {{Like(
                "d000"
            )}}, member_id, id, 1, 'INV', row_number() OVER (ORDER BY id), 'first', 'paid', plan_id, 1,
              '[{"kind":"term","plan_id":"plan_00000000000000000000000000","description":"PLUS","amount":{{Price}},"from":null,"until":null}]', {{Price}}, 1, {{Price}},
              anchor, paid_until, anchor, anchor FROM memberships
            """,
            $"INSERT INTO invoice_series (tenant_id, series, next) VALUES ({Tenant}, 'INV', {memberships} + 1)"
        );

    /// <summary>Every tenth membership is due since the last full hour, paid ahead, and its member was told in time: the first tenth, the second ...</summary>
    public static Task DueAsync(Machine machine, string database, int memberships, int tenth) =>
        RunAsync(
            machine,
            database,
            $"""
            UPDATE memberships m SET anchor = a, runs_since = a, paid_until = d, renew_at = d, notice_at = null, payments_waiting = 1, noticed_for = d,
              noticed_plan = plan_id, noticed_version = 1, noticed_amount = {Price}, noticed_at = d - interval '7 days', proved_at = d - interval '7 days'
            FROM (SELECT a, {EndOf} d FROM (SELECT date_trunc('hour', now()) - interval '1 month' a) x) y, generate_series({tenth
                + 1}, {memberships}, {Tenth}) n
            WHERE m.tenant_id = {Tenant} AND m.id = {Id("b000", "n")}
            """,
            """
            UPDATE plan_holdings h SET since = anchor, until = paid_until + interval '7 days', term_starts_at = anchor, term_ends_at = paid_until
            FROM memberships m WHERE m.tenant_id = h.tenant_id AND m.id = h.membership_id AND m.payments_waiting = 1
            """,
            $"""
            INSERT INTO payments (tenant_id, id, membership_id, member_id, gateway, reference, amount, paid_at)
            SELECT tenant_id, {Like(
                $"e00{tenth}"
            )}, id, member_id, 'offline', 'r-{tenth}-' || id, {Price}, noticed_at FROM memberships WHERE payments_waiting = 1
            """,
            $"""
            INSERT INTO renewal_notices (tenant_id, id, member_id, membership_id, plan_id, plan_version, amount, due_at, created_at, proved_at, proof, channel)
            SELECT tenant_id, {Like(
                $"f00{tenth}"
            )}, member_id, id, plan_id, noticed_version, noticed_amount, noticed_for, noticed_at, proved_at, 'delivered', 'sms'
            FROM memberships WHERE payments_waiting = 1
            """
        );
}
