using System.Text.RegularExpressions;
using GpuSer.Cuda;

namespace GpuSer.Benchmarks.Features;

/// <summary>A batch on the device: its samples, its images, and the parts of the way between.</summary>
internal sealed partial class DeviceRun : IDisposable
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

    /// <summary>The launches of the kernels of these names, but for the sizes and the type that theirs end with.</summary>
    /// <exception cref="InvalidOperationException">There is none of a name: a row of the table would leave out its work.</exception>
    public KernelLaunch[] Launches(params string[] names)
    {
        ILookup<string, KernelLaunch> byName = _extractor.Kernels(_batch, _samples)
            .ToLookup(kernel => SizeAndType().Replace(kernel.Launch.Kernel.Name, ""), kernel => kernel.Launch);
        return Array.Find(names, name => !byName.Contains(name)) is { } missing
            ? throw new InvalidOperationException($"the plan has no kernel {missing}")
            : [.. names.SelectMany(name => byName[name])];
    }

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

    [GeneratedRegex("[0-9]*_f32$")]
    private static partial Regex SizeAndType();
}
