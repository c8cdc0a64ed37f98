using System.Reflection;
using MemberCloud.Data;
using Xunit.Sdk;

namespace MemberCloud.Api.Tests.Cloud;

/// <summary>A test runs once on each engine: its first argument says which.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryEngineAttribute : DataAttribute
{
    public static readonly string[] Engines = [DatabaseOptions.Sqlite, DatabaseOptions.Postgres];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Engines.Select(engine => new object[] { engine });
}

/// <summary>Each row of a table (a static member of the test class that yields object[]) once on each engine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryEngineAndAttribute(string table) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        var member =
            testMethod.DeclaringType!.GetProperty(table, BindingFlags.Public | BindingFlags.Static)
            ?? throw new InvalidOperationException($"There is no public static {table}.");
        var rows = (IEnumerable<object[]>)member.GetValue(null)!;
        return from engine in EveryEngineAttribute.Engines from row in rows select (object[])[engine, .. row];
    }
}
