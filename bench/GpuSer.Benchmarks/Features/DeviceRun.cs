using GpuSer.Cuda;

namespace GpuSer.Benchmarks.Features;

/// <summary>A batch on the device: its samples, its images, and the parts of the way between.</summary>
internal sealed class DeviceRun : IDisposable
{
    private readonly CudaFeatureExtractor _extractor;
    private readonly CudaStream _stream;
    private readonly DeviceBuffer<float> _signals;
    private readonly DeviceBuffer<float> _destination;
    private readonly float[] _padded;
    private readonly float[] _images;
    private readonly int _batch;
    private readonly int _samples;

    /// <summary>Makes the signals and takes the memory.</summary>
    public DeviceRun(CudaContext context, int batch, int samples)
    {
        (_batch, _samples) = (batch, samples);
        _padded = [.. Enumerable.Range(1, batch).SelectMany(seed => Speech.Make(samples, seed))];
        _images = new float[batch * FeatureExtractor.Frames(samples) * FeatureExtractor.Rows];
        _extractor = new CudaFeatureExtractor(context);
        _stream = new CudaStream(context);
        (_signals, _destination) = (new DeviceBuffer<float>(context, _padded.Length), new DeviceBuffer<float>(context, _images.Length));
    }

    /// <summary>Samples to the device.</summary>
    public void Upload()
    {
        _signals.CopyFrom(_padded, _stream);
        _stream.Synchronize();
    }

    /// <summary>All kernels, to their end.</summary>
    public void Compute()
    {
        _extractor.Run(_signals.Address, _samples, _batch, _samples, _destination.Address, _stream);
        _stream.Synchronize();
    }

    /// <summary>Images back to the host.</summary>
    public void Download()
    {
        _destination.CopyTo(_images, _stream);
        _stream.Synchronize();
    }

    /// <summary>The launches of the kernels whose names begin so.</summary>
    public KernelLaunch[] Launches(params string[] names) =>
    [
        .. _extractor.Kernels(_batch, _samples).Select(kernel => kernel.Launch)
            .Where(launch => names.Any(name => launch.Kernel.Name.StartsWith(name, StringComparison.Ordinal))),
    ];

    /// <summary>Some kernels alone, to their end, on what the last run left.</summary>
    public void Launch(KernelLaunch[] launches)
    {
        foreach (KernelLaunch launch in launches)
        {
            launch.Run(_stream);
        }

        _stream.Synchronize();
    }

    public void Dispose()
    {
        _destination.Dispose();
        _signals.Dispose();
        _stream.Dispose();
        _extractor.Dispose();
    }
}
