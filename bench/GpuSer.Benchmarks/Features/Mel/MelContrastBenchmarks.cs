using System.Numerics;
using BenchmarkDotNet.Attributes;
using GpuSer.Features;
using GpuSer.Features.Chroma;
using GpuSer.Features.Contrast;
using GpuSer.Features.Image;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;
using GpuSer.Features.Tonnetz;
using GpuSer.Reference.Recipe;

namespace GpuSer.Benchmarks.Features.Mel;

/// <summary>
/// All that is made of each frame's magnitudes alone: mel spectrum, spectral contrast and both tunings. One kernel on a device makes the first
/// and what the others begin with, so that they can only be compared together.
/// </summary>
public unsafe class MelContrastBenchmarks() : FeatureBenchmark("gpuser_mel", "gpuser_contrast", "gpuser_tuning")
{
    private readonly double[,] _bank = Spectral.MelBank(MelTables.Bands);
    private readonly TuningCpu _chromaTuning = new(ChromaTables.TuningBinsPerOctave);
    private readonly TuningCpu _constantQTuning = new(ConstantQTables.BinsPerOctave);
    private readonly Scratch _power = new();
    private readonly Scratch _extremes = new();
    private readonly Scratch _contrast = new();

    public override void SetUp()
    {
        base.SetUp();
        _power.Reserve(StftCpu.TileLength);
        _extremes.Reserve(2 * ContrastTables.Count * Pitch);
        _contrast.Reserve(ContrastTables.Count * Pitch);
    }

    [Benchmark(Baseline = true)]
    public (double[,] Mel, double[,] Contrast, double ChromaTuning, double ConstantQTuning) Reference() =>
        (_bank.Times(Power), Spectral.Contrast(Magnitude), Spectral.Tuning(Power, ChromaTables.TuningBinsPerOctave), Spectral.Tuning(Magnitude, ConstantQTables.BinsPerOctave));

    [Benchmark]
    public int Cpu()
    {
        _chromaTuning.Reset(Chunk.Frames);
        _constantQTuning.Reset(Chunk.Frames);
        float* peaks = _extremes.Pointer, valleys = peaks + (ContrastTables.Count * Pitch);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            int frame = tile * Lanes.Count;
            float* magnitude = Stft.Magnitude(tile), power = _power.Pointer;
            Vector<float> largest = ImagePipeline.Square(magnitude, power);
            _constantQTuning.AddPeaks(magnitude, largest);
            _chromaTuning.AddPeaks(power, largest * largest);
            FilterBankCpu.Apply(MelTables.Bank, power, Rows + frame, Pitch);
            ContrastCpu.PeaksAndValleys(magnitude, peaks + frame, valleys + frame, Pitch);
        }

        Vector<float> peakFloor = Floor(peaks), valleyFloor = Floor(valleys);
        for (int tile = 0; tile < Chunk.Tiles; tile++)
        {
            int frame = tile * Lanes.Count;
            ContrastCpu.Difference(peaks + frame, valleys + frame, peakFloor, valleyFloor, _contrast.Pointer + frame, Pitch);
        }

        return _chromaTuning.Estimate() + _constantQTuning.Estimate();
    }

    private Vector<float> Floor(float* rows) => Decibels.Floor(Decibels.Largest(new ReadOnlySpan<float>(rows, (int)(ContrastTables.Count * Pitch))));
}
