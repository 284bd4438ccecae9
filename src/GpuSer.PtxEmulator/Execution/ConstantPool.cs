namespace GpuSer.PtxEmulator.Execution;

/// <summary>
/// Places for immediates and uniform special registers, each held once for all lanes: offsets are negative, counted back
/// from the end of the area, which tells them from a warp's own registers.
/// </summary>
internal sealed class ConstantPool
{
    private readonly Dictionary<(int Bytes, ulong Value), int> _values = [];
    private readonly Dictionary<string, (int Offset, int Bytes)> _specials = [];

    /// <summary>Size of the area.</summary>
    public int Bytes { get; private set; }

    public IEnumerable<(int Offset, int Bytes, ulong Value)> Values => _values.Select(v => (v.Value, v.Key.Bytes, v.Key.Value));

    public IEnumerable<(string Name, int Offset, int Bytes)> Specials => _specials.Select(s => (s.Key, s.Value.Offset, s.Value.Bytes));

    /// <summary>The place of an immediate of 2, 4 or 8 bytes.</summary>
    public int OfValue(int bytes, ulong value)
    {
        value &= bytes == 8 ? ulong.MaxValue : (1ul << (8 * bytes)) - 1;
        if (!_values.TryGetValue((bytes, value), out int offset))
            _values[(bytes, value)] = offset = Reserve(bytes);
        return offset;
    }

    /// <summary>The place of a special register that all lanes of a block share.</summary>
    public int OfSpecial(string name, int bytes)
    {
        if (!_specials.TryGetValue(name, out (int Offset, int Bytes) place))
            _specials[name] = place = (Reserve(bytes), bytes);
        return place.Offset;
    }

    private int Reserve(int bytes)
    {
        Bytes += Math.Max(64, bytes * Lanes.Count);
        return -Bytes;
    }
}
