using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MemberCloud.Shared;

/// <summary>A value, or why there is none. The one result type of the house.</summary>
public readonly struct Result<T>
{
    private readonly T value;

    private Result(T value, Problem? problem)
    {
        this.value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    public bool Refused => Problem is not null;

    public T Value => Problem is null ? value : throw new InvalidOperationException($"Refused: {Problem.Code}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default!, problem);

    public Result<TOther> Then<TOther>(Func<T, TOther> map) => Problem is null ? map(value) : Problem;

    /// <summary>200 with the value as <paramref name="shape"/> shows it, or the problem.</summary>
    public Results<Ok<TShape>, ProblemHttpResult> ToOk<TShape>(Func<T, TShape> shape) =>
        Problem is null ? TypedResults.Ok(shape(value)) : Problem.ToHttp();

    /// <summary>201 with the value as <paramref name="shape"/> shows it, or the problem.</summary>
    public Results<Created<TShape>, ProblemHttpResult> ToCreated<TShape>(Func<T, TShape> shape) =>
        Problem is null ? TypedResults.Created((string?)null, shape(value)) : Problem.ToHttp();
}
