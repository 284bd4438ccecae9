using GpuSer.Features.Chroma;
using GpuSer.Features.Hpss;
using GpuSer.Features.Stft;

namespace GpuSer.Features;

/// <summary>Copies intermediate results out of the tiles while an image is made.</summary>
internal sealed unsafe class StageRecorder(int samples)
{
    private static readonly string[] Order =
    [
        "stft_abs", "mel_power", "mel_db", "mfcc", "tuning_stft", "chroma_stft", "contrast", "tuning_y", "cqt_abs", "chroma_cqt", "tonnetz",
        "harmonic_abs", "percussive_abs", "harmonic_y", "percussive_y", "hp_mel", "rows", "image",
    ];

    private readonly Dictionary<string, FeatureStage> _stages = [];
    private readonly int _frames = StftTables.Frames(samples);

    /// <summary>All that was recorded, in the order of the golden files.</summary>
    public FeatureStages ToStages() => new(Order.Select(name => _stages[name]));

    /// <summary>Records a tile's rows.</summary>
    /// <param name="name">Of the stage.</param>
    /// <param name="firstFrame">The tile's first frame in the signal.</param>
    /// <param name="tile">Values. (rows, lanes)</param>
    /// <param name="rows">How many rows.</param>
    public void Tile(string name, int firstFrame, float* tile, int rows)
    {
        float[] data = Stage(name, [rows, _frames]);
        for (int row = 0; row < rows; row++)
        {
            for (int lane = 0; lane < Math.Min(Lanes.Count, _frames - firstFrame); lane++)
            {
                data[(row * _frames) + firstFrame + lane] = tile[(row * Lanes.Count) + lane];
            }
        }
    }

    /// <summary>Records rows of all frames, a pitch apart.</summary>
    public void Rows(string name, float* values, int rows, nint pitch)
    {
        float[] data = Stage(name, [rows, _frames]);
        for (int row = 0; row < rows; row++)
        {
            new Span<float>(values + (row * pitch), _frames).CopyTo(data.AsSpan(row * _frames));
        }
    }

    /// <summary>Records the image. (frames, rows)</summary>
    public void Image(ReadOnlySpan<float> image) => image.CopyTo(Stage("image", [_frames, image.Length / _frames]));

    /// <summary>Records a tuning, from its index.</summary>
    public void Tuning(string name, int tuning) => Stage(name, [1])[0] = (float)TuningTables.Value(tuning);

    /// <summary>Records magnitudes of one of the chunk's own tiles: the masked spectrum's and the rest's.</summary>
    public void Masked(FrameChunk chunk, int tile, StftCpu stft, HpssCpu hpss)
    {
        if (tile < chunk.FirstTile || tile >= chunk.EndTile)
        {
            return;
        }

        float[] harmonic = new float[StftCpu.TileLength], percussive = new float[StftCpu.TileLength];
        float* re = stft.Re(tile), im = stft.Im(tile);
        for (int i = 0; i < harmonic.Length; i++)
        {
            harmonic[i] = float.Hypot(hpss.MaskedRe[i], hpss.MaskedIm[i]);
            percussive[i] = float.Hypot(re[i] - hpss.MaskedRe[i], im[i] - hpss.MaskedIm[i]);
        }

        int first = chunk.Origin + (tile * Lanes.Count);
        fixed (float* h = harmonic, p = percussive)
        {
            Tile("harmonic_abs", first, h, StftTables.Bins);
            Tile("percussive_abs", first, p, StftTables.Bins);
        }
    }

    /// <summary>Records the part of the harmonic and the percussive signal that a chunk's own frames are the first to begin.</summary>
    public void Separated(FrameChunk chunk, HpssCpu hpss, ReadOnlySpan<float> signal)
    {
        float[] harmonic = Stage("harmonic_y", [samples]), percussive = Stage("percussive_y", [samples]);
        long origin = ((long)chunk.Origin * StftTables.HopLength) - (StftTables.FftLength / 2);
        long end = chunk.End == chunk.Frames ? samples : (long)chunk.End * StftTables.HopLength;
        for (long i = (long)chunk.First * StftTables.HopLength; i < end; i++)
        {
            harmonic[i] = hpss.Signal[i - origin];
            percussive[i] = signal[(int)i] - harmonic[i];
        }
    }

    private float[] Stage(string name, int[] shape)
    {
        if (!_stages.TryGetValue(name, out FeatureStage? stage))
        {
            stage = new FeatureStage(name, shape, new float[shape.Aggregate(1, (product, extent) => product * extent)]);
            _stages.Add(name, stage);
        }

        return stage.Data;
    }
}
