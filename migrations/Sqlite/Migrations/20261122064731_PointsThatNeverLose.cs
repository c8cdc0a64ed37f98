using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class PointsThatNeverLose : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "reason",
                table: "tier_history",
                type: "TEXT",
                maxLength: 24,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "welcomed",
                table: "tier_history",
                type: "TEXT",
                maxLength: 800,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "opened_seq",
                table: "points_lots",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "refundable",
                table: "points_lots",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "scheduled_at",
                table: "points_lots",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "adjusted",
                table: "points_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "expired",
                table: "points_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "issued",
                table: "points_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "redeemed",
                table: "points_accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "refunded",
                table: "orders",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "shipping_refunded",
                table: "orders",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "points",
                table: "order_lines",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "refunded_quantity",
                table: "order_lines",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "net_before",
                table: "order_earnings",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "pieces_before",
                table: "order_earnings",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "reversed",
                table: "order_earnings",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<byte[]>(
                name: "merged_into",
                table: "members",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "at",
                table: "job_effects",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "earning_budgets",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    bucket = table.Column<int>(type: "INTEGER", nullable: false),
                    share = table.Column<long>(type: "INTEGER", nullable: false),
                    used = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_earning_budgets", x => new { x.tenant_id, x.rule_id, x.bucket });
                });

            migrationBuilder.CreateTable(
                name: "member_merges",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    from_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    into_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    merged_at = table.Column<long>(type: "INTEGER", nullable: false),
                    unmerged_at = table.Column<long>(type: "INTEGER", nullable: true),
                    brought = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_merges", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "order_points",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    restored = table.Column<long>(type: "INTEGER", nullable: false),
                    worth = table.Column<long>(type: "INTEGER", nullable: true),
                    taken = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_points", x => new { x.tenant_id, x.order_id });
                });

            migrationBuilder.CreateTable(
                name: "order_refunds",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    order_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    refund_no = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false),
                    answer = table.Column<string>(type: "TEXT", nullable: false),
                    refunded_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_order_refunds", x => new { x.tenant_id, x.order_id, x.refund_no });
                });

            migrationBuilder.CreateTable(
                name: "points_holds",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    captured = table.Column<long>(type: "INTEGER", nullable: false),
                    taken = table.Column<string>(type: "TEXT", nullable: false),
                    reference_type = table.Column<string>(type: "TEXT", maxLength: 40, nullable: false),
                    reference_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    resolved_at = table.Column<long>(type: "INTEGER", nullable: true),
                    resolved_seq = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_holds", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "simulations",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    rule_version = table.Column<int>(type: "INTEGER", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    from_at = table.Column<long>(type: "INTEGER", nullable: false),
                    until_at = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    sums = table.Column<string>(type: "TEXT", nullable: false),
                    slot = table.Column<int>(type: "INTEGER", nullable: true),
                    reason = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_simulations", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "tier_welcomes",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    tier_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tier_welcomes", x => new { x.tenant_id, x.member_id, x.tier_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_members_merged_into",
                table: "members",
                columns: new[] { "tenant_id", "merged_into" },
                filter: "merged_into IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_member_merges_from",
                table: "member_merges",
                columns: new[] { "tenant_id", "from_id" });

            migrationBuilder.CreateIndex(
                name: "ix_member_merges_into",
                table: "member_merges",
                columns: new[] { "tenant_id", "into_id" });

            migrationBuilder.CreateIndex(
                name: "ix_points_holds_due",
                table: "points_holds",
                columns: new[] { "tenant_id", "expires_at" },
                filter: "state = 'held'");

            migrationBuilder.CreateIndex(
                name: "ix_points_holds_open",
                table: "points_holds",
                columns: new[] { "tenant_id", "member_id", "currency" },
                filter: "state = 'held'");

            migrationBuilder.CreateIndex(
                name: "ux_points_holds_account",
                table: "points_holds",
                columns: new[] { "tenant_id", "member_id", "currency", "seq" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_simulations_slot",
                table: "simulations",
                columns: new[] { "tenant_id", "slot" },
                unique: true,
                filter: "slot IS NOT NULL");

            // What stands already: the books of each account out of its entries, and what orders earned.
            migrationBuilder.Sql(
                "UPDATE points_accounts SET issued = COALESCE((SELECT SUM(e.delta_available + e.delta_pending + e.delta_held - e.delta_debt) FROM points_entries e WHERE e.tenant_id = points_accounts.tenant_id AND e.member_id = points_accounts.member_id AND e.currency = points_accounts.currency AND e.kind IN ('earn', 'clawback')), 0) * 1, redeemed = COALESCE((SELECT SUM(e.delta_available + e.delta_pending + e.delta_held - e.delta_debt) FROM points_entries e WHERE e.tenant_id = points_accounts.tenant_id AND e.member_id = points_accounts.member_id AND e.currency = points_accounts.currency AND e.kind IN ('spend', 'capture', 'restore')), 0) * -1, expired = COALESCE((SELECT SUM(e.delta_available + e.delta_pending + e.delta_held - e.delta_debt) FROM points_entries e WHERE e.tenant_id = points_accounts.tenant_id AND e.member_id = points_accounts.member_id AND e.currency = points_accounts.currency AND e.kind IN ('expire')), 0) * -1, adjusted = COALESCE((SELECT SUM(e.delta_available + e.delta_pending + e.delta_held - e.delta_debt) FROM points_entries e WHERE e.tenant_id = points_accounts.tenant_id AND e.member_id = points_accounts.member_id AND e.currency = points_accounts.currency AND e.kind IN ('adjust', 'write_off')), 0) * 1;"
            );
            migrationBuilder.Sql(
                "UPDATE order_earnings SET reversed = amount WHERE EXISTS (SELECT 1 FROM orders o WHERE o.tenant_id = order_earnings.tenant_id AND o.id = order_earnings.order_id AND o.state = 'cancelled');"
            );
            migrationBuilder.Sql(
                "UPDATE points_lots SET refundable = 1 WHERE id IN (SELECT lot_id FROM order_earnings);"
            );
            migrationBuilder.Sql(
                "UPDATE points_lots SET opened_seq = COALESCE((SELECT MIN(e.seq) FROM points_entries e WHERE e.tenant_id = points_lots.tenant_id AND e.member_id = points_lots.member_id AND e.currency = points_lots.currency AND e.kind = 'settle' AND e.reference_type = points_lots.source_type AND e.reference_id = points_lots.source_id AND e.occurred_at = points_lots.available_at), seq) WHERE available_at IS NOT NULL;"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "earning_budgets");

            migrationBuilder.DropTable(
                name: "member_merges");

            migrationBuilder.DropTable(
                name: "order_points");

            migrationBuilder.DropTable(
                name: "order_refunds");

            migrationBuilder.DropTable(
                name: "points_holds");

            migrationBuilder.DropTable(
                name: "simulations");

            migrationBuilder.DropTable(
                name: "tier_welcomes");

            migrationBuilder.DropIndex(
                name: "ix_members_merged_into",
                table: "members");

            migrationBuilder.DropColumn(
                name: "reason",
                table: "tier_history");

            migrationBuilder.DropColumn(
                name: "welcomed",
                table: "tier_history");

            migrationBuilder.DropColumn(
                name: "opened_seq",
                table: "points_lots");

            migrationBuilder.DropColumn(
                name: "refundable",
                table: "points_lots");

            migrationBuilder.DropColumn(
                name: "scheduled_at",
                table: "points_lots");

            migrationBuilder.DropColumn(
                name: "adjusted",
                table: "points_accounts");

            migrationBuilder.DropColumn(
                name: "expired",
                table: "points_accounts");

            migrationBuilder.DropColumn(
                name: "issued",
                table: "points_accounts");

            migrationBuilder.DropColumn(
                name: "redeemed",
                table: "points_accounts");

            migrationBuilder.DropColumn(
                name: "refunded",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "shipping_refunded",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "points",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "refunded_quantity",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "net_before",
                table: "order_earnings");

            migrationBuilder.DropColumn(
                name: "pieces_before",
                table: "order_earnings");

            migrationBuilder.DropColumn(
                name: "reversed",
                table: "order_earnings");

            migrationBuilder.DropColumn(
                name: "merged_into",
                table: "members");

            migrationBuilder.DropColumn(
                name: "at",
                table: "job_effects");
        }
    }
}
