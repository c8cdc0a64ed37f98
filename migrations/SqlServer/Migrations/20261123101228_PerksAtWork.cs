using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class PerksAtWork : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "plans_saved",
                table: "orders",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "activation_batches",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    plan_version = table.Column<int>(type: "int", nullable: false),
                    terms = table.Column<int>(type: "int", nullable: false),
                    count = table.Column<int>(type: "int", nullable: false),
                    created_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    refunded_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_activation_batches", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "activation_codes",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    code_hash = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    batch_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    no = table.Column<long>(type: "bigint", nullable: false),
                    redeemed_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    membership_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    request_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    voided_at = table.Column<DateTime>(type: "datetime2(6)", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_activation_codes", x => new { x.tenant_id, x.code_hash });
                });

            migrationBuilder.CreateIndex(
                name: "ux_activation_codes_batch",
                table: "activation_codes",
                columns: new[] { "tenant_id", "batch_id", "no" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "activation_batches");

            migrationBuilder.DropTable(
                name: "activation_codes");

            migrationBuilder.DropColumn(
                name: "plans_saved",
                table: "orders");
        }
    }
}
