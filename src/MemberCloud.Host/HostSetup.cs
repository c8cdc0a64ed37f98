using MemberCloud.Billing;
using MemberCloud.Checkouts;
using MemberCloud.Coupons;
using MemberCloud.Data;
using MemberCloud.Earning;
using MemberCloud.Host.Demo;
using MemberCloud.Host.OpenApi;
using MemberCloud.Import;
using MemberCloud.Insights;
using MemberCloud.Jobs;
using MemberCloud.Members;
using MemberCloud.Memberships;
using MemberCloud.Orders;
using MemberCloud.Perks;
using MemberCloud.Points;
using MemberCloud.Pricing;
using MemberCloud.Profile;
using MemberCloud.Shared;
using MemberCloud.Staff;
using MemberCloud.Tenancy;
using MemberCloud.Tiers;

namespace MemberCloud.Host;

/// <summary>Puts the product together: a table of contents.</summary>
public static class HostSetup
{
    /// <param name="settings">As on the command line.</param>
    /// <param name="role">api, worker, all, or none (the product without endpoints or jobs).</param>
    /// <param name="also">What a test adds before it is built.</param>
    public static WebApplication Build(string[] settings, string role, Action<WebApplicationBuilder>? also = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = settings, ContentRootPath = AppContext.BaseDirectory }
        );
        Configure(builder, role);
        also?.Invoke(builder);
        var app = builder.Build();
        Map(app, role);
        return app;
    }

    public static void Configure(WebApplicationBuilder builder, string role)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        builder.AddLimits();
        builder.AddObservability();
        var folder = builder.Configuration["Data:Folder"] ?? Path.Combine(Directory.GetCurrentDirectory(), "App_Data");
        var secrets = new Lazy<Secrets>(() =>
            Secrets.Open(
                builder.Configuration["Platform:MasterKey"],
                builder.Configuration["Platform:MasterKeyFile"] ?? Path.Combine(folder, "master.key")
            )
        );
        builder.Services.AddSingleton(
            new LeaseOptions(TimeSpan.FromSeconds(builder.Configuration.GetValue("Jobs:LeaseSeconds", 120)))
        );
        AddProduct(builder.Services, DatabaseOptions.Read(builder.Configuration, folder), () => secrets.Value);
        builder.Services.AddQuotas(builder.Configuration);
        builder.Services.AddDocuments();
        if (role is "worker" or "all")
            builder.Services.AddScheduler(builder.Configuration);
        if (role is "api" or "all")
            DemoBrands.Add(builder, folder);
    }

    public static void AddProduct(IServiceCollection services, DatabaseOptions database, Func<Secrets> secrets)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => secrets());
        services.AddData(database, () => secrets().ServingPassword());
        services
            .AddTenancy()
            .AddStaff()
            .AddMembers()
            .AddSegments()
            .AddPoints()
            .AddTiers()
            .AddCoupons()
            .AddPerks()
            .AddBilling()
            .AddGateways()
            .AddPlans()
            .AddMemberships()
            .AddEarning()
            .AddPrices()
            .AddQuotes()
            .AddOrders()
            .AddCheckouts()
            .AddSimulations()
            .AddProfile()
            .AddJobs()
            .AddInsights();
        services.AddSingleton<PurchaseImport>().AddScoped<ImportReport>();
        services.AddExceptionHandler<Failures>();
        services.AddProblemDetails();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Json.Configure(options.SerializerOptions));
        services.AddHealth();
    }

    public static void Map(WebApplication app, string role)
    {
        app.UseMiddleware<FrontDoor>();
        app.UseExceptionHandler();
        app.UseStatusCodePages(Failures.BareStatusAsync);
        app.UseRequestTimeouts();
        app.MapHealth();
        if (role is not ("api" or "all"))
            return;
        app.UseAuthentication();
        app.UseMiddleware<QuotaGate>();
        app.UseAuthorization();
        app.UseMiddleware<IdempotencyHeader>();
        app.MapTenancy();
        app.MapStaff();
        app.MapMembers();
        app.MapConsents();
        app.MapSegments();
        app.MapPoints();
        app.MapBooks();
        app.MapTiers();
        app.MapCoupons();
        app.MapPerks();
        app.MapBilling();
        app.MapGateways();
        app.MapPlans();
        app.MapMemberships();
        app.MapEarning();
        app.MapPrices();
        app.MapQuotes();
        app.MapOrders();
        app.MapCheckouts();
        app.MapSimulations();
        app.MapProfile();
        app.MapPrivacy();
        app.MapMerge();
        app.MapMe();
        app.MapJobs();
        app.MapInsights();
        app.MapDocuments();
    }

    /// <summary>Database, operator key, and where to look.</summary>
    public static async Task PrepareAsync(WebApplication app, CancellationToken ct)
    {
        var options = app.Services.GetRequiredService<DatabaseOptions>();
        var secrets = app.Services.GetRequiredService<Secrets>();
        var serving =
            options.Engine == DatabaseOptions.Postgres
                ? Engines.ServingConnection(options, secrets.ServingPassword)
                : options.Connection;
        await app.Services.GetRequiredService<DatabaseSetup>().PrepareAsync(serving, ct);
        var key = await app
            .Services.GetRequiredService<TenantDirectory>()
            .EnsureOperatorAsync(app.Configuration["Platform:OperatorKey"], ct);
        app.Lifetime.ApplicationStarted.Register(() => Welcome.Print(app, key));
    }
}
