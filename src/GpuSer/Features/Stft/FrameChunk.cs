namespace GpuSer.Features.Stft;

/// <summary>
/// A stretch of a long recording that is in memory at once: its own frames, and as many neighbours on both sides as their
/// harmonic and percussive parts depend on. Frames and tiles of a chunk are counted from its first neighbour.
/// </summary>
/// <param name="Samples">Samples of the whole signal.</param>
/// <param name="First">The first of its own frames, in the signal.</param>
/// <param name="End">The frame after the last of its own.</param>
internal readonly record struct FrameChunk(int Samples, int First, int End)
{
    /// <summary>Own frames of a chunk, but for the last: a multiple of every tile's width.</summary>
    public const int Length = 512;

    /// <summary>A frame reaches over the three before and the three after it; each of those takes medians over 15 more.</summary>
    private const int Halo = 3 + Hpss.SlidingMedian.Reach;

    /// <summary>Frames of the whole signal.</summary>
    public int Frames => StftTables.Frames(Samples);

    /// <summary>Whether the signal has no other chunk.</summary>
    public bool IsWhole => First == 0 && End == Frames;

    /// <summary>The chunk's first frame in the signal, neighbours included: a tile's first.</summary>
    public int Origin => Math.Max(0, First - (Lanes.Tiles(Halo) * Lanes.Count));

    /// <summary>Frames in memory, neighbours included.</summary>
    public int Count => Math.Min(Frames, End + Halo) - Origin;

    /// <summary>Tiles in memory; the last may be ragged.</summary>
    public int Tiles => Lanes.Tiles(Count);

    /// <summary>The first tile of its own.</summary>
    public int FirstTile => (First - Origin) / Lanes.Count;

    /// <summary>The tile after the last of its own.</summary>
    public int EndTile => Lanes.Tiles(End - Origin);

    /// <summary>The most tiles that a chunk of a signal of so many frames can have.</summary>
    public static int MostTiles(int frames) => Lanes.Tiles(Math.Min(frames, Length + (2 * Halo) + Lanes.Count));

    /// <summary>The chunk that begins at a frame.</summary>
    public static FrameChunk At(int samples, int first) => new(samples, first, Math.Min(StftTables.Frames(samples), first + Length));
}
