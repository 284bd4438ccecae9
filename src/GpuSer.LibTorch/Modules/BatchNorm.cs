using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>
/// <c>(x - mean) / sqrt(var + eps) * weight + bias</c> for each channel: with the batch's statistics in training (they
/// then move the running ones by <c>momentum</c>, or by 1 / batches where there is none), with the running ones otherwise.
/// </summary>
public abstract class BatchNorm : NormBase
{
    protected BatchNorm(long num_features, double eps, double momentum, bool affine, bool track_running_stats, Device? device, ScalarType? dtype, string name)
        : base(num_features, eps, momentum, affine, track_running_stats, device, dtype, name)
    {
    }

    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);

        double factor = momentum ?? 0;
        if (training && num_batches_tracked is { } batches)
        {
            batches.add_(1);
            if (momentum is null) factor = 1.0 / batches.item<long>();
        }

        bool ofBatch = training || running_mean is null || running_var is null;
        return nn.functional.batch_norm(input, running_mean, running_var, weight, bias, ofBatch, factor, eps);
    }
}
