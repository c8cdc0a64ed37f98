using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.SqlServer.Migrations
{
    /// <inheritdoc />
    public partial class ReviewsHeldOnce : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ux_claim_reviews_held",
                table: "claim_reviews",
                columns: new[] { "tenant_id", "member_id", "template_id" },
                unique: true,
                filter: "state = 'held'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_claim_reviews_held",
                table: "claim_reviews");
        }
    }
}
