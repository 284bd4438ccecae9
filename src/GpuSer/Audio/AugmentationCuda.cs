using GpuSer.Cuda;

namespace GpuSer.Audio;

/// <summary>
/// Augments the signals of a batch on a device and brings them to one length, in one kernel: gives the values of
/// <see cref="SignalAugmentation.Apply"/> followed by <see cref="BatchPadding.ReflectPad"/>.
/// </summary>
internal sealed class AugmentationCuda
{
    // kernels/signal/augment.cu.
    private const int Block = 256;

    private readonly KernelLaunch _augment;
    private readonly int _most;

    /// <summary>Makes the launch for batches of up to so many samples a signal.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="most">The most samples of a padded signal.</param>
    public AugmentationCuda(SignalKernels kernels, int batch, int most)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _most = most;
        Dim3 grid = new((most + Block - 1) / Block, batch);
        _augment = new KernelLaunch(
            kernels.Augment, grid, Block, 0, 0ul, 0ul, 0ul, 0ul, 0ul, kernels.Sinc.Address, 0u, 0u, 0u, 0, 0ul, 0);
    }

    /// <summary>Queues the kernel on a stream.</summary>
    /// <param name="samples">Device address of the signals, one after the other.</param>
    /// <param name="starts">Device address of where each begins, 64-bit. [shape=(batch)]</param>
    /// <param name="lengths">Device address of the samples of each, 32-bit. [shape=(batch)]</param>
    /// <param name="energies">Device address of the energy of each, 64-bit (<see cref="SignalAugmentation.Energy"/>). [shape=(batch)]</param>
    /// <param name="draws">Device address of what to do to each (<see cref="SignalAugmentation"/>); lengths of at most <paramref name="padded"/> + 10. [shape=(batch)]</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="index">Which draw.</param>
    /// <param name="padded">Samples of every padded signal (<see cref="BatchPadding.PaddedLength"/> of the longest draw).</param>
    /// <param name="to">Device address to write to. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one padded signal to the next.</param>
    /// <param name="stream">The stream.</param>
    public void Run(
        ulong samples,
        ulong starts,
        ulong lengths,
        ulong energies,
        ulong draws,
        ulong seed,
        uint index,
        int padded,
        ulong to,
        int pitch,
        CudaStream stream)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(padded, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padded, Math.Min(_most, pitch));
        _augment.Set(0, samples);
        _augment.Set(1, starts);
        _augment.Set(2, lengths);
        _augment.Set(3, energies);
        _augment.Set(4, draws);
        _augment.Set(6, (uint)seed);
        _augment.Set(7, (uint)(seed >> 32));
        _augment.Set(8, index);
        _augment.Set(9, padded);
        _augment.Set(10, to);
        _augment.Set(11, pitch);
        _augment.Run(stream);
    }
}
