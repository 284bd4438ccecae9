namespace GpuSer.PtxEmulator.Parsing;

/// <summary>Names declared between two braces, and those of the braces round them.</summary>
internal sealed class Scope(Scope? parent)
{
    private readonly Dictionary<string, Operand> _names = [];
    private readonly List<(string Prefix, string Type, int Count)> _ranges = [];

    public Scope? Parent { get; } = parent;

    public void Declare(string name, Operand meaning) => _names[name] = meaning;

    /// <summary>Declares <c>prefix0</c> to <c>prefix(count-1)</c>; each is made when first named.</summary>
    public void DeclareRange(string prefix, string type, int count) => _ranges.Add((prefix, type, count));

    public Operand? Find(string name, RegisterPool pool)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Parent)
        {
            if (scope._names.TryGetValue(name, out Operand? found))
                return found;
            foreach ((string prefix, string type, int count) in scope._ranges)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal)
                    && int.TryParse(name.AsSpan(prefix.Length), out int index) && index >= 0 && index < count)
                {
                    found = new RegisterOperand(pool.Create(name, type));
                    scope._names[name] = found;
                    return found;
                }
            }
        }

        return null;
    }
}

/// <summary>Numbers the registers of a kernel.</summary>
internal sealed class RegisterPool
{
    private readonly List<VirtualRegister> _all = [];

    public IReadOnlyList<VirtualRegister> All => _all;

    public VirtualRegister Create(string name, string type)
    {
        var register = new VirtualRegister(name, type, _all.Count);
        _all.Add(register);
        return register;
    }
}
