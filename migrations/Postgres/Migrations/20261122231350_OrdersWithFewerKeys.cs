using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemberCloud.Migrations.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class OrdersWithFewerKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_order_coupons_coupons",
                table: "order_coupons");

            migrationBuilder.DropForeignKey(
                name: "fk_order_lines_orders",
                table: "order_lines");

            migrationBuilder.DropIndex(
                name: "ix_order_coupons_coupon_id",
                table: "order_coupons");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_order_coupons_coupon_id",
                table: "order_coupons",
                columns: new[] { "tenant_id", "coupon_id" });

            migrationBuilder.AddForeignKey(
                name: "fk_order_coupons_coupons",
                table: "order_coupons",
                columns: new[] { "tenant_id", "coupon_id" },
                principalTable: "coupons",
                principalColumns: new[] { "tenant_id", "id" },
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_order_lines_orders",
                table: "order_lines",
                columns: new[] { "tenant_id", "order_id" },
                principalTable: "orders",
                principalColumns: new[] { "tenant_id", "id" },
                onDelete: ReferentialAction.Cascade);
        }
    }
}
