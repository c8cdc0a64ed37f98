using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
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

            migrationBuilder.AddColumn<long>(
                name: "expires_at",
                table: "credentials",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "credentials",
                type: "TEXT",
                maxLength: 24,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<byte[]>(
                name: "subject_id",
                table: "credentials",
                type: "BLOB",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    actor_kind = table.Column<string>(type: "TEXT", maxLength: 24, nullable: false),
                    actor_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    operation = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    subject = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    member_id = table.Column<byte[]>(type: "BLOB", nullable: true),
                    details = table.Column<byte[]>(type: "BLOB", nullable: false),
                    written_at = table.Column<long>(type: "INTEGER", nullable: false),
                    occurred_at = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => new { x.tenant_id, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    tenant_id = table.Column<byte[]>(type: "BLOB", nullable: false),
                    seq = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", maxLength: 32, nullable: false)
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
