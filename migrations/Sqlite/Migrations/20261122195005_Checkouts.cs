using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Checkouts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "rule_version",
                table: "simulations",
                newName: "subject_version");

            migrationBuilder.RenameColumn(
                name: "rule_id",
                table: "simulations",
                newName: "subject_id");

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "simulations",
                type: "TEXT",
                maxLength: 24,
                nullable: false,
                defaultValue: "earning_rule");

            migrationBuilder.AddColumn<int>(
                name: "sample_percent",
                table: "simulations",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "checkout_id",
                table: "orders",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "limited",
                table: "order_lines",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "limited_at",
                table: "order_lines",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "price_list_id",
                table: "order_lines",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "price_list_version",
                table: "order_lines",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "worth",
                table: "order_coupons",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "checkouts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    order_no = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    asked = table.Column<string>(type: "TEXT", nullable: false),
                    cart = table.Column<string>(type: "TEXT", nullable: false),
                    quote = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_checkouts", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "purchase_counts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    list_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sku = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    total = table.Column<long>(type: "INTEGER", nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    week = table.Column<int>(type: "INTEGER", nullable: false),
                    month = table.Column<int>(type: "INTEGER", nullable: false),
                    in_day = table.Column<long>(type: "INTEGER", nullable: false),
                    in_week = table.Column<long>(type: "INTEGER", nullable: false),
                    in_month = table.Column<long>(type: "INTEGER", nullable: false),
                    held = table.Column<string>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_purchase_counts", x => new { x.tenant_id, x.member_id, x.list_id, x.sku });
                });

            migrationBuilder.CreateIndex(
                name: "ix_checkouts_due",
                table: "checkouts",
                columns: new[] { "tenant_id", "expires_at" },
                filter: "state = 'open'");

            migrationBuilder.CreateIndex(
                name: "ix_checkouts_member",
                table: "checkouts",
                columns: new[] { "tenant_id", "member_id", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "checkouts");

            migrationBuilder.DropTable(
                name: "purchase_counts");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "simulations");

            migrationBuilder.DropColumn(
                name: "sample_percent",
                table: "simulations");

            migrationBuilder.DropColumn(
                name: "checkout_id",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "limited",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "limited_at",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "price_list_id",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "price_list_version",
                table: "order_lines");

            migrationBuilder.DropColumn(
                name: "worth",
                table: "order_coupons");

            migrationBuilder.RenameColumn(
                name: "subject_version",
                table: "simulations",
                newName: "rule_version");

            migrationBuilder.RenameColumn(
                name: "subject_id",
                table: "simulations",
                newName: "rule_id");
        }
    }
}
