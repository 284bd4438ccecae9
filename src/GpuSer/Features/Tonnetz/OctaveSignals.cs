using GpuSer.Cuda;
using GpuSer.Features.Stft;

namespace GpuSer.Features.Tonnetz;

/// <summary>
/// The signals of the constant-Q transform's octaves for batches of one shape, each of half the rate of the one above, and the launches of
/// the octave kernel, which halves a signal and transforms it.
/// </summary>
internal sealed class OctaveSignals : IDisposable
{
    // kernels/tonnetz: octave.cu, halving.cuh.
    private const int Block = 256;
    private const int HalvingTile = 768;
    private const int Margin = 512;

    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    private const int Octaves = ConstantQTables.Octaves;

    private readonly DeviceBuffer<float>[] _halved = new DeviceBuffer<float>[Octaves - 1];
    private readonly DeviceBuffer<int> _count;
    private readonly CudaKernel _kernel;
    private readonly TonnetzDeviceTables _tables;
    private readonly int _batch;
    private readonly int _frames;

    /// <summary>Allocates the signals' memory.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    public OctaveSignals(FeatureKernels kernels, int batch, int frames)
    {
        (_batch, _frames) = (batch, frames);
        _kernel = kernels.Get("octave", "gpuser_octave_f32");
        _tables = kernels.Tables(context => new TonnetzDeviceTables(context));
        _count = new DeviceBuffer<int>(kernels.Context, 1);
        for (int octave = 1; octave < Octaves; octave++)
            _halved[octave - 1] = new DeviceBuffer<float>(kernels.Context, (long)batch * Pitch(octave));
    }

    /// <summary>Samples from one signal of an octave under the top to the next.</summary>
    public int Pitch(int octave)
    {
        // The most samples that an octave's signal can have (one more at full rate would be a frame more), the zeros on both sides, whole
        // sectors.
        int most = checked(_frames * StftTables.HopLength) - 1;
        int samples = ((most - 1) >> octave) + 1;
        return ((2 * Margin) + samples + 7) / 8 * 8;
    }

    /// <summary>Samples of an octave under the top that are written, zeros after its end among them.</summary>
    public int Written(int octave) => Pitch(octave) - Margin;

    /// <summary>Device address of the first sample of an octave's first signal, the top octave apart, whose signals are the caller's.</summary>
    public ulong FirstSample(int octave) => _halved[octave - 1].Address + (Margin * sizeof(float));

    /// <summary>A launch that makes the signals of the octave below, and transforms as many blocks of frames as are asked for.</summary>
    /// <param name="octave">The octave, 0 the top.</param>
    /// <param name="frameBlocks">Blocks that transform; 0 for a launch that only halves.</param>
    /// <param name="transform">The kernel's parameters from its twiddles on.</param>
    public KernelLaunch Launch(int octave, int frameBlocks, params ReadOnlySpan<KernelArgument> transform)
    {
        // The last octave halves nothing; it is given the buffer of the one above to point at.
        bool lowest = octave == Octaves - 1;
        int target = lowest ? octave : octave + 1;
        int tiles = lowest ? 0 : (Written(target) + HalvingTile - 1) / HalvingTile;
        return new KernelLaunch(
            _kernel,
            new Dim3(tiles + frameBlocks, _batch),
            Block,
            0,
            [
                octave == 0 ? 0ul : FirstSample(octave),
                octave == 0 ? 0 : Pitch(octave),
                0,
                _count.Address,
                octave,
                StftTables.HopLength >> octave,
                _frames,
                tiles,
                _tables.Taps.Address,
                FirstSample(target),
                Pitch(target),
                .. transform,
            ]);
    }

    /// <summary>Says where the samples are: the top octave's launch needs it.</summary>
    public static void SetSamples(KernelLaunch top, ulong samples, int pitch, int count)
    {
        top.Set(SamplesArgument, samples);
        top.Set(SamplePitchArgument, pitch);
        top.Set(CountArgument, count);
    }

    /// <summary>The least bytes of samples that an octave's launch must read and write, for signals of this many samples in that octave.</summary>
    public long Bytes(int octave, int count) =>
        FeatureKernel.Sectors(_batch, sizeof(float) * (count + (octave == 0 ? 0L : 2 * Margin)))
        + (octave == Octaves - 1 ? 0 : FeatureKernel.Sectors(_batch, sizeof(float) * (((count + 1) / 2) + (2L * Margin))));

    /// <summary>Forgets what an earlier run left behind.</summary>
    public void Discard(CudaStream stream)
    {
        foreach (DeviceBuffer<float> signal in _halved)
            signal.Discard(stream);
        _count.Discard(stream);
    }

    public void Dispose()
    {
        _count.Dispose();
        foreach (DeviceBuffer<float> signal in _halved)
            signal.Dispose();
    }
}
