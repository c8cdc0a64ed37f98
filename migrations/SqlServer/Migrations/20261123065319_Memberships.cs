using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class Memberships : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "perks",
                table: "tiers",
                type: "nvarchar(max)",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "members_version",
                table: "plans",
                type: "int",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "fake_payments",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    refund_of = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    invoice_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    taken = table.Column<bool>(type: "bit", nullable: false),
                    at = table.Column<DateTime>(type: "datetime2(6)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_fake_payments", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "gateway_events",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    gateway = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    event_id = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    type = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    reference = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false, collation: "Latin1_General_100_BIN2"),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    received_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    applied_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gateway_events", x => new { x.tenant_id, x.gateway, x.event_id });
                });

            migrationBuilder.CreateTable(
                name: "gateway_settings",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    mode = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    secret_key = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    secret_key_last4 = table.Column<string>(type: "nvarchar(4)", maxLength: 4, nullable: false),
                    webhook_secret = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    webhook_secret_last4 = table.Column<string>(type: "nvarchar(4)", maxLength: 4, nullable: false),
                    set_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_gateway_settings", x => new { x.tenant_id, x.name });
                });

            migrationBuilder.CreateTable(
                name: "invoice_series",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    series = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: false, collation: "Latin1_General_100_BIN2"),
                    next = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_invoice_series", x => new { x.tenant_id, x.series });
                });

            migrationBuilder.CreateTable(
                name: "invoices",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    seq = table.Column<int>(type: "int", nullable: false),
                    series = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: false, collation: "Latin1_General_100_BIN2"),
                    number = table.Column<long>(type: "bigint", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    plan_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_version = table.Column<int>(type: "int", nullable: false),
                    lines = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    term = table.Column<int>(type: "int", nullable: true),
                    worth = table.Column<long>(type: "bigint", nullable: false),
                    covers_from = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    covers_until = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    request_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    request_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    issued_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    closed_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_invoices", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "memberships",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    family = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    plan_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_version = table.Column<int>(type: "int", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    live_family = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: true, collation: "Latin1_General_100_BIN2"),
                    reason = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: true),
                    auto_renew = table.Column<bool>(type: "bit", nullable: false),
                    cancel_at_end = table.Column<bool>(type: "bit", nullable: false),
                    next_plan_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    gateway = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    method_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    request_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    request_hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: true),
                    consent_text = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    consent_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    consent_channel = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false),
                    consent_charge = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    anchor = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    terms = table.Column<int>(type: "int", nullable: false),
                    runs_since = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    paid_until = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    terms_billed = table.Column<int>(type: "int", nullable: false),
                    bills = table.Column<int>(type: "int", nullable: false),
                    payments_waiting = table.Column<int>(type: "int", nullable: false),
                    open_attempt_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    due_since = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    failed_charges = table.Column<int>(type: "int", nullable: false),
                    paused_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    pauses = table.Column<int>(type: "int", nullable: false),
                    pauses_year = table.Column<int>(type: "int", nullable: false),
                    noticed_for = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    noticed_plan = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    noticed_version = table.Column<int>(type: "int", nullable: true),
                    noticed_amount = table.Column<long>(type: "bigint", nullable: true),
                    noticed_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    proved_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    notice_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    renew_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    expire_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    ended_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_memberships", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "payment_attempts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    invoice_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    refund_of = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    gateway = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    method = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false),
                    customer = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    refunded = table.Column<long>(type: "bigint", nullable: false),
                    reference = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true, collation: "Latin1_General_100_BIN2"),
                    code = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: true),
                    action_sealed = table.Column<byte[]>(type: "varbinary(4000)", maxLength: 4000, nullable: true),
                    started_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    wall_started_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    looks = table.Column<int>(type: "int", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    lease_until = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    ended_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_payment_attempts", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "payment_methods",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    gateway = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reference = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: false, collation: "Latin1_General_100_BIN2"),
                    customer = table.Column<string>(type: "nvarchar(255)", maxLength: 255, nullable: true),
                    added_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_payment_methods", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "payments",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    gateway = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    reference = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    paid_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    invoice_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    refunded = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_payments", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "perk_codes",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    perk_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    no = table.Column<long>(type: "bigint", nullable: false),
                    @sealed = table.Column<byte[]>(name: "sealed", type: "varbinary(max)", nullable: false),
                    hash = table.Column<string>(type: "nvarchar(44)", maxLength: 44, nullable: false, collation: "Latin1_General_100_BIN2")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_perk_codes", x => new { x.tenant_id, x.perk_id, x.no });
                });

            migrationBuilder.CreateTable(
                name: "perk_grants",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    perk_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    period = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false, collation: "Latin1_General_100_BIN2"),
                    source_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    used = table.Column<long>(type: "bigint", nullable: false),
                    reserved = table.Column<long>(type: "bigint", nullable: false),
                    priority = table.Column<int>(type: "int", nullable: false),
                    starts_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    ends_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    brought_from = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_perk_grants", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "perk_pools",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    perk_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    added = table.Column<long>(type: "bigint", nullable: false),
                    taken = table.Column<long>(type: "bigint", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_perk_pools", x => new { x.tenant_id, x.perk_id });
                });

            migrationBuilder.CreateTable(
                name: "perk_reservations",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    perk_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    quantity = table.Column<int>(type: "int", nullable: false),
                    parts = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    value = table.Column<long>(type: "bigint", nullable: true),
                    reference_type = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: true),
                    reference_id = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    expires_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    resolved_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    first_code = table.Column<long>(type: "bigint", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_perk_reservations", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "plan_holdings",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    family = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false, collation: "Latin1_General_100_BIN2"),
                    plan_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    tier_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    perks = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    since = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    until = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    term_starts_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    term_ends_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plan_holdings", x => new { x.tenant_id, x.member_id, x.family });
                });

            migrationBuilder.CreateTable(
                name: "renewal_notices",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_version = table.Column<int>(type: "int", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    proved_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    proof = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: true),
                    channel = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: true),
                    evidence_sealed = table.Column<byte[]>(type: "varbinary(2000)", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_renewal_notices", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "trial_uses",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    family = table.Column<string>(type: "nvarchar(40)", maxLength: 40, nullable: false, collation: "Latin1_General_100_BIN2"),
                    at = table.Column<DateTime>(type: "datetime2(6)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_trial_uses", x => new { x.tenant_id, x.member_id, x.family });
                });

            migrationBuilder.CreateIndex(
                name: "ix_gateway_events_state_received_at",
                table: "gateway_events",
                columns: new[] { "tenant_id", "state", "received_at" });

            migrationBuilder.CreateIndex(
                name: "ix_invoices_member",
                table: "invoices",
                columns: new[] { "tenant_id", "member_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_invoices_membership",
                table: "invoices",
                columns: new[] { "tenant_id", "membership_id", "seq" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_invoices_number",
                table: "invoices",
                columns: new[] { "tenant_id", "series", "number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_invoices_request",
                table: "invoices",
                columns: new[] { "tenant_id", "request_id" },
                unique: true,
                filter: "request_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_memberships_expire",
                table: "memberships",
                columns: new[] { "tenant_id", "expire_at" },
                filter: "expire_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_memberships_member",
                table: "memberships",
                columns: new[] { "tenant_id", "member_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_memberships_notice",
                table: "memberships",
                columns: new[] { "tenant_id", "notice_at" },
                filter: "notice_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_memberships_renew",
                table: "memberships",
                columns: new[] { "tenant_id", "renew_at" },
                filter: "renew_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_memberships_live",
                table: "memberships",
                columns: new[] { "tenant_id", "member_id", "live_family" },
                unique: true,
                filter: "live_family IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_memberships_request",
                table: "memberships",
                columns: new[] { "tenant_id", "request_id" },
                unique: true,
                filter: "request_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_due",
                table: "payment_attempts",
                columns: new[] { "tenant_id", "due_at" },
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_membership",
                table: "payment_attempts",
                columns: new[] { "tenant_id", "membership_id" });

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_reference",
                table: "payment_attempts",
                columns: new[] { "tenant_id", "gateway", "reference" });

            migrationBuilder.CreateIndex(
                name: "ux_payment_attempts_open",
                table: "payment_attempts",
                columns: new[] { "tenant_id", "invoice_id" },
                unique: true,
                filter: "state IN ('open', 'needs_action') AND refund_of IS NULL");

            migrationBuilder.CreateIndex(
                name: "ux_payment_methods_reference",
                table: "payment_methods",
                columns: new[] { "tenant_id", "member_id", "gateway", "reference" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_payments_membership",
                table: "payments",
                columns: new[] { "tenant_id", "membership_id" });

            migrationBuilder.CreateIndex(
                name: "ux_payments_reference",
                table: "payments",
                columns: new[] { "tenant_id", "gateway", "reference" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_perk_codes_hash",
                table: "perk_codes",
                columns: new[] { "tenant_id", "perk_id", "hash" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_perk_grants_period",
                table: "perk_grants",
                columns: new[] { "tenant_id", "member_id", "perk_id", "period" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_perk_reservations_due",
                table: "perk_reservations",
                columns: new[] { "tenant_id", "expires_at" },
                filter: "state = 'reserved'");

            migrationBuilder.CreateIndex(
                name: "ix_perk_reservations_member",
                table: "perk_reservations",
                columns: new[] { "tenant_id", "member_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_perk_reservations_membership",
                table: "perk_reservations",
                columns: new[] { "tenant_id", "membership_id" },
                filter: "membership_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_perk_reservations_open",
                table: "perk_reservations",
                columns: new[] { "tenant_id", "member_id", "perk_id" },
                filter: "state = 'reserved'");

            migrationBuilder.CreateIndex(
                name: "ix_plan_holdings_plan",
                table: "plan_holdings",
                columns: new[] { "tenant_id", "plan_id" });

            migrationBuilder.CreateIndex(
                name: "ix_renewal_notices_created",
                table: "renewal_notices",
                columns: new[] { "tenant_id", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_renewal_notices_member",
                table: "renewal_notices",
                columns: new[] { "tenant_id", "member_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "fake_payments");

            migrationBuilder.DropTable(
                name: "gateway_events");

            migrationBuilder.DropTable(
                name: "gateway_settings");

            migrationBuilder.DropTable(
                name: "invoice_series");

            migrationBuilder.DropTable(
                name: "invoices");

            migrationBuilder.DropTable(
                name: "memberships");

            migrationBuilder.DropTable(
                name: "payment_attempts");

            migrationBuilder.DropTable(
                name: "payment_methods");

            migrationBuilder.DropTable(
                name: "payments");

            migrationBuilder.DropTable(
                name: "perk_codes");

            migrationBuilder.DropTable(
                name: "perk_grants");

            migrationBuilder.DropTable(
                name: "perk_pools");

            migrationBuilder.DropTable(
                name: "perk_reservations");

            migrationBuilder.DropTable(
                name: "plan_holdings");

            migrationBuilder.DropTable(
                name: "renewal_notices");

            migrationBuilder.DropTable(
                name: "trial_uses");

            migrationBuilder.DropColumn(
                name: "perks",
                table: "tiers");

            migrationBuilder.DropColumn(
                name: "members_version",
                table: "plans");
        }
    }
}
