using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Postgres.Migrations
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

            migrationBuilder.AddColumn<string>(
                name: "country",
                table: "tenants",
                type: "character varying(2)",
                maxLength: 2,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "rate_quota",
                table: "tenants",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "erased_at",
                table: "members",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "member_id",
                table: "idempotency",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "expires_at",
                table: "credentials",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "kind",
                table: "credentials",
                type: "character varying(24)",
                maxLength: 24,
                nullable: false,
                defaultValue: "key",
                collation: "C");

            migrationBuilder.AddColumn<Guid>(
                name: "root_id",
                table: "credentials",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "subject_id",
                table: "credentials",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "approvals",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    operation = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    request = table.Column<string>(type: "text", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: true),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    requester_kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    requester_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    state = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false, collation: "C"),
                    requested_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    decided_by = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    note = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_approvals", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_kind = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    operation = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    subject = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: true),
                    member_id = table.Column<Guid>(type: "uuid", nullable: true),
                    details = table.Column<byte[]>(type: "bytea", nullable: false),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    occurred_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => new { x.tenant_id, x.seq });
                });

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_heads", x => x.tenant_id);
                });

            migrationBuilder.CreateTable(
                name: "member_consents",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    purpose = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    text_version = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    granted = table.Column<bool>(type: "boolean", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    channel = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: true),
                    proof_sealed = table.Column<byte[]>(type: "bytea", nullable: true),
                    recorded_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_consents", x => new { x.tenant_id, x.member_id, x.id });
                    table.ForeignKey(
                        name: "fk_member_consents_members",
                        columns: x => new { x.tenant_id, x.member_id },
                        principalTable: "members",
                        principalColumns: new[] { "tenant_id", "id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "member_keys",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    member_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wrapped = table.Column<byte[]>(type: "bytea", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_member_keys", x => new { x.tenant_id, x.member_id });
                });

            migrationBuilder.CreateTable(
                name: "staff",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    email_sealed = table.Column<byte[]>(type: "bytea", maxLength: 300, nullable: false),
                    email_index = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    role = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    state = table.Column<string>(type: "character varying(24)", maxLength: 24, nullable: false),
                    password_hash = table.Column<byte[]>(type: "bytea", maxLength: 200, nullable: true),
                    invited_by = table.Column<Guid>(type: "uuid", nullable: true),
                    invited_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    last_signed_in_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff", x => new { x.tenant_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "staff_allowance_uses",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff_allowance_uses", x => new { x.tenant_id, x.actor_id, x.id });
                });

            migrationBuilder.CreateTable(
                name: "staff_allowances",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    actor_id = table.Column<Guid>(type: "uuid", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff_allowances", x => new { x.tenant_id, x.actor_id });
                });

            migrationBuilder.CreateTable(
                name: "staff_sign_in_tries",
                columns: table => new
                {
                    tenant_id = table.Column<Guid>(type: "uuid", nullable: false),
                    subject = table.Column<byte[]>(type: "bytea", maxLength: 32, nullable: false),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    next_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_staff_sign_in_tries", x => new { x.tenant_id, x.subject });
                });

            migrationBuilder.CreateIndex(
                name: "ix_reported_events_member_id",
                table: "reported_events",
                columns: new[] { "tenant_id", "member_id" });

            migrationBuilder.CreateIndex(
                name: "ix_credentials_expires_at",
                table: "credentials",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_credentials_subject",
                table: "credentials",
                columns: new[] { "tenant_id", "kind", "subject_id" });

            migrationBuilder.CreateIndex(
                name: "ix_approvals_state_id",
                table: "approvals",
                columns: new[] { "tenant_id", "state", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_actor_id_seq",
                table: "audit_entries",
                columns: new[] { "tenant_id", "actor_id", "seq" });

            migrationBuilder.CreateIndex(
                name: "ux_staff_email",
                table: "staff",
                columns: new[] { "tenant_id", "email_index" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_staff_allowance_uses_actor_id_at",
                table: "staff_allowance_uses",
                columns: new[] { "tenant_id", "actor_id", "at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "approvals");

            migrationBuilder.DropTable(
                name: "audit_entries");

            migrationBuilder.DropTable(
                name: "audit_heads");

            migrationBuilder.DropTable(
                name: "member_consents");

            migrationBuilder.DropTable(
                name: "member_keys");

            migrationBuilder.DropTable(
                name: "staff");

            migrationBuilder.DropTable(
                name: "staff_allowance_uses");

            migrationBuilder.DropTable(
                name: "staff_allowances");

            migrationBuilder.DropTable(
                name: "staff_sign_in_tries");

            migrationBuilder.DropIndex(
                name: "ix_reported_events_member_id",
                table: "reported_events");

            migrationBuilder.DropIndex(
                name: "ix_credentials_expires_at",
                table: "credentials");

            migrationBuilder.DropIndex(
                name: "ix_credentials_subject",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "country",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "rate_quota",
                table: "tenants");

            migrationBuilder.DropColumn(
                name: "erased_at",
                table: "members");

            migrationBuilder.DropColumn(
                name: "member_id",
                table: "idempotency");

            migrationBuilder.DropColumn(
                name: "expires_at",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "kind",
                table: "credentials");

            migrationBuilder.DropColumn(
                name: "root_id",
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
