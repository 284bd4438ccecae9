using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.Features.Image;
using GpuSer.Training.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Images made by kernels, which write straight into the tensor's memory: the ragged signals are uploaded, and nothing comes back. They run on a
/// stream of their own, ordered both ways with torch's.
/// </summary>
internal sealed class DeviceImageBatch : ImageBatch
{
    private const int PitchMultiple = 8;

    private readonly CudaContext _context;
    private readonly CudaStream _stream, _torch;
    private readonly CudaEvent _torchIsDone, _imagesAreMade;
    private readonly SignalKernels _kernels;
    private readonly CudaFeatureExtractor _features;
    private readonly ImageRing _ring;
    private float[] _ragged = [];
    private DeviceBuffer<float>? _signals, _padded;
    private DeviceBuffer<long>? _starts;
    private DeviceBuffer<int>? _lengths;
    private CutMixCuda? _cutMix;
    private int _mostMixed;

    public DeviceImageBatch(CudaContext context, FeatureOptions features)
    {
        _context = context;
        _ring = new ImageRing(context);
        _torch = CudaStream.Default(context);
        _stream = new CudaStream(context);
        (_torchIsDone, _imagesAreMade) = (new CudaEvent(context), new CudaEvent(context));
        _kernels = new SignalKernels(context);
        _features = new CudaFeatureExtractor(context, features);
    }

    public override Tensor Fill(IReadOnlyList<ReadOnlyMemory<float>> signals, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        int samples = BatchPadding.PaddedLength(signals.Max(signal => signal.Length)), batch = signals.Count;
        int pitch = checked((samples + PitchMultiple - 1) / PitchMultiple * PitchMultiple);
        Upload(signals);
        DeviceBuffer<float> padded = AtLeast(ref _padded, (long)batch * pitch);
        new BatchPaddingCuda(_kernels, batch, samples)
            .Run(_signals!.Address, _starts!.Address, _lengths!.Address, samples, padded.Address, pitch, _stream);

        // What torch still does with this tensor, two batches back, comes before the new images, and those before what it does next.
        Tensor images = _ring.Next(batch, FeatureExtractor.Frames(samples));
        _torchIsDone.Record(_torch);
        _stream.Wait(_torchIsDone);
        _features.Run(padded.Address, pitch, batch, samples, _ring.Address, _stream);
        _imagesAreMade.Record(_stream);
        _torch.Wait(_imagesAreMade);
        WaitForHost(images);
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
            _ring.Address, (int)images.shape[1], [.. mix.Partner], mix.Box.FirstFrame, mix.Box.EndFrame, mix.Box.FirstRow, mix.Box.EndRow, _torch);
        WaitForHost(images);
    }

    private protected override void Free()
    {
        _stream.Synchronize();
        _torch.Synchronize();
        foreach (IDisposable? part in (ReadOnlySpan<IDisposable?>)[_ring, _cutMix, _signals, _padded, _starts, _lengths, _features, _kernels])
        {
            part?.Dispose();
        }

        _imagesAreMade.Dispose();
        _torchIsDone.Dispose();
        _stream.Dispose();
    }

    // Copies end before they return, and kernels that read what they replace were queued on the same stream before.
    private void Upload(IReadOnlyList<ReadOnlyMemory<float>> signals)
    {
        int batch = signals.Count, total = 0;
        long[] starts = new long[batch];
        int[] lengths = new int[batch];
        for (int i = 0; i < batch; i++)
        {
            (starts[i], lengths[i]) = (total, signals[i].Length);
            total = checked(total + lengths[i]);
        }

        if (_ragged.Length < total)
        {
            _ragged = new float[total];
        }

        for (int i = 0; i < batch; i++)
        {
            signals[i].Span.CopyTo(_ragged.AsSpan((int)starts[i]));
        }

        AtLeast(ref _signals, total).CopyFrom(_ragged.AsSpan(0, total), _stream);
        AtLeast(ref _starts, batch).CopyFrom(starts, _stream);
        AtLeast(ref _lengths, batch).CopyFrom(lengths, _stream);
    }

    private DeviceBuffer<T> AtLeast<T>(ref DeviceBuffer<T>? buffer, long count)
        where T : unmanaged
    {
        if (buffer is null || buffer.Count < count)
        {
            _stream.Synchronize();
            buffer?.Dispose();
            buffer = new DeviceBuffer<T>(_context, count);
        }

        return buffer;
    }

    // A CPU tensor is read by the host, which no stream waits for.
    private void WaitForHost(Tensor images)
    {
        if (images.device.type == DeviceType.CPU)
        {
            _torch.Synchronize();
        }
    }
}
