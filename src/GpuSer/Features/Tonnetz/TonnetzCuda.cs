using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>The kernels of constant-Q transform and tonnetz for batches of one shape, an octave each, and what they keep between them.</summary>
internal sealed class TonnetzCuda : IDisposable
{
    // kernels/tonnetz: octave.cu, halving.cuh, constant_q.cuh.
    private const int Block = 256;
    private const int FramesPerBlock = 4;
    private const int HalvingTile = 768;
    private const int Margin = 512;

    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    private const int Octaves = ConstantQTables.Octaves;

    private readonly DeviceBuffer<float>[] _halved = new DeviceBuffer<float>[Octaves - 1];
    private readonly DeviceBuffer<int> _count;
    private readonly int _batch;
    private readonly int _frames;

    /// <summary>Allocates the scratch and makes the launches.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="tunings">Device address of the signals' tunings. [shape=(batch)]</param>
    /// <param name="rows">Device address of the rows. [shape=(batch, frames, rowPitch)]</param>
    /// <param name="rowPitch">Floats from one frame to the next.</param>
    /// <param name="column">First of the 6 columns to write.</param>
    /// <param name="keepMagnitudes">Whether to keep the constant-Q transform too.</param>
    public TonnetzCuda(FeatureKernels kernels, int batch, int frames, ulong tunings, ulong rows, int rowPitch, int column, bool keepMagnitudes)
    {
        (_batch, _frames) = (batch, frames);
        CudaContext context = kernels.Context;
        TonnetzDeviceTables tables = kernels.Tables(owner => new TonnetzDeviceTables(owner));
        long signalFrames = (long)batch * frames;
        _count = new DeviceBuffer<int>(context, 1);
        Chroma = new DeviceBuffer<float>(context, signalFrames * ChromaTables.Classes);
        Magnitudes = keepMagnitudes ? new DeviceBuffer<float>(context, signalFrames * ConstantQTables.Rows) : null;

        CudaKernel kernel = kernels.Get("octave", "gpuser_octave_f32");
        KernelLaunch[] launches = new KernelLaunch[Octaves];
        for (int octave = 0; octave < Octaves; octave++)
        {
            // The last octave halves nothing; it is given the buffer of the one above to point at.
            bool lowest = octave == Octaves - 1;
            if (!lowest)
                _halved[octave] = new DeviceBuffer<float>(context, (long)batch * Pitch(octave + 1));
            DeviceBuffer<float> halved = _halved[lowest ? octave - 1 : octave];
            int halvedPitch = Pitch(lowest ? octave : octave + 1);
            int tiles = lowest ? 0 : (halvedPitch - Margin + HalvingTile - 1) / HalvingTile;
            launches[octave] = new KernelLaunch(
                kernel,
                new Dim3(tiles + ((frames + FramesPerBlock - 1) / FramesPerBlock), batch),
                Block,
                0,
                octave == 0 ? 0ul : FirstSample(_halved[octave - 1]),
                octave == 0 ? 0 : Pitch(octave),
                0,
                _count.Address,
                octave,
                StftTables.HopLength >> octave,
                frames,
                tiles,
                tables.Taps.Address,
                FirstSample(halved),
                halvedPitch,
                tables.Twiddles.Address,
                tunings,
                tables.Spans.Address,
                tables.Weights.Address,
                tables.Stride,
                ConstantQTables.OctaveScale(octave),
                Chroma.Address,
                Magnitudes?.Address ?? 0ul,
                tables.Projection.Address,
                rows,
                rowPitch,
                column);
        }

        Launches = launches;
    }

    /// <summary>The launches, each to come after the one before; <see cref="SetSamples"/> comes first.</summary>
    public IReadOnlyList<KernelLaunch> Launches { get; }

    /// <summary>Pitch classes of the constant-Q transform, each frame over its largest. [shape=(batch, frames, 12)]</summary>
    public DeviceBuffer<float> Chroma { get; }

    /// <summary>The constant-Q transform, where it is kept. [shape=(batch, frames, 252)]</summary>
    public DeviceBuffer<float>? Magnitudes { get; }

    /// <summary>Says where the samples are: the first launch needs it.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count, at least 1.</param>
    public void SetSamples(ulong samples, int pitch, int count)
    {
        Launches[0].Set(SamplesArgument, samples);
        Launches[0].Set(SamplePitchArgument, pitch);
        Launches[0].Set(CountArgument, count);
    }

    /// <summary>The kernels with the least bytes each must touch for signals of this many samples, tables apart.</summary>
    public IEnumerable<FeatureKernel> Kernels(int count)
    {
        long chroma = (long)Chroma.Bytes;
        for (int octave = 0; octave < Octaves; octave++, count = (count + 1) / 2)
        {
            bool top = octave == 0, lowest = octave == Octaves - 1;
            long bytes = FeatureKernel.Sectors(_batch, sizeof(float) * (count + (top ? 0L : 2 * Margin)))
                + (lowest ? 0 : FeatureKernel.Sectors(_batch, sizeof(float) * (((count + 1) / 2) + (2L * Margin))))
                + (top ? chroma : 2 * chroma)
                + (lowest ? FeatureKernel.Sectors((long)_batch * _frames, sizeof(float) * TonnetzTables.Dimensions) : 0);
            yield return new(Launches[octave], bytes);
        }
    }

    /// <summary>Forgets what an earlier run left behind.</summary>
    public void Discard(CudaStream stream)
    {
        foreach (DeviceBuffer<float> signal in _halved)
            signal.Discard(stream);
        _count.Discard(stream);
        Chroma.Discard(stream);
        Magnitudes?.Discard(stream);
    }

    public void Dispose()
    {
        Magnitudes?.Dispose();
        Chroma.Dispose();
        _count.Dispose();
        foreach (DeviceBuffer<float> signal in _halved)
            signal.Dispose();
    }

    private static ulong FirstSample(DeviceBuffer<float> halved) => halved.Address + (Margin * sizeof(float));

    // The most samples that an octave's signal can have (one more at full rate would be a frame more), the zeros on both sides, whole
    // sectors.
    private int Pitch(int octave)
    {
        int most = checked(_frames * StftTables.HopLength) - 1;
        int samples = ((most - 1) >> octave) + 1;
        return ((2 * Margin) + samples + 7) / 8 * 8;
    }
}
