using GpuSer.Cuda;

namespace GpuSer.Features.Stft;

/// <summary>The fused STFT kernel for batches of one shape: its tables, its launch and the spectrum it writes.</summary>
internal sealed class StftCuda : IDisposable
{
    // kernels/stft/stft.cu: threads of a block, complex points of a thread.
    private const int Block = 256;
    private const int PointsPerThread = 8;

    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    private readonly int _hop;
    private readonly int _batch;
    private readonly int _frames;
    private readonly int _bins;
    private readonly DeviceBuffer<float> _window;
    private readonly DeviceBuffer<float> _twiddles;

    /// <summary>Makes the tables and the launch.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame, a power of two from 256 to 4096.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    public StftCuda(FeatureKernels kernels, int batch, int frames, int fftLength = StftTables.FftLength, int hop = StftTables.HopLength)
    {
        if (!StftCudaTables.IsFused(fftLength))
            throw new ArgumentException($"frames of {fftLength} samples; the fused kernel takes powers of two from 256 to 4096", nameof(fftLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        CudaContext context = kernels.Context;
        (_batch, _frames, _hop, _bins) = (batch, frames, hop, (fftLength / 2) + 1);
        Pitch = StftCudaTables.SpectrumPitch(fftLength);
        _window = new DeviceBuffer<float>(context, [.. StftTables.HannWindow(fftLength).Select(value => (float)value)]);
        _twiddles = new DeviceBuffer<float>(context, StftCudaTables.Twiddles(fftLength));
        Spectrum = new DeviceBuffer<float>(context, 2L * Pitch * batch * frames);

        int framesPerBlock = Block * PointsPerThread / (fftLength / 2);
        Launch = new KernelLaunch(
            kernels.Get("stft", $"gpuser_stft{fftLength}_f32"),
            new Dim3((frames + framesPerBlock - 1) / framesPerBlock, batch),
            Block,
            0,
            0ul,
            0,
            0,
            hop,
            frames,
            _window.Address,
            _twiddles.Address,
            Spectrum.Address,
            Pitch);
    }

    /// <summary>Complex values from one frame's spectrum to the next.</summary>
    public int Pitch { get; }

    /// <summary>The spectrum. [shape=(batch, frames, pitch), complex; fftLength / 2 + 1 of each row written]</summary>
    public DeviceBuffer<float> Spectrum { get; }

    /// <summary>The launch; <see cref="SetSamples"/> comes first.</summary>
    public KernelLaunch Launch { get; }

    /// <summary>Says where the samples are.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count, at least 1.</param>
    public void SetSamples(ulong samples, int pitch, int count)
    {
        Launch.Set(SamplesArgument, samples);
        Launch.Set(SamplePitchArgument, pitch);
        Launch.Set(CountArgument, count);
    }

    /// <summary>The least bytes the kernel must touch for signals of this many samples.</summary>
    public long FloorBytes(int count)
    {
        long used = Math.Min(count, ((long)(_frames - 1) * _hop) + _bins - 1);
        return FeatureKernel.Sectors(_batch, sizeof(float) * used)
            + FeatureKernel.Sectors(1, (long)_window.Bytes)
            + FeatureKernel.Sectors(1, (long)_twiddles.Bytes)
            + FeatureKernel.Sectors((long)_batch * _frames, 2L * sizeof(float) * _bins);
    }

    public void Dispose()
    {
        Spectrum.Dispose();
        _twiddles.Dispose();
        _window.Dispose();
    }
}
