namespace MemberCloud.Data;

/// <summary>What to read, in order.</summary>
public sealed class LoadBatch
{
    internal interface IStep
    {
        object Subject { get; }
        IStep With(IEnumerable<IStep> others);
        void Accept(IDoorSteps steps);
    }

    /// <param name="Into">For each key the list its rows go to.</param>
    internal sealed record SelectStep<T>(Lookup<T> Lookup, IReadOnlyList<object[]> Keys, IReadOnlyList<List<T>> Into) : IStep
        where T : class, ITenantOwned
    {
        public object Subject => Lookup;

        public IStep With(IEnumerable<IStep> others)
        {
            List<SelectStep<T>> all = [this, .. others.Cast<SelectStep<T>>()];
            return new SelectStep<T>(Lookup, [.. all.SelectMany(s => s.Keys)], [.. all.SelectMany(s => s.Into)]);
        }

        public void Accept(IDoorSteps steps) => steps.Select(this);
    }

    internal List<IStep> Steps { get; private init; } = [];

    public bool IsEmpty => Steps.Count == 0;

    /// <summary>Adds a lookup; the list fills when the batch is loaded. Keys that take locks are sorted by the caller.</summary>
    public List<T> Add<T>(Lookup<T> lookup, IReadOnlyList<object[]> keys)
        where T : class, ITenantOwned
    {
        var into = new List<T>();
        if (keys.Count > 0)
            Steps.Add(new SelectStep<T>(lookup, keys, [.. Enumerable.Repeat(into, keys.Count)]));
        return into;
    }

    internal void Accept(IDoorSteps steps) => Steps.ForEach(s => s.Accept(steps));

    /// <summary>Several as one: each lookup once, with the keys of all.</summary>
    internal static LoadBatch Of(IReadOnlyList<LoadBatch> batches) =>
        batches.Count == 1
            ? batches[0]
            : new()
            {
                Steps = [.. batches.SelectMany(b => b.Steps).GroupBy(s => s.Subject).Select(g => g.First().With(g.Skip(1)))],
            };
}

/// <summary>What to write, in order: guarded updates first, so that a lost race is found before anything else is done.</summary>
public sealed class StoreBatch
{
    internal interface IStep
    {
        object Subject { get; }
        IEnumerable<IComparable> Guarded { get; }
        bool IsOf(Guid tenant);
        IStep With(IEnumerable<IStep> others);
        void Accept(IDoorSteps steps);
    }

    internal sealed record RequireStep<T>(Lookup<T> Lookup, IReadOnlyList<object[]> Keys) : IStep
        where T : class, ITenantOwned
    {
        public object Subject => Lookup;

        public IEnumerable<IComparable> Guarded => [];

        /// <summary>The door looks among the tenant's rows only.</summary>
        public bool IsOf(Guid tenant) => true;

        /// <summary>In the order in which others lock them.</summary>
        public IStep With(IEnumerable<IStep> others) =>
            new RequireStep<T>(
                Lookup,
                [.. others.Cast<RequireStep<T>>().SelectMany(o => o.Keys).Concat(Keys).OrderBy(k => k[0])]
            );

        public void Accept(IDoorSteps steps) => steps.Require(this);
    }

    internal sealed record InsertStep<T>(IReadOnlyList<T> Rows) : IStep
        where T : class, ITenantOwned
    {
        public object Subject => typeof(T);

        public IEnumerable<IComparable> Guarded => [];

        public bool IsOf(Guid tenant) => Rows.All(r => r.TenantId == tenant);

        public IStep With(IEnumerable<IStep> others) =>
            new InsertStep<T>([.. Rows, .. others.Cast<InsertStep<T>>().SelectMany(o => o.Rows)]);

        public void Accept(IDoorSteps steps) => steps.Insert(this);
    }

    internal sealed record UpdateStep<T>(Update<T> Update, IReadOnlyList<T> Rows) : IStep
        where T : class, ITenantOwned
    {
        public object Subject => Update;

        public IEnumerable<IComparable> Guarded => Update.Guard?.Key is { } key ? Rows.Select(key) : [];

        public bool IsOf(Guid tenant) => Rows.All(r => r.TenantId == tenant);

        public IStep With(IEnumerable<IStep> others)
        {
            var rows = Rows.Concat(others.Cast<UpdateStep<T>>().SelectMany(o => o.Rows));
            return new UpdateStep<T>(Update, [.. Update.Guard?.Key is { } key ? rows.OrderBy(key) : rows]);
        }

        public void Accept(IDoorSteps steps) => steps.Update(this);
    }

    internal sealed record IncreaseStep<T>(Increase<T> Increase, IReadOnlyList<(T Row, long By)> Rows) : IStep
        where T : class, ITenantOwned
    {
        public object Subject => Increase;

        public IEnumerable<IComparable> Guarded => [];

        public bool IsOf(Guid tenant) => Rows.All(r => r.Row.TenantId == tenant);

        public IStep With(IEnumerable<IStep> others)
        {
            var rows = Rows.Concat(others.Cast<IncreaseStep<T>>().SelectMany(o => o.Rows));
            return new IncreaseStep<T>(Increase, [.. rows.OrderBy(r => Increase.Key(r.Row))]);
        }

        public void Accept(IDoorSteps steps) => steps.Increase(this);
    }

    internal List<IStep> Steps { get; private init; } = [];

    public bool IsEmpty => Steps.Count == 0;

    /// <summary>
    /// What the rest stands on though it does not change it: a row there for each key, kept as <see cref="Lookup{T}.Holds"/> keeps it until all is stored.
    /// <see cref="ConflictException"/> where there is none any more. It comes first.
    /// </summary>
    public StoreBatch Require<T>(Lookup<T> lookup, IReadOnlyList<object[]> keys)
        where T : class, ITenantOwned
    {
        Steps.Add(new RequireStep<T>(lookup, keys));
        return this;
    }

    public StoreBatch Insert<T>(IReadOnlyList<T> rows)
        where T : class, ITenantOwned
    {
        if (rows.Count > 0)
            Steps.Add(new InsertStep<T>(rows));
        return this;
    }

    public StoreBatch Update<T>(Update<T> update, IReadOnlyList<T> rows)
        where T : class, ITenantOwned
    {
        if (rows.Count > 0)
            Steps.Add(new UpdateStep<T>(update, rows));
        return this;
    }

    public StoreBatch Increase<T>(Increase<T> increase, IReadOnlyList<(T Row, long By)> rows)
        where T : class, ITenantOwned
    {
        if (rows.Count > 0)
            Steps.Add(new IncreaseStep<T>(increase, rows));
        return this;
    }

    internal void Accept(IDoorSteps steps) => Steps.ForEach(s => s.Accept(steps));

    /// <summary>The write guard of the doors: every row is the current tenant's.</summary>
    internal void Guard(Guid tenant)
    {
        if (!Steps.TrueForAll(s => s.IsOf(tenant)))
            throw new TenantViolationException();
    }

    /// <summary>The guarded rows it writes.</summary>
    internal IEnumerable<IComparable> Guarded => Steps.SelectMany(s => s.Guarded);

    /// <summary>Several as one, that happen or do not happen together: each kind of step once, in the order of the batch that has the most.</summary>
    internal static StoreBatch Of(IReadOnlyList<StoreBatch> batches) =>
        batches.Count == 1
            ? batches[0]
            : new()
            {
                Steps =
                [
                    .. batches
                        .OrderByDescending(b => b.Steps.Count)
                        .SelectMany(b => b.Steps)
                        .GroupBy(s => s.Subject)
                        .Select(g => g.First().With(g.Skip(1))),
                ],
            };
}
