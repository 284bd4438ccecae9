namespace GpuSer.Fuzz;

/// <summary>How seeds are changed.</summary>
/// <param name="random">Chooses.</param>
/// <param name="seed">The seed to change.</param>
/// <param name="other">Another seed of the target, or the same.</param>
public delegate byte[] Mutation(FuzzRandom random, byte[] seed, byte[] other);

/// <summary>Something that reads files, with files that it reads.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Extension">How names of its files end.</param>
/// <param name="Seeds">Files that it must accept; inputs are made from them.</param>
/// <param name="Read">Reads the file of this path, as far as the product would.</param>
public sealed record FuzzTarget(string Name, string Extension, IReadOnlyList<byte[]> Seeds, Action<string> Read)
{
    /// <summary>How seeds are changed.</summary>
    public Mutation Mutate { get; init; } = ByteMutator.Mutate;

    /// <summary>What is done to a changed seed to make it a file: a checksum put right, say, that would hide what is behind it.</summary>
    public Func<byte[], byte[]> Finish { get; init; } = bytes => bytes;

    /// <summary>What reading one input may take.</summary>
    public FuzzLimits Limits { get; init; } = new();

    /// <summary>Its part of all inputs, beside the others'.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Processor seconds that other processes have used for this target so far; null where none work for it.</summary>
    public Func<double>? OtherSeconds { get; init; }

    /// <summary>An input: the first are the seeds as they are, the others changed ones.</summary>
    public byte[] Input(ulong seed, long index)
    {
        if (index < Seeds.Count)
        {
            return Finish(Seeds[(int)index]);
        }

        FuzzRandom random = new(seed, Name, index);
        return Finish(Mutate(random, random.Pick(Seeds), random.Pick(Seeds)));
    }
}

/// <summary>What reading one input may take.</summary>
public sealed record FuzzLimits
{
    /// <summary>Bytes allocated for each byte of the file.</summary>
    public int BytesPerByte { get; init; } = 32;

    /// <summary>Bytes allocated besides.</summary>
    public long Bytes { get; init; } = 2 << 20;

    /// <summary>Seconds of processor time, of the reading thread and what works for it.</summary>
    public double Seconds { get; init; } = 1;

    /// <summary>Bytes by which one input may raise the most memory that the process ever had, besides what it may allocate: this finds native memory.</summary>
    public long PeakBytes { get; init; } = 256 << 20;

    /// <summary>Bytes that reading a file of this length may allocate.</summary>
    public long Allocated(long length) => Bytes + (BytesPerByte * length);
}
