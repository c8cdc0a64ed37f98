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
            migrationBuilder.AddColumn<bool>(
                name: "refundable",
                table: "points_lots",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

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
                    resolved_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_points_holds", x => new { x.tenant_id, x.id });
                });

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "points_holds");

            migrationBuilder.DropColumn(
                name: "refundable",
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
        }
    }
}
