using GpuSer.Randomness;

namespace GpuSer.Fuzz;

/// <summary>The random numbers of one input: they follow from the seed, the target and the input's number, so that any input can be made again alone.</summary>
public sealed class FuzzRandom
{
    private readonly ulong _seed;
    private readonly uint[] _words = new uint[4];
    private readonly uint _target, _index, _high;
    private uint _block;
    private int _left;

    /// <summary>Begins the sequence of an input.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="target">Name of what reads the input.</param>
    /// <param name="index">The input's number.</param>
    public FuzzRandom(ulong seed, string target, long index)
    {
        // FNV-1a: .NET's own hash of a text differs from run to run.
        _target = target.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619);
        (_seed, _index, _high) = (seed, (uint)index, (uint)(index >> 32));
    }

    /// <summary>A number from 0 to <paramref name="end"/> - 1; 0 where there is none.</summary>
    public int Next(int end) => end <= 1 ? 0 : (int)(((ulong)Word() * (uint)end) >> 32);

    /// <summary>Whether an event of this probability, in parts of a hundred, occurs.</summary>
    public bool Percent(int percent) => Next(100) < percent;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    private uint Word()
    {
        if (_left == 0)
        {
            (_words[0], _words[1], _words[2], _words[3]) = (_block++, _index, _high, _target);
            Philox4x32.Rounds(_words, _seed);
            _left = 4;
        }

        return _words[--_left];
    }
}
