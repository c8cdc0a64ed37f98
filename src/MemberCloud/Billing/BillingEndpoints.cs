using MemberCloud.Data;
using MemberCloud.Members;
using MemberCloud.Shared;
using MemberCloud.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Billing;

/// <summary>What members were billed.</summary>
public static class BillingEndpoints
{
    public static IServiceCollection AddBilling(this IServiceCollection services) =>
        services.AddScoped<IPaymentGateway, FakeGateway>().AddScoped<Gateways>().AddScoped<PaymentMethods>();

    public static void MapBilling(this IEndpointRouteBuilder app)
    {
        app.MapBrand("/v1/members/{id}/invoices", "Memberships").MapGet("", ListInvoices);
        app.MapBrand("/v1/members/{id}/invoices/{invoiceId}/receipt", "Memberships")
            .MapGet("", GetReceipt)
            .Produces<string>(StatusCodes.Status200OK, ReceiptPage.MediaType);
        app.MapPaymentMethods();
    }

    /// <summary>Shows an invoice or a credit note as a page to read and print, in Chinese or English by Accept-Language.</summary>
    /// <param name="invoiceId"><c>inv_...</c></param>
    public static async Task<Results<ContentHttpResult, ProblemHttpResult>> GetReceipt(
        string id,
        string invoiceId,
        MemberService members,
        MemberCloudDb db,
        TenantScope scope,
        HttpContext http,
        CancellationToken ct
    )
    {
        var invoice = Ids.TryRead(IdPrefix.Invoice, invoiceId, out var read) ? read : Guid.Empty;
        if (
            await members.FindAsync(id, ct) is not { } member
            || await db.Set<Invoice>().AsNoTracking().FirstOrDefaultAsync(i => i.Id == invoice && i.MemberId == member.Id, ct)
                is not { } found
        )
            return Problem.NotFound("invoice").ToHttp();
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        var page = ReceiptPage.Of(found, scope.Tenant.Name, scope.Tenant.Currency, scope.Tenant.Local, scope.Language);
        return TypedResults.Content(page, ReceiptPage.MediaType);
    }

    /// <summary>Lists a member's invoices and credit notes, newest first.</summary>
    public static async Task<Results<Ok<Page<InvoiceShape>>, ProblemHttpResult>> ListInvoices(
        string id,
        [AsParameters] PageRequest page,
        MemberService members,
        MemberCloudDb db,
        TenantScope scope,
        CancellationToken ct
    )
    {
        if (await members.FindAsync(id, ct) is not { } member)
            return Problem.NotFound("member").ToHttp();
        var list = $"invoices:{id}";
        var after = page.After(list);
        if (after.Problem is { } problem)
            return problem.ToHttp();
        var rows = db.Set<Invoice>().AsNoTracking().Where(i => i.MemberId == member.Id);
        if (Ids.TryRead(IdPrefix.Invoice, after.Value, out var last))
            rows = rows.Where(i => i.Id.CompareTo(last) < 0);
        var shown = await rows.OrderByDescending(i => i.Id).Take(page.Size + 1).ToListAsync(ct);
        return TypedResults.Ok(
            Page.From(shown, page, list, i => Ids.Show(IdPrefix.Invoice, i.Id), i => InvoiceShape.Of(i, scope.Tenant.Currency))
        );
    }
}
