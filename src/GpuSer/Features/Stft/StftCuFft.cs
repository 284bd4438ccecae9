using GpuSer.Cuda;

namespace GpuSer.Features.Stft;

/// <summary>The STFT of frames of any length: a kernel cuts and windows the frames, cuFFT transforms them.</summary>
internal sealed class StftCuFft : IDisposable
{
    private const int Block = 256;

    private const int SamplesArgument = 0;
    private const int SamplePitchArgument = 1;
    private const int CountArgument = 2;

    private readonly DeviceBuffer<float> _window;
    private readonly DeviceBuffer<float> _framed;
    private readonly CudaFft _fft;
    private readonly KernelLaunch _frame;

    /// <summary>Makes the table, the scratch and the transform's plan.</summary>
    /// <param name="kernels">The loaded kernels.</param>
    /// <param name="batch">Signals.</param>
    /// <param name="frames">Frames of each.</param>
    /// <param name="fftLength">Samples of a frame, at least 2.</param>
    /// <param name="hop">Samples from one frame to the next.</param>
    public StftCuFft(FeatureKernels kernels, int batch, int frames, int fftLength, int hop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fftLength, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        CudaContext context = kernels.Context;
        Pitch = StftCudaTables.SpectrumPitch(fftLength);
        int framePitch = (fftLength + 7) / 8 * 8;
        _window = new DeviceBuffer<float>(context, [.. StftTables.HannWindow(fftLength).Select(value => (float)value)]);
        _framed = new DeviceBuffer<float>(context, (long)batch * frames * framePitch);
        Spectrum = new DeviceBuffer<float>(context, 2L * batch * frames * Pitch);
        _fft = new CudaFft(context, fftLength, FftKind.RealToComplex, batch * frames, framePitch, Pitch);
        _frame = new KernelLaunch(
            kernels.Get("frame", "gpuser_frame_f32"), new Dim3(frames, batch), Block, 0, 0ul, 0, 0, hop, fftLength, _window.Address, _framed.Address, framePitch);
    }

    /// <summary>Complex values from one frame's spectrum to the next.</summary>
    public int Pitch { get; }

    /// <summary>The spectrum. [shape=(batch, frames, pitch), complex; fftLength / 2 + 1 of each row written]</summary>
    public DeviceBuffer<float> Spectrum { get; }

    /// <summary>Queues both steps on a stream.</summary>
    /// <param name="samples">Device address. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next.</param>
    /// <param name="count">Samples of each signal that count, at least 1.</param>
    /// <param name="stream">The stream.</param>
    public void Run(ulong samples, int pitch, int count, CudaStream stream)
    {
        _frame.Set(SamplesArgument, samples);
        _frame.Set(SamplePitchArgument, pitch);
        _frame.Set(CountArgument, count);
        _framed.Discard(stream);
        Spectrum.Discard(stream);
        _frame.Run(stream);
        _fft.Run(_framed.Address, Spectrum.Address, stream);
    }

    public void Dispose()
    {
        _fft.Dispose();
        Spectrum.Dispose();
        _framed.Dispose();
        _window.Dispose();
    }
}
