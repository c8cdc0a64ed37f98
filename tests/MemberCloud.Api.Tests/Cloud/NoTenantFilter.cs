using MemberCloud.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>The product as if somebody had forgotten the read filter that keeps brands apart: what is left is the database's own wall.</summary>
public sealed class NoTenantFilter(ModelCustomizerDependencies dependencies) : RelationalModelCustomizer(dependencies)
{
    /// <summary>Takes the filter out of a host.</summary>
    public static void Apply(WebApplicationBuilder builder) =>
        builder.Services.ConfigureDbContext<MemberCloudDb>(options => options.ReplaceService<IModelCustomizer, NoTenantFilter>());

    public override void Customize(ModelBuilder modelBuilder, DbContext context)
    {
        base.Customize(modelBuilder, context);
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
            entity.SetQueryFilter(MemberCloudDb.TenantFilter, null);
    }
}
