namespace GpuSer.Features.Hpss;

/// <summary>How the kernel of <c>kernels/hpss/hpss.cu</c> shares out a batch: a block makes a tile, a run of frames of one signal.</summary>
/// <param name="FramesAtATime">Frames that a thread takes harmonic medians of together: the variant of the kernel.</param>
/// <param name="TileFrames">Frames of a tile; the last of a signal may have fewer.</param>
/// <param name="Tiles">Tiles of a signal.</param>
internal readonly record struct HpssTiling(int FramesAtATime, int TileFrames, int Tiles)
{
    // kernels/hpss/hpss.cu: floats of a frame's mask, bytes of the exchanges, the most frames of a tile and what it declares statically.
    private const int MaskPitch = 1060;
    private const int WorkBytes = 36864;
    private const int MostTileFrames = 32;
    private const int StaticBytes = 256;

    // What a block executes, relative to a frame's inverse transform and vertical medians: harmonic medians of its first group of
    // frames, by the group's size (they share comparisons), and of each further frame.
    private static readonly (int FramesAtATime, double Cost)[] Variants = [(17, 8.1), (8, 5.0), (4, 4.5)];
    private const double FurtherFrameCost = 3.6;

    /// <summary>Dynamic shared memory of a block, in bytes.</summary>
    public int SharedBytes => DynamicBytes(TileFrames);

    /// <summary>The tiling that keeps the multiprocessor with the most blocks busy for the shortest time.</summary>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="multiprocessors">Multiprocessors of the device.</param>
    /// <param name="sharedBytes">Most shared memory of a block.</param>
    /// <exception cref="ArgumentException">Blocks of the smallest tile do not fit the device.</exception>
    public static HpssTiling Choose(int batch, int frames, int multiprocessors, int sharedBytes)
    {
        (double Cost, HpssTiling Tiling) best = (double.PositiveInfinity, default);
        foreach ((int framesAtATime, double groupCost) in Variants)
        {
            for (int tileFrames = framesAtATime; tileFrames <= MostTileFrames && DynamicBytes(tileFrames) + StaticBytes <= sharedBytes; tileFrames++)
            {
                int tiles = (frames + tileFrames - 1) / tileFrames;
                long rounds = (((long)batch * tiles) + multiprocessors - 1) / multiprocessors;
                int most = Math.Min(frames, tileFrames);
                double cost = rounds * (most + groupCost + (Math.Max(0, most - framesAtATime) * FurtherFrameCost));
                if (cost < best.Cost)
                    best = (cost, new HpssTiling(framesAtATime, tileFrames, tiles));
            }
        }

        return best.Tiling.Tiles > 0
            ? best.Tiling
            : throw new ArgumentException($"the device gives a block {sharedBytes} bytes of shared memory; the separation needs {DynamicBytes(4) + StaticBytes}", nameof(sharedBytes));
    }

    private static int DynamicBytes(int tileFrames) => (tileFrames * MaskPitch * sizeof(float)) + WorkBytes;
}
