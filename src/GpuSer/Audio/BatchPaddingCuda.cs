using GpuSer.Cuda;

namespace GpuSer.Audio;

/// <summary>Brings the signals of a batch to one length on a device, as <see cref="BatchPadding.ReflectPad"/> does.</summary>
internal sealed class BatchPaddingCuda
{
    // kernels/signal/pad.cu.
    private const int Block = 256;
    private const int SamplesPerBlock = 4 * Block;

    private readonly KernelLaunch _pad;
    private readonly int _most;

    /// <summary>Makes the launch for batches of up to so many samples a signal.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="most">The most samples of a padded signal.</param>
    public BatchPaddingCuda(SignalKernels kernels, int batch, int most)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _most = most;
        Dim3 grid = new((most + SamplesPerBlock - 1) / SamplesPerBlock, batch);
        _pad = new KernelLaunch(kernels.Pad, grid, Block, 0, 0ul, 0ul, 0ul, 0, 0ul, 0);
    }

    /// <summary>Queues the padding on a stream.</summary>
    /// <param name="samples">Device address of the signals, one after the other.</param>
    /// <param name="starts">Device address of where each begins, 64-bit. [shape=(batch)]</param>
    /// <param name="lengths">Device address of the samples of each, 32-bit, 1 to <paramref name="padded"/> + 10. [shape=(batch)]</param>
    /// <param name="padded">Samples of every padded signal (<see cref="BatchPadding.PaddedLength"/>).</param>
    /// <param name="to">Device address to write to. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one padded signal to the next.</param>
    /// <param name="stream">The stream.</param>
    public void Run(ulong samples, ulong starts, ulong lengths, int padded, ulong to, int pitch, CudaStream stream)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(padded, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padded, Math.Min(_most, pitch));
        _pad.Set(0, samples);
        _pad.Set(1, starts);
        _pad.Set(2, lengths);
        _pad.Set(3, padded);
        _pad.Set(4, to);
        _pad.Set(5, pitch);
        _pad.Run(stream);
    }
}
