using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class PriceLists : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "price_list_versions",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    list_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    number = table.Column<int>(type: "int", nullable: false),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    entries = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_list_versions", x => new { x.tenant_id, x.list_id, x.number });
                });

            migrationBuilder.CreateTable(
                name: "price_lists",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    list_version = table.Column<int>(type: "int", nullable: false),
                    entries_version = table.Column<int>(type: "int", nullable: false),
                    entries = table.Column<int>(type: "int", nullable: false),
                    state = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false, collation: "Latin1_General_100_BIN2"),
                    body = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    changed_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    ended_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_lists", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "products",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    sku = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    name = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: false),
                    category = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true, collation: "Latin1_General_100_BIN2"),
                    brand = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    tags = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    list_price = table.Column<long>(type: "bigint", nullable: true),
                    cost = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_products", x => new { x.tenant_id, x.sku });
                });

            migrationBuilder.CreateTable(
                name: "price_entries",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    list_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    sku = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false, collation: "Latin1_General_100_BIN2"),
                    min_quantity = table.Column<int>(type: "int", nullable: false),
                    from_version = table.Column<int>(type: "int", nullable: false),
                    until_version = table.Column<int>(type: "int", nullable: true),
                    kind = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    limit_quantity = table.Column<int>(type: "int", nullable: true),
                    limit_per = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_price_entries", x => new { x.tenant_id, x.list_id, x.sku, x.min_quantity, x.from_version });
                    table.ForeignKey(
                        name: "fk_price_entries_price_lists",
                        columns: x => new { x.tenant_id, x.list_id },
                        principalTable: "price_lists",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_price_entries_until",
                table: "price_entries",
                columns: new[] { "tenant_id", "list_id", "until_version" });

            migrationBuilder.CreateIndex(
                name: "ux_price_entries_current",
                table: "price_entries",
                columns: new[] { "tenant_id", "list_id", "sku", "min_quantity" },
                unique: true,
                filter: "until_version IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_price_lists_state",
                table: "price_lists",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_products_category",
                table: "products",
                columns: new[] { "tenant_id", "category", "sku" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "price_entries");

            migrationBuilder.DropTable(
                name: "price_list_versions");

            migrationBuilder.DropTable(
                name: "products");

            migrationBuilder.DropTable(
                name: "price_lists");
        }
    }
}
