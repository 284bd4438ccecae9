using GpuSer.Cuda;
using GpuSer.Features.Chroma;
using GpuSer.Features.Image;

namespace GpuSer.Features.Tonnetz;

/// <summary>The kernels of constant-Q transform and tonnetz for batches of one shape, an octave each, and what they keep between them.</summary>
internal sealed class TonnetzCuda : ITonnetzPlan
{
    // kernels/tonnetz/constant_q.cuh: frames of a block.
    private const int FramesPerBlock = 4;

    private const int Octaves = ConstantQTables.Octaves;

    private readonly OctaveSignals _signals;
    private readonly KernelLaunch[] _launches = new KernelLaunch[Octaves];
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
        _signals = new OctaveSignals(kernels, batch, frames);
        Chroma = new DeviceBuffer<float>(context, signalFrames * ChromaTables.Classes);
        Magnitudes = keepMagnitudes ? new DeviceBuffer<float>(context, signalFrames * ConstantQTables.Rows) : null;
        for (int octave = 0; octave < Octaves; octave++)
        {
            _launches[octave] = _signals.Launch(
                octave,
                (frames + FramesPerBlock - 1) / FramesPerBlock,
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

        Readers = [_launches[0]];
    }

    public DeviceBuffer<float> Chroma { get; }

    public DeviceBuffer<float>? Magnitudes { get; }

    public IReadOnlyList<KernelLaunch> Readers { get; }

    public void SetSamples(ulong samples, int pitch, int count) => OctaveSignals.SetSamples(_launches[0], samples, pitch, count);

    public IEnumerable<FeatureKernel> Kernels(int count)
    {
        long chroma = (long)Chroma.Bytes;
        for (int octave = 0; octave < Octaves; octave++, count = (count + 1) / 2)
        {
            bool lowest = octave == Octaves - 1;
            long bytes = _signals.Bytes(octave, count)
                + (octave == 0 ? chroma : 2 * chroma)
                + (lowest ? FeatureKernel.Sectors((long)_batch * _frames, sizeof(float) * TonnetzTables.Dimensions) : 0);
            yield return new(_launches[octave], bytes);
        }
    }

    public PlanNode AddTo(PlanSchedule schedule, PlanNode tuning)
    {
        PlanNode octave = tuning;
        foreach (KernelLaunch launch in _launches)
            octave = schedule.Add(launch, octave);
        return octave;
    }

    public void Discard(CudaStream stream)
    {
        _signals.Discard(stream);
        Chroma.Discard(stream);
        Magnitudes?.Discard(stream);
    }

    public void Dispose()
    {
        Magnitudes?.Dispose();
        Chroma.Dispose();
        _signals.Dispose();
    }
}
