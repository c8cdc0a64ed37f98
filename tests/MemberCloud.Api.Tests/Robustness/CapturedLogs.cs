using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MemberCloud.Api.Tests.Robustness;

/// <summary>Everything a host logs, with exceptions, values and scopes, as text.</summary>
public sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Log(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose() => Lines.Enqueue("(end)");

    private sealed class Log(CapturedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logs.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var line = new System.Text.StringBuilder($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            void Add(object? value) =>
                line.Append(" | ")
                    .Append(value is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(", ", pairs) : value);
            Add(state);
            logs.scopes.ForEachScope((scope, _) => Add(scope), 0);
            logs.Lines.Enqueue(line.ToString());
        }
    }
}
