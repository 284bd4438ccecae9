using System.Numerics;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Hpss;
using GpuSer.Features.Mel;
using GpuSer.Features.Mfcc;
using GpuSer.Features.Stft;
using GpuSer.Features.Tonnetz;

namespace GpuSer.Features.Image;

/// <summary>
/// The whole way from one signal to its image on one thread, with all the memory that it needs. Long signals are walked in chunks
/// twice: what depends on the tuning of the whole signal can only be made when all of it has been seen.
/// </summary>
internal sealed unsafe class ImagePipeline
{
    private static readonly (string Name, FeatureBlock Block)[] RecordedRows =
    [
        ("mel_power", FeatureBlock.Mel), ("mfcc", FeatureBlock.Mfcc), ("chroma_stft", FeatureBlock.Chroma), ("contrast", FeatureBlock.Contrast),
        ("tonnetz", FeatureBlock.Tonnetz), ("hp_mel", FeatureBlock.HarmonicPercussive),
    ];

    private readonly ImageLayout _layout;
    private readonly StftCpu _stft = new();
    private readonly HpssCpu _hpss;
    private readonly ConstantQCpu _constantQ = new();
    private readonly TuningCpu _chromaTuning = new(ChromaTables.TuningBinsPerOctave);
    private readonly TuningCpu _constantQTuning = new(ConstantQTables.BinsPerOctave);
    private readonly Scratch _rows = new();
    private readonly Scratch _extremes = new();
    private readonly Scratch _tile = new();
    private nint _pitch;
    private StageClock? _clock;

    /// <summary>Makes all tables.</summary>
    public ImagePipeline(ImageLayout layout)
    {
        _layout = layout;
        _hpss = new HpssCpu(_stft);
        _tile.Reserve(StftCpu.TileLength);
    }

    /// <summary>As <see cref="Run"/>, and adds up each stage's time.</summary>
    public void RunTimed(ReadOnlySpan<float> samples, Span<float> image, StageClock clock)
    {
        _clock = clock;
        clock.Restart();
        Run(samples, image, null, default);
        _clock = null;
    }

    /// <summary>Makes the image of a signal. [samples: (n), at least 1; image: (frames, 230)]</summary>
    public void Run(ReadOnlySpan<float> samples, Span<float> image, StageRecorder? recorder, CancellationToken ct)
    {
        int frames = StftTables.Frames(samples.Length);
        Reserve(samples.Length);
        for (int first = 0; first < frames; first += FrameChunk.Length)
        {
            ct.ThrowIfCancellationRequested();
            FrameChunk chunk = FrameChunk.At(samples.Length, first);
            Analyse(chunk, samples, recorder);
            Separate(chunk, samples, recorder);
        }

        Chroma(samples, recorder, ct);
        Tonnetz(samples, frames, recorder, ct);
        DecibelRows(frames, recorder);
        recorder?.Rows("rows", _rows.Pointer, ImageLayout.Rows, _pitch);
        ImageCpu.NormaliseRows(_rows.Pointer, ImageLayout.Rows, _pitch, frames);
        ImageCpu.Transpose(_rows.Pointer, _pitch, frames, image);
        _clock?.Lap(TimedStage.Image);
        recorder?.Image(image);
    }

    /// <summary>Makes room for a signal of so many samples; <see cref="Run"/> then allocates nothing for it, nor for shorter ones.</summary>
    public void Reserve(int samples)
    {
        int frames = StftTables.Frames(samples);
        _pitch = Lanes.Tiles(frames) * Lanes.Count;
        _rows.Reserve(ImageLayout.Rows * _pitch);
        _extremes.Reserve(2 * ContrastTables.Count * _pitch);
        int tiles = FrameChunk.MostTiles(frames);
        _stft.Reserve(tiles);
        _hpss.Reserve(tiles);
        _constantQ.Reserve(samples);
        _chromaTuning.Reset(frames);
        _constantQTuning.Reset(frames);
    }

    private float* Row(FeatureBlock block) => _rows.Pointer + (_layout[block] * _pitch);

    // Spectra, and all that follows from a tile of them alone.
    private void Analyse(FrameChunk chunk, ReadOnlySpan<float> samples, StageRecorder? recorder)
    {
        _stft.Load(chunk, samples);
        for (int tile = 0; tile < chunk.Tiles; tile++)
        {
            _stft.Transform(chunk, tile);
            _stft.TransposeMagnitude(tile);
            _clock?.Lap(TimedStage.Stft);
            if (tile < chunk.FirstTile || tile >= chunk.EndTile)
            {
                continue;
            }

            int frame = chunk.Origin + (tile * Lanes.Count);
            float* magnitude = _stft.Magnitude(tile), power = _tile.Pointer;
            recorder?.Tile("stft_abs", frame, magnitude, StftTables.Bins);
            Vector<float> largest = Square(magnitude, power);
            _constantQTuning.AddPeaks(magnitude, largest);
            _chromaTuning.AddPeaks(power, largest * largest);
            _clock?.Lap(TimedStage.Tuning);
            FilterBankCpu.Apply(MelTables.Bank, power, Row(FeatureBlock.Mel) + frame, _pitch);
            _clock?.Lap(TimedStage.Mel);
            float* peaks = _extremes.Pointer + frame;
            ContrastCpu.PeaksAndValleys(magnitude, peaks, peaks + (ContrastTables.Count * _pitch), _pitch);
            _clock?.Lap(TimedStage.Contrast);
        }
    }

    private void Separate(FrameChunk chunk, ReadOnlySpan<float> samples, StageRecorder? recorder)
    {
        _hpss.MediansOverTime(chunk);
        _clock?.Lap(TimedStage.Medians);
        _hpss.Synthesise(chunk, recorder);
        recorder?.Separated(chunk, _hpss, samples);
        _clock?.Lap(TimedStage.Separation);
        for (int tile = chunk.FirstTile; tile < chunk.EndTile; tile++)
        {
            int frame = chunk.Origin + (tile * Lanes.Count);
            _hpss.MelPower(chunk, tile, Row(FeatureBlock.HarmonicPercussive) + frame, _pitch);
        }

        _clock?.Lap(TimedStage.SeparatedMel);
    }

    private void Chroma(ReadOnlySpan<float> samples, StageRecorder? recorder, CancellationToken ct)
    {
        int tuning = _chromaTuning.Estimate();
        recorder?.Tuning("tuning_stft", tuning);
        float[] bank = ChromaTables.Bank(tuning);
        _clock?.Lap(TimedStage.Tuning);
        for (int first = 0; first < StftTables.Frames(samples.Length); first += FrameChunk.Length)
        {
            ct.ThrowIfCancellationRequested();
            FrameChunk chunk = FrameChunk.At(samples.Length, first);
            if (!chunk.IsWhole)
            {
                _stft.Load(chunk, samples);
            }

            for (int tile = chunk.FirstTile; tile < chunk.EndTile; tile++)
            {
                if (!chunk.IsWhole)
                {
                    _stft.Transform(chunk, tile);
                }

                ChromaCpu.Apply(bank, _stft.Magnitude(tile), Row(FeatureBlock.Chroma) + chunk.Origin + (tile * Lanes.Count), _pitch);
            }
        }

        _clock?.Lap(TimedStage.Chroma);
    }

    private void Tonnetz(ReadOnlySpan<float> samples, int frames, StageRecorder? recorder, CancellationToken ct)
    {
        int tuning = _constantQTuning.Estimate();
        recorder?.Tuning("tuning_y", tuning);
        ConstantQBank bank = ConstantQTables.Bank(tuning);
        float* magnitude = _tile.Pointer, chroma = magnitude + (ConstantQTables.Rows * Lanes.Count);
        _clock?.Lap(TimedStage.Tuning);
        for (int frame = 0; frame < frames; frame += Lanes.Count)
        {
            if (frame % ConstantQCpu.ChunkFrames == 0)
            {
                ct.ThrowIfCancellationRequested();
                _constantQ.Load(samples, frame);
                _clock?.Lap(TimedStage.Octaves);
            }

            _constantQ.Run(bank, frame, magnitude);
            _clock?.Lap(TimedStage.ConstantQ);
            recorder?.Tile("cqt_abs", frame, magnitude, ConstantQTables.Rows);
            ConstantQCpu.FoldToChroma(magnitude, chroma);
            ChromaCpu.NormaliseByMaximum(chroma, Lanes.Count);
            recorder?.Tile("chroma_cqt", frame, chroma, ChromaTables.Classes);
            ChromaCpu.NormaliseBySum(chroma, Lanes.Count);
            TonnetzCpu.Project(chroma, Row(FeatureBlock.Tonnetz) + frame, _pitch);
            _clock?.Lap(TimedStage.Tonnetz);
        }
    }

    // What is floored under the whole signal's largest value.
    private void DecibelRows(int frames, StageRecorder? recorder)
    {
        float* mel = Row(FeatureBlock.Mel), peaks = _extremes.Pointer, valleys = peaks + (ContrastTables.Count * _pitch);
        Vector<float> melFloor = Floor(mel, MelTables.Bands);
        Vector<float> peakFloor = Floor(peaks, ContrastTables.Count), valleyFloor = Floor(valleys, ContrastTables.Count);
        for (int frame = 0; frame < frames; frame += Lanes.Count)
        {
            float* decibels = _tile.Pointer;
            MfccCpu.ToDecibels(mel + frame, _pitch, melFloor, decibels);
            recorder?.Tile("mel_db", frame, decibels, MelTables.Bands);
            MfccCpu.Transform(decibels, Row(FeatureBlock.Mfcc) + frame, _pitch);
            ContrastCpu.Difference(peaks + frame, valleys + frame, peakFloor, valleyFloor, Row(FeatureBlock.Contrast) + frame, _pitch);
        }

        _clock?.Lap(TimedStage.Mfcc);
        foreach ((string name, FeatureBlock block) in RecordedRows)
        {
            recorder?.Rows(name, Row(block), ImageLayout.RowsOf(block), _pitch);
        }
    }

    private Vector<float> Floor(float* rows, int count) => Decibels.Floor(Decibels.Largest(new ReadOnlySpan<float>(rows, checked((int)(count * _pitch)))));

    /// <summary>Writes the power of a tile, and finds the largest magnitude of each frame.</summary>
    internal static Vector<float> Square(float* magnitude, float* power)
    {
        Vector<float> largest = default;
        for (int i = 0; i < StftCpu.TileLength; i += Lanes.Count)
        {
            Vector<float> value = Vector.Load(magnitude + i);
            largest = Vector.MaxNative(largest, value);
            (value * value).Store(power + i);
        }

        return largest;
    }
}
