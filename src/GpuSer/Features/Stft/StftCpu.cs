using System.Numerics;
using System.Runtime.InteropServices;

namespace GpuSer.Features.Stft;

/// <summary>
/// The spectra of a chunk: complex ones and magnitudes in tiles (tile, bin, lane), and magnitudes once more by frame (frame, bin), as
/// medians over time need them.
/// </summary>
internal sealed unsafe class StftCpu
{
    /// <summary>Floats from frame to frame of the magnitudes by frame: whole vectors, and not a power of two.</summary>
    public const int RowPitch = 1040;

    private readonly RealLaneFft _fft = new(StftTables.Window);
    private readonly Scratch _signal = new();
    private readonly Scratch _re = new();
    private readonly Scratch _im = new();
    private readonly Scratch _magnitude = new();
    private readonly Scratch _byFrame = new();

    /// <summary>Floats of one tile of spectra.</summary>
    public static int TileLength => StftTables.Bins * Lanes.Count;

    /// <summary>Magnitudes by frame. (frames, RowPitch)</summary>
    public float* ByFrame => _byFrame.Pointer;

    /// <summary>The windowed transform, both ways.</summary>
    public RealLaneFft Fft => _fft;

    /// <summary>Real parts of a tile. (1025, lanes)</summary>
    public float* Re(int tile) => _re.Pointer + ((long)tile * TileLength);

    /// <summary>Imaginary parts of a tile. (1025, lanes)</summary>
    public float* Im(int tile) => _im.Pointer + ((long)tile * TileLength);

    /// <summary>Magnitudes of a tile. (1025, lanes)</summary>
    public float* Magnitude(int tile) => _magnitude.Pointer + ((long)tile * TileLength);

    /// <summary>Samples that a chunk's frames cover, and those of the last tile's missing frames.</summary>
    public static int CoveredSamples(int tiles) => (((tiles * Lanes.Count) - 1) * StftTables.HopLength) + StftTables.FftLength;

    /// <summary>Makes room for so many tiles.</summary>
    public void Reserve(int tiles)
    {
        // A tile of slack: the last rows and bins are read and written in whole squares.
        long length = (long)(tiles + 1) * TileLength;
        _re.Reserve(length);
        _im.Reserve(length);
        _magnitude.Reserve(length);
        _byFrame.Reserve((long)tiles * Lanes.Count * RowPitch);
        _signal.Reserve(CoveredSamples(tiles));
    }

    /// <summary>Copies the samples that the chunk's frames cover, zeros where the signal has none.</summary>
    public void Load(FrameChunk chunk, ReadOnlySpan<float> samples)
    {
        int length = CoveredSamples(chunk.Tiles);
        int first = (chunk.Origin * StftTables.HopLength) - (StftTables.FftLength / 2);
        int before = Math.Max(0, -first);
        int count = Math.Max(0, Math.Min(length - before, samples.Length - (first + before)));
        NativeMemory.Clear(_signal.Pointer, (nuint)before * sizeof(float));
        samples.Slice(first + before, count).CopyTo(new Span<float>(_signal.Pointer + before, count));
        NativeMemory.Clear(_signal.Pointer + before + count, (nuint)(length - before - count) * sizeof(float));
    }

    /// <summary>Transforms one tile of the loaded chunk. Frames after the signal's last are those of zeros.</summary>
    public void Transform(FrameChunk chunk, int tile)
    {
        float* re = Re(tile), im = Im(tile), magnitude = Magnitude(tile);
        Spectra(chunk, _signal.Pointer, tile, re, im);
        for (int i = 0; i < TileLength; i += Lanes.Count)
        {
            Vector<float> x = Vector.Load(re + i), y = Vector.Load(im + i);
            Vector.SquareRoot(Vector.FusedMultiplyAdd(x, x, y * y)).Store(magnitude + i);
        }
    }

    /// <summary>Transforms one tile of a signal that begins where the chunk's first frame does.</summary>
    public void Spectra(FrameChunk chunk, float* signal, int tile, float* re, float* im)
    {
        float* first = signal + ((long)tile * Lanes.Count * StftTables.HopLength);
        _fft.Forward(first, StftTables.HopLength, re, im);
        ClearLanesFrom(chunk.Count - (tile * Lanes.Count), re, im);
    }

    /// <summary>Writes a tile's magnitudes by frame too.</summary>
    public void TransposeMagnitude(int tile)
    {
        float* rows = ByFrame + ((long)tile * Lanes.Count * RowPitch);
        for (int k = 0; k < StftTables.Bins; k += Lanes.Count)
        {
            Lanes.Transpose(Magnitude(tile) + (k * Lanes.Count), Lanes.Count, rows + k, RowPitch);
        }
    }

    // The last tile's missing frames still overlap the signal's end.
    private static void ClearLanesFrom(int lane, float* re, float* im)
    {
        if (lane >= Lanes.Count)
        {
            return;
        }

        for (int i = 0; i < TileLength; i += Lanes.Count)
        {
            for (int l = lane; l < Lanes.Count; l++)
            {
                re[i + l] = 0;
                im[i + l] = 0;
            }
        }
    }
}
