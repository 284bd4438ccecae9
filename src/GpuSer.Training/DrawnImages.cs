using GpuSer.Training.Augmentation;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>Images drawn once, uniform in [0, 1), in place of signals' images.</summary>
internal sealed class DrawnImages(int batch, int frames) : ImageBatch
{
    private readonly Tensor _images = rand(batch, frames, FeatureExtractor.Rows).DetachFromDisposeScope();

    public override void Begin(SignalBatch batch, CancellationToken cancellation = default)
    {
    }

    public override Tensor Take() => _images;

    public override void Mix(Tensor images, CutMix mix) => mix.Apply(images);

    private protected override void Free() => _images.Dispose();
}
