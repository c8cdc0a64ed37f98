using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Sqlite.Migrations
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "brought_from",
                table: "payment_methods",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "brought_from",
                table: "memberships",
                type: "BLOB",
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
