using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "earning_caps",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    period = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    used = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_earning_caps", x => new { x.tenant_id, x.member_id, x.rule_id, x.period });
                });

            migrationBuilder.CreateTable(
                name: "earning_rule_versions",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_earning_rule_versions", x => new { x.tenant_id, x.rule_id, x.rule_version });
                });

            migrationBuilder.CreateTable(
                name: "earning_rules",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    active = table.Column<bool>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_earning_rules", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "idempotency",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    credential_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    idempotency_key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency", x => new { x.tenant_id, x.credential_id, x.idempotency_key });
                });

            migrationBuilder.CreateTable(
                name: "job_due",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    job = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    next_due = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: true),
                    served_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_run = table.Column<long>(type: "INTEGER", nullable: true),
                    cursor = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    failures = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_due", x => new { x.tenant_id, x.job });
                });

            migrationBuilder.CreateTable(
                name: "job_effects",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    job = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    subject_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    period = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_effects", x => new { x.tenant_id, x.job, x.subject_id, x.period });
                });

            migrationBuilder.CreateTable(
                name: "job_runs",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    job = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    took_ms = table.Column<long>(type: "INTEGER", nullable: false),
                    looked = table.Column<int>(type: "INTEGER", nullable: false),
                    changed = table.Column<int>(type: "INTEGER", nullable: false),
                    failed = table.Column<int>(type: "INTEGER", nullable: false),
                    reasons = table.Column<string>(type: "TEXT", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_runs", x => new { x.tenant_id, x.job, x.id });
                });

            migrationBuilder.CreateTable(
                name: "member_attributes",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    type = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_attributes", x => new { x.tenant_id, x.name });
                });

            migrationBuilder.CreateTable(
                name: "members",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    external_id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    phone_sealed = table.Column<byte[]>(type: "BLOB", maxLength: 80, nullable: true),
                    phone_index = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: true),
                    email_sealed = table.Column<byte[]>(type: "BLOB", maxLength: 300, nullable: true),
                    email_index = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: true),
                    birthday = table.Column<string>(type: "TEXT", maxLength: 10, nullable: true),
                    birth_key = table.Column<int>(type: "INTEGER", nullable: true),
                    channel = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    attributes = table.Column<string>(type: "TEXT", nullable: false),
                    joined_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_members", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "order_earnings",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    lot_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: false),
                    settle_days = table.Column<int>(type: "INTEGER", nullable: true),
                    net = table.Column<long>(type: "INTEGER", nullable: false),
                    lines = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_earnings", x => new { x.tenant_id, x.order_id, x.lot_id });
                });

            migrationBuilder.CreateTable(
                name: "outbox",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    type = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    subject_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    data = table.Column<string>(type: "TEXT", nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    relayed = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "points_accounts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    available = table.Column<long>(type: "INTEGER", nullable: false),
                    pending = table.Column<long>(type: "INTEGER", nullable: false),
                    held = table.Column<long>(type: "INTEGER", nullable: false),
                    debt = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    active_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_accounts", x => new { x.tenant_id, x.member_id, x.currency });
                });

            migrationBuilder.CreateTable(
                name: "points_currencies",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_currencies", x => new { x.tenant_id, x.code });
                });

            migrationBuilder.CreateTable(
                name: "points_entries",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    delta_available = table.Column<long>(type: "INTEGER", nullable: false),
                    delta_pending = table.Column<long>(type: "INTEGER", nullable: false),
                    delta_held = table.Column<long>(type: "INTEGER", nullable: false),
                    delta_debt = table.Column<long>(type: "INTEGER", nullable: false),
                    available_after = table.Column<long>(type: "INTEGER", nullable: false),
                    pending_after = table.Column<long>(type: "INTEGER", nullable: false),
                    held_after = table.Column<long>(type: "INTEGER", nullable: false),
                    debt_after = table.Column<long>(type: "INTEGER", nullable: false),
                    reference_type = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    reference_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: true),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    recorded_at = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_entries", x => new { x.tenant_id, x.member_id, x.currency, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "points_lots",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    remaining = table.Column<long>(type: "INTEGER", nullable: false),
                    reversed = table.Column<long>(type: "INTEGER", nullable: false),
                    source_type = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    source_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    earned_at = table.Column<long>(type: "INTEGER", nullable: false),
                    settles_at = table.Column<long>(type: "INTEGER", nullable: true),
                    available_at = table.Column<long>(type: "INTEGER", nullable: true),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    expiry = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_lots", x => new { x.tenant_id, x.member_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "points_moves",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    lot_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_moves", x => new { x.tenant_id, x.member_id, x.currency, x.seq, x.lot_id });
                });

            migrationBuilder.CreateTable(
                name: "reported_events",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    event_id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    earned = table.Column<string>(type: "TEXT", nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reported_events", x => new { x.tenant_id, x.event_id });
                });

            migrationBuilder.CreateTable(
                name: "tenants",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    slug = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    time_zone = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    rounding = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    locale = table.Column<string>(type: "TEXT", maxLength: 10, nullable: false),
                    mode = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    settings = table.Column<string>(type: "TEXT", nullable: false),
                    config_version = table.Column<long>(type: "INTEGER", nullable: false),
                    test_clock = table.Column<long>(type: "INTEGER", nullable: true),
                    clock_target = table.Column<long>(type: "INTEGER", nullable: true),
                    clock_lease = table.Column<long>(type: "INTEGER", nullable: true),
                    data_key = table.Column<byte[]>(type: "BLOB", maxLength: 100, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    suspended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    resumed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tenants", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tier_history",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    from_tier_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    to_tier_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    valid_until = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tier_history", x => new { x.tenant_id, x.member_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "tier_standings",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    tier_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    valid_until = table.Column<long>(type: "INTEGER", nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tier_standings", x => new { x.tenant_id, x.member_id });
                });

            migrationBuilder.CreateTable(
                name: "tiers",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    rank = table.Column<int>(type: "INTEGER", nullable: false),
                    growth_threshold = table.Column<long>(type: "INTEGER", nullable: false),
                    valid_months = table.Column<int>(type: "INTEGER", nullable: false),
                    points_multiplier_bp = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tiers", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "member_identities",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    channel = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    bound_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_identities", x => new { x.tenant_id, x.channel, x.subject });
                    table.ForeignKey(
                        name: "fk_member_identities_members",
                        columns: x => new { x.tenant_id, x.member_id },
                        principalTable: "members",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "member_tags",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    tag = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_tags", x => new { x.tenant_id, x.member_id, x.tag });
                    table.ForeignKey(
                        name: "fk_member_tags_members",
                        columns: x => new { x.tenant_id, x.member_id },
                        principalTable: "members",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "orders",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_no = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    paid_at = table.Column<long>(type: "INTEGER", nullable: true),
                    completed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    cancelled_at = table.Column<long>(type: "INTEGER", nullable: true),
                    currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    shipping = table.Column<long>(type: "INTEGER", nullable: false),
                    channel = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    store = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    content = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_orders", x => new { x.tenant_id, x.id });
                    table.ForeignKey(
                        name: "fk_orders_members",
                        columns: x => new { x.tenant_id, x.member_id },
                        principalTable: "members",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "credentials",
                columns: table => new
                {
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    hint = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    scopes = table.Column<string>(type: "TEXT", maxLength: 400, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    last_used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_credentials", x => x.id);
                    table.ForeignKey(
                        name: "fk_credentials_tenants",
                        column: x => x.tenant_id,
                        principalTable: "tenants",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "order_lines",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    line_no = table.Column<int>(type: "INTEGER", nullable: false),
                    line_id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    sku = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    category = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    quantity = table.Column<long>(type: "INTEGER", nullable: false),
                    net = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_lines", x => new { x.tenant_id, x.order_id, x.line_no });
                    table.ForeignKey(
                        name: "fk_order_lines_orders",
                        columns: x => new { x.tenant_id, x.order_id },
                        principalTable: "orders",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_credentials_tenant",
                table: "credentials",
                columns: new[] { "tenant_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_credentials_hash",
                table: "credentials",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_created_at",
                table: "idempotency",
                columns: new[] { "tenant_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_job_due_next",
                table: "job_due",
                columns: new[] { "job", "next_due", "served_at" });

            migrationBuilder.CreateIndex(
                name: "ix_member_identities_member_id",
                table: "member_identities",
                columns: new[] { "tenant_id", "member_id" });

            migrationBuilder.CreateIndex(
                name: "ix_member_tags_tag_member_id",
                table: "member_tags",
                columns: new[] { "tenant_id", "tag", "member_id" });

            migrationBuilder.CreateIndex(
                name: "ix_members_birth_key",
                table: "members",
                columns: new[] { "tenant_id", "birth_key" });

            migrationBuilder.CreateIndex(
                name: "ix_members_email_index",
                table: "members",
                columns: new[] { "tenant_id", "email_index" });

            migrationBuilder.CreateIndex(
                name: "ix_members_phone_index",
                table: "members",
                columns: new[] { "tenant_id", "phone_index" });

            migrationBuilder.CreateIndex(
                name: "ux_members_external_id",
                table: "members",
                columns: new[] { "tenant_id", "external_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_orders_member",
                table: "orders",
                columns: new[] { "tenant_id", "member_id", "occurred_at" });

            migrationBuilder.CreateIndex(
                name: "ux_orders_order_no",
                table: "orders",
                columns: new[] { "tenant_id", "order_no" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_points_lots_due",
                table: "points_lots",
                columns: new[] { "tenant_id", "state", "due_at" },
                filter: "state <> 'closed'");

            migrationBuilder.CreateIndex(
                name: "ix_points_lots_open",
                table: "points_lots",
                columns: new[] { "tenant_id", "member_id", "currency", "due_at" },
                filter: "state <> 'closed'");

            migrationBuilder.CreateIndex(
                name: "ux_tenants_slug",
                table: "tenants",
                column: "slug",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_tier_standings_due",
                table: "tier_standings",
                columns: new[] { "tenant_id", "due_at" });

            migrationBuilder.CreateIndex(
                name: "ix_tier_standings_tier",
                table: "tier_standings",
                columns: new[] { "tenant_id", "tier_id" });

            migrationBuilder.CreateIndex(
                name: "ux_tiers_rank",
                table: "tiers",
                columns: new[] { "tenant_id", "rank" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "credentials");

            migrationBuilder.DropTable(
                name: "earning_caps");

            migrationBuilder.DropTable(
                name: "earning_rule_versions");

            migrationBuilder.DropTable(
                name: "earning_rules");

            migrationBuilder.DropTable(
                name: "idempotency");

            migrationBuilder.DropTable(
                name: "job_due");

            migrationBuilder.DropTable(
                name: "job_effects");

            migrationBuilder.DropTable(
                name: "job_runs");

            migrationBuilder.DropTable(
                name: "member_attributes");

            migrationBuilder.DropTable(
                name: "member_identities");

            migrationBuilder.DropTable(
                name: "member_tags");

            migrationBuilder.DropTable(
                name: "order_earnings");

            migrationBuilder.DropTable(
                name: "order_lines");

            migrationBuilder.DropTable(
                name: "outbox");

            migrationBuilder.DropTable(
                name: "points_accounts");

            migrationBuilder.DropTable(
                name: "points_currencies");

            migrationBuilder.DropTable(
                name: "points_entries");

            migrationBuilder.DropTable(
                name: "points_lots");

            migrationBuilder.DropTable(
                name: "points_moves");

            migrationBuilder.DropTable(
                name: "reported_events");

            migrationBuilder.DropTable(
                name: "tier_history");

            migrationBuilder.DropTable(
                name: "tier_standings");

            migrationBuilder.DropTable(
                name: "tiers");

            migrationBuilder.DropTable(
                name: "tenants");

            migrationBuilder.DropTable(
                name: "orders");

            migrationBuilder.DropTable(
                name: "members");
        }
    }
}
