namespace MemberCloud.Rules.Tests.Tidy;

public sealed class ShapesTests
{
    [Fact]
    public void Types_are_sealed_static_or_abstract() => Repository.Keeps(Repository.Product.SelectMany(Shapes.Closed));

    [Fact]
    public void No_catch_swallows() => Repository.Keeps(Repository.Product.SelectMany(Shapes.Catches));

    [Fact]
    public void Every_handler_has_a_summary() => Repository.Keeps(Repository.Product.SelectMany(Shapes.Handlers));

    [Theory]
    [InlineData("public class A;", true)]
    [InlineData("public record A(int B);", true)]
    [InlineData("internal sealed class A { private class B; }", true)]
    [InlineData("public partial class Program;", true)]
    [InlineData("public sealed class A;", false)]
    [InlineData("public static class A;", false)]
    [InlineData("public abstract record A;", false)]
    [InlineData("public sealed partial record A;", false)]
    [InlineData("public record struct A(int B);", false)]
    [InlineData("public interface A;", false)]
    public void An_open_type_is_caught(string text, bool caught) => Assert.Equal(caught, Shapes.Closed(Of(text)).Any());

    [Theory]
    [InlineData("try { } catch { }", true)]
    [InlineData("try { } catch (Exception) { /* nothing to do */ }", true)]
    [InlineData("try { } catch (Exception e) when (e is FormatException) { }", true)]
    [InlineData("try { } catch { return default; }", true)]
    [InlineData("try { } catch (FormatException) { return; }", true)]
    [InlineData("while (true) try { } catch (FormatException) { continue; }", true)]
    [InlineData("try { } catch (Exception e) when (e is FormatException) { return; }", false)]
    [InlineData("try { } catch (Exception e) { Log(e); return; }", false)]
    [InlineData("try { } catch (FormatException e) { throw new BadKey(e); }", false)]
    public void A_catch_that_swallows_is_caught(string text, bool caught) =>
        Assert.Equal(caught, Shapes.Catches(Of($"sealed class A {{ void B() {{ {text} }} }}")).Any());

    [Theory]
    [InlineData("app.MapGet(\"\", Get)", "/// <summary>Reads it.</summary>\n", false)]
    [InlineData(
        "app.MapGet(\"\", Get).RequireScope(1)",
        "/// <summary>Reads it.</summary>\n/// <remarks>Errors.</remarks>\n",
        false
    )]
    [InlineData("app.MapPost(\"\", Get)", "", true)]
    [InlineData("app.MapPut(\"\", Get).RequireScope(1)", "// Reads it.\n", true)]
    [InlineData("app.MapDelete(\"\", Get)", "/// <summary></summary>\n", true)]
    [InlineData("app.MapPatch(\"\", Get)", "/// <remarks>Errors.</remarks>\n", true)]
    [InlineData("app.MapGet(\"\", () => 1)", "/// <summary>Reads it.</summary>\n", true)]
    [InlineData("app.MapGet(\"\", Elsewhere)", "/// <summary>Reads it.</summary>\n", true)]
    public void A_handler_without_a_summary_is_caught(string map, string doc, bool caught) =>
        Assert.Equal(
            caught,
            Shapes.Handlers(Of($"static class A {{\nstatic void M(App app) {{ {map}; }}\n{doc}static int Get() => 1;\n}}")).Any()
        );

    private static Source Of(string text) => new("src/MemberCloud/Tiers/TierEndpoints.cs", text);
}
