using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class TermsPaidAhead : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "terms_ahead",
                table: "plan_holdings",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "brought_from",
                table: "payment_methods",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "brought_from",
                table: "memberships",
                type: "uuid",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "terms_ahead",
                table: "plan_holdings");

            migrationBuilder.DropColumn(
                name: "brought_from",
                table: "payment_methods");

            migrationBuilder.DropColumn(
                name: "brought_from",
                table: "memberships");
        }
    }
}
