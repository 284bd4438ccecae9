using System.Runtime.CompilerServices;

namespace GpuSer.PtxEmulator.Counters;

/// <summary>A count for each class of instructions.</summary>
public readonly record struct InstructionMix
{
    private readonly Counts _counts;

    private InstructionMix(Counts counts)
    {
        _counts = counts;
    }

    /// <summary>The count of one class.</summary>
    public long this[InstructionClass kind] => _counts[(int)kind];

    /// <summary>The sum over all classes.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            foreach (long count in (ReadOnlySpan<long>)_counts)
                total += count;
            return total;
        }
    }

    /// <summary>This mix and <paramref name="times"/> another.</summary>
    public InstructionMix Add(InstructionMix other, long times = 1)
    {
        Counts counts = _counts;
        for (int i = 0; i < Length; i++)
            counts[i] += times * other._counts[i];
        return new(counts);
    }

    /// <summary>This mix and one more of a class.</summary>
    public InstructionMix Add(InstructionClass kind)
    {
        Counts counts = _counts;
        counts[(int)kind]++;
        return new(counts);
    }

    private const int Length = 7;

    [InlineArray(Length)]
    private struct Counts : IEquatable<Counts>
    {
        private long _first;

        public readonly bool Equals(Counts other) => ((ReadOnlySpan<long>)this).SequenceEqual(other);

        public override readonly bool Equals(object? obj) => obj is Counts other && Equals(other);

        public override readonly int GetHashCode() => _first.GetHashCode();
    }
}
