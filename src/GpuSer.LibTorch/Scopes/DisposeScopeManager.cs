namespace TorchSharp;

/// <summary>The dispose scopes open on this thread, innermost last.</summary>
internal sealed class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? _current;

    private readonly Stack<DisposeScope> _scopes = new();

    internal static DisposeScopeManager OfThisThread => _current ??= new DisposeScopeManager();

    internal DisposeScope? Innermost => _scopes.TryPeek(out var scope) ? scope : null;

    internal DisposeScope Open()
    {
        var scope = new DisposeScope(this);
        _scopes.Push(scope);
        return scope;
    }

    /// <summary>Takes a scope off the stack, and with it whatever was opened inside and never closed.</summary>
    internal void Close(DisposeScope scope)
    {
        if (!_scopes.Contains(scope)) return;
        while (_scopes.Pop() != scope) { }
    }
}
