using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Training.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Images made by kernels, which write straight into the tensor's memory: signals go up, once where they fit, and nothing comes back. They run on a
/// stream of their own, ordered both ways with torch's.
/// </summary>
internal sealed class DeviceImageBatch : ImageBatch
{
    private const int PitchMultiple = 8;

    /// <summary>Signals are kept where they take no more than this part of the device's memory.</summary>
    private const int KeptPart = 4;

    private readonly CudaContext _context;
    private readonly CudaStream _stream, _torch;
    private readonly CudaEvent _torchIsDone, _imagesAreMade;
    private readonly SignalKernels _kernels;
    private readonly SignalUpload _upload;
    private readonly CudaFeatureExtractor _features;
    private readonly ImageRing _ring;
    private DeviceBuffer<float>? _padded;
    private PaddingLaunches? _launches;
    private CutMixCuda? _cutMix;
    private int _mostMixed;

    public DeviceImageBatch(CudaContext context, FeatureOptions features)
        : this(context, features, context.Device.MemoryBytes / KeptPart)
    {
    }

    internal DeviceImageBatch(CudaContext context, FeatureOptions features, long mostKept)
    {
        _context = context;
        _ring = new ImageRing(context);
        _torch = CudaStream.Default(context);
        _stream = new CudaStream(context);
        (_torchIsDone, _imagesAreMade) = (new CudaEvent(context), new CudaEvent(context));
        _kernels = new SignalKernels(context);
        _upload = new SignalUpload(context, _stream, mostKept);
        _features = new CudaFeatureExtractor(context, features);
    }

    public override void Keep(IReadOnlyList<float[]> signals) => _upload.Keep(signals);

    public override void Begin(SignalBatch batch, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        int samples = batch.PaddedLength, count = batch.Signals.Count;
        int pitch = checked((samples + PitchMultiple - 1) / PitchMultiple * PitchMultiple);
        _upload.Run(batch);
        ulong padded = Padded((long)count * pitch);
        Pad(batch, samples, padded, pitch);

        // What torch does with this tensor, two batches back, was queued before the batch between was taken.
        if (_ring.Begin(count, FeatureExtractor.Frames(samples)))
        {
            // New memory may be what torch freed while kernels that use it were still queued.
            _torchIsDone.Record(_torch);
        }

        _stream.Wait(_torchIsDone);
        _features.Run(padded, pitch, count, samples, _ring.BegunAddress, _stream);
        _imagesAreMade.Record(_stream);
    }

    public override Tensor Take()
    {
        _torchIsDone.Record(_torch);
        _torch.Wait(_imagesAreMade);
        Tensor images = _ring.Take();
        if (images.device.type == DeviceType.CPU)
        {
            // The host reads it, which no stream waits for.
            _imagesAreMade.Synchronize();
        }

        return images;
    }

    public override void Mix(Tensor images, CutMix mix)
    {
        if (mix.Box.Frames == 0 || mix.Box.Rows == 0)
        {
            return;
        }

        if (_mostMixed < mix.Partner.Count)
        {
            _cutMix?.Dispose();
            _mostMixed = mix.Partner.Count;
            _cutMix = new CutMixCuda(_context, _mostMixed);
        }

        _cutMix!.Run(
            _ring.TakenAddress, (int)images.shape[1], [.. mix.Partner], mix.Box.FirstFrame, mix.Box.EndFrame, mix.Box.FirstRow, mix.Box.EndRow, _torch);
        if (images.device.type == DeviceType.CPU)
        {
            _torch.Synchronize();
        }
    }

    private protected override void Free()
    {
        _stream.Synchronize();
        _torch.Synchronize();
        foreach (IDisposable? part in (ReadOnlySpan<IDisposable?>)[_ring, _cutMix, _padded, _upload, _features, _kernels, _imagesAreMade, _torchIsDone])
        {
            part?.Dispose();
        }

        _stream.Dispose();
    }

    private ulong Padded(long count)
    {
        if (_padded is null || _padded.Count < count)
        {
            _stream.Synchronize();
            _padded?.Dispose();
            _padded = null;
            _padded = new DeviceBuffer<float>(_context, count);
        }

        return _padded.Address;
    }

    private void Pad(SignalBatch batch, int samples, ulong padded, int pitch)
    {
        int count = batch.Signals.Count;
        if (_launches is not { } launches || launches.Batch != count || launches.Most < samples)
        {
            _launches = launches = new PaddingLaunches(
                count, samples, new BatchPaddingCuda(_kernels, count, samples), new AugmentationCuda(_kernels, count, samples));
        }

        if (batch.Augmentation is { } draws)
        {
            launches.Augmentation.Run(
                _upload.Samples, _upload.Starts, _upload.Lengths, _upload.Energies, _upload.Draws, draws.Seed, draws.Index, samples, padded, pitch, _stream);
        }
        else
        {
            launches.Padding.Run(_upload.Samples, _upload.Starts, _upload.Lengths, samples, padded, pitch, _stream);
        }
    }

    /// <summary>The launches for batches of one size and up to so many samples.</summary>
    private sealed record PaddingLaunches(int Batch, int Most, BatchPaddingCuda Padding, AugmentationCuda Augmentation);
}
