using GpuSer.Cuda;

namespace GpuSer.Audio;

/// <summary>
/// Drops the silent parts of a batch of recordings on a device; finds the same samples as <see cref="VoicedSamples.Select"/>. Its
/// buffers hold the result of the last run.
/// </summary>
internal sealed class VoicedSamplesCuda : IDisposable
{
    // kernels/signal: voiced.cu, compact.cu.
    private const int Block = 256;
    private const int Tile = 2048;
    private const int SamplesPerMark = 32;

    private readonly DeviceBuffer<uint> _marks;
    private readonly DeviceBuffer<int> _counts;
    private readonly KernelLaunch _mark;
    private readonly KernelLaunch _compact;

    /// <summary>Allocates memory for batches of up to so many samples a signal.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="longest">The most samples of a signal.</param>
    public VoicedSamplesCuda(SignalKernels kernels, int batch, int longest)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        CudaContext context = kernels.Context;
        (Batch, Longest, Pitch) = (batch, longest, checked((longest + 7) / 8 * 8));
        int tiles = (longest + Tile - 1) / Tile, markPitch = tiles * (Tile / SamplesPerMark);
        _marks = new DeviceBuffer<uint>(context, (long)batch * markPitch);
        _counts = new DeviceBuffer<int>(context, (long)batch * tiles);
        Samples = new DeviceBuffer<float>(context, (long)batch * Pitch);
        Starts = new DeviceBuffer<long>(context, [.. Enumerable.Range(0, batch).Select(i => (long)i * Pitch)]);
        Lengths = new DeviceBuffer<int>(context, batch);
        Energies = new DeviceBuffer<long>(context, batch);
        _mark = new KernelLaunch(
            kernels.Voiced, new Dim3(tiles, batch), Block, 0, 0ul, 0ul, 0ul, _marks.Address, markPitch, _counts.Address, Energies.Address);
        _compact = new KernelLaunch(
            kernels.Compact,
            new Dim3(tiles, batch),
            Block,
            0,
            0ul,
            0ul,
            0ul,
            _marks.Address,
            markPitch,
            _counts.Address,
            Samples.Address,
            Pitch,
            Lengths.Address,
            Energies.Address);
    }

    /// <summary>Signals of a batch.</summary>
    public int Batch { get; }

    /// <summary>The most samples of a signal.</summary>
    public int Longest { get; }

    /// <summary>Samples from one signal of the result to the next.</summary>
    public int Pitch { get; }

    /// <summary>The voiced samples. [shape=(batch, pitch); as many of each row as its length]</summary>
    public DeviceBuffer<float> Samples { get; }

    /// <summary>Where each signal begins in <see cref="Samples"/>. [shape=(batch)]</summary>
    public DeviceBuffer<long> Starts { get; }

    /// <summary>Voiced samples of each signal. [shape=(batch)]</summary>
    public DeviceBuffer<int> Lengths { get; }

    /// <summary>Sum of each signal's squares, in units of 2^-36 (<see cref="SignalAugmentation.Energy"/>). [shape=(batch)]</summary>
    public DeviceBuffer<long> Energies { get; }

    /// <summary>Queues the selection on a stream.</summary>
    /// <param name="samples">Device address of the recordings, one after the other, 22,050 Hz, finite.</param>
    /// <param name="starts">Device address of where each begins, 64-bit. [shape=(batch)]</param>
    /// <param name="lengths">Device address of the samples of each, 32-bit, at most <see cref="Longest"/>. [shape=(batch)]</param>
    /// <param name="stream">The stream.</param>
    public void Run(ulong samples, ulong starts, ulong lengths, CudaStream stream)
    {
        foreach (KernelLaunch launch in (ReadOnlySpan<KernelLaunch>)[_mark, _compact])
        {
            launch.Set(0, samples);
            launch.Set(1, starts);
            launch.Set(2, lengths);
            launch.Run(stream);
        }
    }

    /// <summary>Reads back how many samples each signal kept, the only thing that the host needs to know; 0 where all is silent.</summary>
    public int[] ReadLengths(CudaStream stream)
    {
        int[] lengths = new int[Batch];
        Lengths.CopyTo(lengths, stream);
        return lengths;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Energies.Dispose();
        Lengths.Dispose();
        Starts.Dispose();
        Samples.Dispose();
        _counts.Dispose();
        _marks.Dispose();
    }
}
