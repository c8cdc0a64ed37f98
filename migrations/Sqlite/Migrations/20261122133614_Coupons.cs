using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Coupons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "claim_reviews",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    way = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    reasons = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", maxLength: 40, nullable: true),
                    note = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    coupon_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_claim_reviews", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "coupon_batch_refusals",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    batch_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_batch_refusals", x => new { x.tenant_id, x.batch_id, x.member_id });
                });

            migrationBuilder.CreateTable(
                name: "coupon_batches",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    audience = table.Column<string>(type: "TEXT", nullable: true),
                    members = table.Column<byte[]>(type: "BLOB", nullable: true),
                    quantity_each = table.Column<int>(type: "INTEGER", nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    requester_kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    requester_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    approval_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    looked = table.Column<long>(type: "INTEGER", nullable: false),
                    issued = table.Column<long>(type: "INTEGER", nullable: false),
                    refused = table.Column<long>(type: "INTEGER", nullable: false),
                    refusals = table.Column<string>(type: "TEXT", nullable: false),
                    undone = table.Column<long>(type: "INTEGER", nullable: false),
                    cursor = table.Column<byte[]>(type: "BLOB", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_batches", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "coupon_codes",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    batch_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    no = table.Column<long>(type: "INTEGER", nullable: false),
                    redeemed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    coupon_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    voided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_codes", x => new { x.tenant_id, x.code_hash });
                });

            migrationBuilder.CreateTable(
                name: "coupon_counts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    week = table.Column<int>(type: "INTEGER", nullable: false),
                    month = table.Column<int>(type: "INTEGER", nullable: false),
                    in_day = table.Column<long>(type: "INTEGER", nullable: false),
                    in_week = table.Column<long>(type: "INTEGER", nullable: false),
                    in_month = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_counts", x => new { x.tenant_id, x.member_id, x.template_id });
                });

            migrationBuilder.CreateTable(
                name: "coupon_hour_counts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    subject = table.Column<byte[]>(type: "BLOB", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: false),
                    count = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_hour_counts", x => new { x.tenant_id, x.subject });
                });

            migrationBuilder.CreateTable(
                name: "coupon_stock",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    bucket = table.Column<int>(type: "INTEGER", nullable: false),
                    share = table.Column<long>(type: "INTEGER", nullable: false),
                    used = table.Column<long>(type: "INTEGER", nullable: false),
                    redeemed = table.Column<long>(type: "INTEGER", nullable: false),
                    expired = table.Column<long>(type: "INTEGER", nullable: false),
                    voided = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_stock", x => new { x.tenant_id, x.template_id, x.bucket });
                });

            migrationBuilder.CreateTable(
                name: "coupon_template_versions",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_version = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_template_versions", x => new { x.tenant_id, x.template_id, x.template_version });
                });

            migrationBuilder.CreateTable(
                name: "coupon_templates",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_version = table.Column<int>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 30, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupon_templates", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "coupons",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_version = table.Column<int>(type: "INTEGER", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    brought_from = table.Column<byte[]>(type: "BLOB", nullable: true),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    way = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    issued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    valid_from = table.Column<long>(type: "INTEGER", nullable: false),
                    valid_until = table.Column<long>(type: "INTEGER", nullable: false),
                    batch_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    locked_by = table.Column<byte[]>(type: "BLOB", nullable: true),
                    locked_until = table.Column<long>(type: "INTEGER", nullable: true),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    redeemed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    amount = table.Column<long>(type: "INTEGER", nullable: true),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_coupons", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "member_attribute_values",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    value = table.Column<string>(type: "TEXT", maxLength: 500, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_attribute_values", x => new { x.tenant_id, x.member_id, x.name });
                    table.ForeignKey(
                        name: "fk_member_attribute_values_members",
                        columns: x => new { x.tenant_id, x.member_id },
                        principalTable: "members",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "perks",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_perks", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "plan_versions",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    plan_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plan_versions", x => new { x.tenant_id, x.plan_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "plans",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    plan_version = table.Column<int>(type: "INTEGER", nullable: false),
                    family = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plans", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "segments",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    filter = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_segments", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "order_coupons",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    coupon_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_version = table.Column<int>(type: "INTEGER", nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    lines = table.Column<string>(type: "TEXT", nullable: false),
                    let_go = table.Column<bool>(type: "INTEGER", nullable: false),
                    reclaimed = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_coupons", x => new { x.tenant_id, x.order_id, x.coupon_id });
                    table.ForeignKey(
                        name: "fk_order_coupons_coupons",
                        columns: x => new { x.tenant_id, x.coupon_id },
                        principalTable: "coupons",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "order_rewards",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    coupon_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    template_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: false),
                    earned_at = table.Column<long>(type: "INTEGER", nullable: false),
                    let_go = table.Column<bool>(type: "INTEGER", nullable: false),
                    revoked = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_rewards", x => new { x.tenant_id, x.order_id, x.coupon_id });
                    table.ForeignKey(
                        name: "fk_order_rewards_coupons",
                        columns: x => new { x.tenant_id, x.coupon_id },
                        principalTable: "coupons",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_claim_reviews_member",
                table: "claim_reviews",
                columns: new[] { "tenant_id", "member_id", "template_id" });

            migrationBuilder.CreateIndex(
                name: "ix_claim_reviews_state",
                table: "claim_reviews",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_coupon_batches_approval",
                table: "coupon_batches",
                columns: new[] { "tenant_id", "approval_id" },
                filter: "approval_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_coupon_batches_state",
                table: "coupon_batches",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_coupon_codes_batch",
                table: "coupon_codes",
                columns: new[] { "tenant_id", "batch_id", "no" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_coupon_hour_counts_since",
                table: "coupon_hour_counts",
                columns: new[] { "tenant_id", "since" });

            migrationBuilder.CreateIndex(
                name: "ix_coupon_templates_state",
                table: "coupon_templates",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_coupon_templates_code",
                table: "coupon_templates",
                columns: new[] { "tenant_id", "code" },
                unique: true,
                filter: "code IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_coupons_batch",
                table: "coupons",
                columns: new[] { "tenant_id", "batch_id", "id" },
                filter: "batch_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_coupons_due",
                table: "coupons",
                columns: new[] { "tenant_id", "due_at" },
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_coupons_member",
                table: "coupons",
                columns: new[] { "tenant_id", "member_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_coupons_order",
                table: "coupons",
                columns: new[] { "tenant_id", "order_id" },
                filter: "order_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_coupons_code",
                table: "coupons",
                columns: new[] { "tenant_id", "code" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_member_attribute_values_value",
                table: "member_attribute_values",
                columns: new[] { "tenant_id", "name", "value", "member_id" });

            migrationBuilder.CreateIndex(
                name: "ix_order_coupons_coupon_id",
                table: "order_coupons",
                columns: new[] { "tenant_id", "coupon_id" });

            migrationBuilder.CreateIndex(
                name: "ix_order_rewards_coupon_id",
                table: "order_rewards",
                columns: new[] { "tenant_id", "coupon_id" });

            migrationBuilder.CreateIndex(
                name: "ux_segments_name",
                table: "segments",
                columns: new[] { "tenant_id", "name" },
                unique: true);
            // By hand: what members have is found by rows of their own from now on.
            migrationBuilder.Sql("""
                INSERT INTO member_attribute_values (tenant_id, member_id, name, value)
                SELECT v.tenant_id, v.id, v.key,
                  CASE WHEN v.digits IS NULL THEN v.plain
                       WHEN v.below THEN '0' || replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(v.digits, '0', 'a'), '1', 'b'), '2', 'c'), '3', 'd'), '4', 'e'), '5', 'f'), '6', 'g'), '7', 'h'), '8', 'i'), '9', 'j'), 'a', '9'), 'b', '8'), 'c', '7'), 'd', '6'), 'e', '5'), 'f', '4'), 'g', '3'), 'h', '2'), 'i', '1'), 'j', '0')
                       ELSE '1' || v.digits END
                FROM (
                  SELECT n.tenant_id, n.id, n.key, n.plain, n.below,
                    CASE WHEN n.number IS NOT NULL THEN
                      substr('00000000000000000000000000000' || substr(n.number, 1, instr(n.number, '.') - 1), -29)
                      || substr(substr(n.number, instr(n.number, '.') + 1) || '0000000000000000000000000000', 1, 28) END AS digits
                  FROM (
                    SELECT t.tenant_id, t.id, t.key, t.plain, substr(t.raw, 1, 1) = '-' AND t.value <> 0 AS below,
                      CASE WHEN t.raw IS NULL THEN NULL
                           WHEN lower(t.raw) LIKE '%e%' THEN printf('%.15f', abs(t.value))
                           WHEN instr(t.raw, '.') > 0 THEN ltrim(t.raw, '-')
                           ELSE ltrim(t.raw, '-') || '.' END AS number
                    FROM (
                      SELECT m.tenant_id, m.id, a.key, a.value,
                        CASE a.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE a.value END AS plain,
                        CASE WHEN a.type IN ('integer', 'real') THEN m.attributes -> a.fullkey END AS raw
                      FROM members m, json_each(m.attributes) a
                    ) t
                  ) n
                ) v;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "claim_reviews");

            migrationBuilder.DropTable(
                name: "coupon_batch_refusals");

            migrationBuilder.DropTable(
                name: "coupon_batches");

            migrationBuilder.DropTable(
                name: "coupon_codes");

            migrationBuilder.DropTable(
                name: "coupon_counts");

            migrationBuilder.DropTable(
                name: "coupon_hour_counts");

            migrationBuilder.DropTable(
                name: "coupon_stock");

            migrationBuilder.DropTable(
                name: "coupon_template_versions");

            migrationBuilder.DropTable(
                name: "coupon_templates");

            migrationBuilder.DropTable(
                name: "member_attribute_values");

            migrationBuilder.DropTable(
                name: "order_coupons");

            migrationBuilder.DropTable(
                name: "order_rewards");

            migrationBuilder.DropTable(
                name: "perks");

            migrationBuilder.DropTable(
                name: "plan_versions");

            migrationBuilder.DropTable(
                name: "plans");

            migrationBuilder.DropTable(
                name: "segments");

            migrationBuilder.DropTable(
                name: "coupons");
        }
    }
}
