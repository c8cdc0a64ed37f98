using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class StaffAndMembersData : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_credentials_tenant",
                table: "credentials");

            migrationBuilder.AddColumn<DateTime>(
                name: "expires_at",
                table: "credentials",
                type: "datetime2(6)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "credentials",
                type: "nvarchar(24)",
                maxLength: 24,
                nullable: false,
                defaultValue: "",
                collation: "Latin1_General_100_BIN2");

            migrationBuilder.AddColumn<byte[]>(
                name: "subject_id",
                table: "credentials",
                type: "binary(16)",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    actor_kind = table.Column<string>(type: "nvarchar(24)", maxLength: 24, nullable: false),
                    actor_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    operation = table.Column<string>(type: "nvarchar(60)", maxLength: 60, nullable: false),
                    subject = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    member_id = table.Column<byte[]>(type: "binary(16)", nullable: true),
                    details = table.Column<byte[]>(type: "varbinary(max)", nullable: false),
                    written_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    occurred_at = table.Column<DateTime>(type: "datetime2(6)", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => new { x.tenant_id, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "binary(16)", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "varbinary(32)", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_heads", x => x.tenant_id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_credentials_expires_at",
                table: "credentials",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_credentials_subject",
                table: "credentials",
                columns: new[] { "tenant_id", "kind", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_actor_id_seq",
                table: "audit_entries",
                columns: new[] { "tenant_id", "actor_id", "seq" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_heads");

            migrationBuilder.DropIndex(
                name: "ix_credentials_expires_at",
                table: "credentials");

            migrationBuilder.DropIndex(
                name: "ix_credentials_subject",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "expires_at",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "subject_id",
                table: "credentials");

            migrationBuilder.CreateIndex(
                name: "ix_credentials_tenant",
                table: "credentials",
                columns: new[] { "tenant_id", "id" });
        }
    }
}
