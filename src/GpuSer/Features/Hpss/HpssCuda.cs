using GpuSer.Cuda;
using GpuSer.Features.Mel;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Hpss;

/// <summary>
/// Harmonic-percussive separation for batches of one shape: a kernel from the spectrum to the harmonic signal, and one from both
/// signals to the mean of their mel spectra.
/// </summary>
internal sealed class HpssCuda : IDisposable
{
    // kernels/hpss/hpss_mel.cu: threads of a block, its shared memory, its frames, lanes that share a filter.
    private const int Block = 256;
    private const int MelSharedBytes = 65536;
    private const int MelFramesPerBlock = 4;
    private const int LanesPerFilter = 8;

    // kernels/hpss/tiles.cuh: hops that a frame's transform adds to, besides its own.
    private const int HopsAfter = (StftTables.FftLength / StftTables.HopLength) - 1;

    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    private readonly int _batch;
    private readonly int _frames;
    private readonly DeviceBuffer<float> _window;
    private readonly DeviceBuffer<float> _twiddles;
    private readonly DeviceBuffer<float> _melTwiddles;
    private readonly DeviceBuffer<int> _starts;
    private readonly DeviceBuffer<int> _offsets;
    private readonly DeviceBuffer<float> _weights;

    /// <summary>Makes the tables and the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="spectrum">Device address of the complex spectrum. [shape=(batch, frames, spectrumPitch)]</param>
    /// <param name="spectrumPitch">Complex values from one frame to the next, even.</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 64 columns to write.</param>
    /// <param name="keepMasks">Whether to keep the masks, which no later kernel needs.</param>
    /// <param name="tiling">How the batch is shared out; null for the best on this device.</param>
    public HpssCuda(
        FeatureKernels kernels, int batch, int frames, ulong spectrum, int spectrumPitch, ulong rows, int rowPitch, int column, bool keepMasks, HpssTiling? tiling = null)
    {
        CudaContext context = kernels.Context;
        (_batch, _frames) = (batch, frames);
        Tiling = tiling ?? HpssTiling.Choose(batch, frames, context.Device.Multiprocessors, context.Device.MaxSharedBytesPerBlock);
        _window = new DeviceBuffer<float>(context, StftTables.Window);
        _twiddles = new DeviceBuffer<float>(context, StftCudaTables.Twiddles(StftTables.FftLength));
        _melTwiddles = new DeviceBuffer<float>(context, StftCudaTables.Twiddles(2 * StftTables.FftLength));
        (int[] offsets, float[] weights) = Fill(MelTables.HpssBank);
        _starts = new DeviceBuffer<int>(context, MelTables.HpssBank.First);
        _offsets = new DeviceBuffer<int>(context, offsets);
        _weights = new DeviceBuffer<float>(context, weights);
        Pieces = new DeviceBuffer<float>(context, (long)batch * Tiling.Tiles * (Tiling.TileFrames + HopsAfter) * StftTables.HopLength);
        Masks = keepMasks ? new DeviceBuffer<float>(context, (long)batch * frames * StftTables.Bins) : null;

        SeparationLaunch = new KernelLaunch(
            kernels.Get("hpss", $"gpuser_hpss{Tiling.FramesAtATime}_f32"),
            new Dim3(Tiling.Tiles, batch),
            Block,
            Tiling.SharedBytes,
            spectrum,
            spectrumPitch,
            frames,
            Tiling.TileFrames,
            _window.Address,
            _twiddles.Address,
            Pieces.Address,
            Masks?.Address ?? 0ul);
        MelLaunch = new KernelLaunch(
            kernels.Get("hpss_mel", "gpuser_hpss_mel_f32"),
            new Dim3((frames + MelFramesPerBlock - 1) / MelFramesPerBlock, batch),
            Block,
            MelSharedBytes,
            0ul,
            0,
            0,
            Pieces.Address,
            Tiling.Tiles,
            Tiling.TileFrames,
            frames,
            _window.Address,
            _melTwiddles.Address,
            _starts.Address,
            _offsets.Address,
            _weights.Address,
            MelTables.HpssBands,
            rows,
            rowPitch,
            column);
    }

    /// <summary>How the batch is shared out.</summary>
    public HpssTiling Tiling { get; }

    /// <summary>The harmonic signal as overlapping tiles. [shape=(batch, tiles, tileFrames + 3, 512)]</summary>
    public DeviceBuffer<float> Pieces { get; }

    /// <summary>The harmonic masks, where they are kept. [shape=(batch, frames, 1025)]</summary>
    public DeviceBuffer<float>? Masks { get; }

    /// <summary>The launch that separates; the spectrum comes before it.</summary>
    public KernelLaunch SeparationLaunch { get; }

    /// <summary>The launch that makes the mel spectrum, after the separation; <see cref="SetSamples"/> comes first.</summary>
    public KernelLaunch MelLaunch { get; }

    /// <summary>The least bytes the separation must touch for signals of this many samples.</summary>
    public long SeparationFloorBytes(int count) =>
        FeatureKernel.Sectors((long)_batch * _frames, 2L * sizeof(float) * StftTables.Bins)
        + FeatureKernel.Sectors(1, (long)_window.Bytes)
        + FeatureKernel.Sectors(1, (long)_twiddles.Bytes)
        + FeatureKernel.Sectors(_batch, (long)sizeof(float) * count)
        + (Masks is null ? 0 : FeatureKernel.Sectors(1, (long)Masks.Bytes));

    /// <summary>The least bytes the mel kernel must touch for signals of this many samples: both signals, tables and rows.</summary>
    public long MelFloorBytes(int count) =>
        (2 * FeatureKernel.Sectors(_batch, (long)sizeof(float) * count))
        + FeatureKernel.Sectors(1, (long)_window.Bytes)
        + FeatureKernel.Sectors(1, 2L * sizeof(float) * (StftTables.FftLength - LanesPerFilter))
        + FeatureKernel.Sectors(1, (long)_starts.Bytes)
        + FeatureKernel.Sectors(1, (long)_offsets.Bytes)
        + FeatureKernel.Sectors(1, (long)_weights.Bytes)
        + FeatureKernel.Sectors((long)_batch * _frames, sizeof(float) * MelTables.HpssBands);

    /// <summary>Says where the samples are that the spectrum was made of.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count; they make as many frames as the plan has.</param>
    public void SetSamples(ulong samples, int pitch, int count)
    {
        MelLaunch.Set(SamplesArgument, samples);
        MelLaunch.Set(SamplePitchArgument, pitch);
        MelLaunch.Set(CountArgument, count);
    }

    /// <summary>Says that a run's scratch is of no further use.</summary>
    public void Discard(CudaStream stream)
    {
        Pieces.Discard(stream);
        Masks?.Discard(stream);
    }

    public void Dispose()
    {
        Masks?.Dispose();
        Pieces.Dispose();
        _weights.Dispose();
        _offsets.Dispose();
        _starts.Dispose();
        _melTwiddles.Dispose();
        _twiddles.Dispose();
        _window.Dispose();
    }

    // Quarters of the weights (the mean of two powers, each half a sum of two), every filter filled up to whole groups of lanes.
    private static (int[] Offsets, float[] Weights) Fill(SparseBank bank)
    {
        int[] offsets = new int[bank.Rows + 1];
        List<float> weights = [];
        for (int row = 0; row < bank.Rows; row++)
        {
            foreach (float weight in bank.Row(row))
                weights.Add(weight / 4);
            while (weights.Count % LanesPerFilter != 0)
                weights.Add(0);
            offsets[row + 1] = weights.Count;
        }

        return (offsets, [.. weights]);
    }
}
