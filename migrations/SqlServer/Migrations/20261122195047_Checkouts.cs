using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
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
                type: "nvarchar(24)",
                maxLength: 24,
                nullable: false,
                defaultValue: "earning_rule");

            migrationBuilder.AddColumn<int>(
                name: "sample_percent",
                table: "simulations",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "checkout_id",
                table: "orders",
                type: "binary(16)",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "limited",
                table: "order_lines",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<DateTime>(
                name: "limited_at",
                table: "order_lines",
                type: "datetime2(6)",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "price_list_id",
                table: "order_lines",
                type: "binary(16)",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "price_list_version",
                table: "order_lines",
                type: "int",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "worth",
                table: "order_coupons",
                type: "nvarchar(max)",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "checkouts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    expires_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    ended_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    order_no = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    asked = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    cart = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    quote = table.Column<string>(type: "nvarchar(max)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_checkouts", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "purchase_counts",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    list_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    sku = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    day = table.Column<int>(type: "int", nullable: false),
                    week = table.Column<int>(type: "int", nullable: false),
                    month = table.Column<int>(type: "int", nullable: false),
                    in_day = table.Column<long>(type: "bigint", nullable: false),
                    in_week = table.Column<long>(type: "bigint", nullable: false),
                    in_month = table.Column<long>(type: "bigint", nullable: false),
                    held = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
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
