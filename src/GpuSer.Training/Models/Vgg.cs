using static TorchSharp.torch;

namespace GpuSer.Training.Models;

/// <summary>VGG-16 with or without batch normalisation, its state named as in torchvision.</summary>
/// <remarks>Input: images of at least 32 x 32, [shape = (batch, 3, T, rows)]. Output: logits, [shape = (batch, classes)].</remarks>
internal sealed class Vgg : nn.Module<Tensor, Tensor>
{
    /// <summary>Frames an image needs at least, so that five halvings leave one.</summary>
    public const int MinFrames = 32;

    /// <summary>Side of the pooled map that the classifier sees.</summary>
    internal const int PooledSide = 7;

    /// <summary>Channels of an image, which are equal.</summary>
    public const int Channels = 3;

    /// <summary>Side of the convolutions' kernels.</summary>
    internal const int Kernel = 3;

    // 0 stands for a maximum pooling.
    internal static readonly int[] Widths = [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0];

    private readonly nn.Module<Tensor, Tensor> _features, _pool, _classifier;
    private readonly List<string> _stateNames = [];

    /// <summary>Builds the network on the CPU; its weights are whatever torch begins with (see <see cref="Initialisation"/>).</summary>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    public Vgg(VggOptions options)
        : base(nameof(Vgg))
    {
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        Options = options;
        _features = Features(options);
        _pool = nn.AdaptiveAvgPool2d(PooledSide);
        _classifier = Classifier(options);
        register_module("features", _features);
        register_module("avgpool", _pool);
        register_module("classifier", _classifier);
    }

    /// <summary>The network's shape.</summary>
    public VggOptions Options { get; }

    /// <summary>Whether the feature layers are left out of training: no gradients, and the statistics of their batch normalisation stay.</summary>
    public bool FeaturesFrozen { get; private set; }

    /// <summary>Leaves the feature layers out of training from now on.</summary>
    public void FreezeFeatures()
    {
        FeaturesFrozen = true;
        foreach (TorchSharp.Modules.Parameter parameter in _features.parameters())
        {
            parameter.requires_grad = false;
        }

        train(training);
    }

    /// <inheritdoc/>
    public override void train(bool train = true)
    {
        base.train(train);
        if (FeaturesFrozen)
        {
            _features.eval();
        }
    }

    /// <summary>Logits of a batch.</summary>
    public override Tensor forward(Tensor input)
    {
        Tensor pooled = _pool.call(_features.call(input));
        return _classifier.call(pooled.flatten(1));
    }

    /// <summary>Parameters and buffers under torchvision's names, in torchvision's order.</summary>
    public IReadOnlyList<(string Name, Tensor Tensor)> State()
    {
        Dictionary<string, Tensor> state = state_dict();
        return [.. _stateNames.Select(name => (name, state[name]))];
    }

    /// <summary>Whether a name is a bias before a batch normalisation, which takes it out again: its true gradient is zero.</summary>
    public bool IsBiasBeforeBatchNorm(string name) =>
        Options.BatchNorm && name.StartsWith("features.", StringComparison.Ordinal) && name.EndsWith(".bias", StringComparison.Ordinal)
        && !_stateNames.Contains(name[..^"bias".Length] + "running_mean");

    private nn.Module<Tensor, Tensor> Features(VggOptions options)
    {
        List<(string, nn.Module<Tensor, Tensor>)> layers = [];
        int channels = Channels;
        for (int i = 0; i < Widths.Length; i++)
        {
            int width = Widths[i];
            if (width == 0)
            {
                continue;
            }

            int next = width / options.WidthDivisor;
            NameState("features", layers.Count, "weight", "bias");
            layers.Add(($"{layers.Count}", nn.Conv2d(channels, next, Kernel, 1, 1)));
            if (options.BatchNorm)
            {
                NameState("features", layers.Count, "weight", "bias", "running_mean", "running_var", "num_batches_tracked");
                layers.Add(($"{layers.Count}", nn.BatchNorm2d(next)));
            }

            // torchvision rectifies, then pools. The largest of a window is the same either way, to the last bit and in its gradient, and this way only
            // a quarter of the elements is rectified. Neither has a state, so that no name depends on it.
            if (Widths[i + 1] == 0)
            {
                layers.Add(($"{layers.Count}", nn.MaxPool2d(2, 2)));
            }

            layers.Add(($"{layers.Count}", nn.ReLU(true)));
            channels = next;
        }

        return nn.Sequential(layers);
    }

    private nn.Module<Tensor, Tensor> Classifier(VggOptions options)
    {
        int hidden = options.HiddenWidth(), pooled = 512 / options.WidthDivisor * PooledSide * PooledSide;
        foreach (int linear in (ReadOnlySpan<int>)[0, 3, 6])
        {
            NameState("classifier", linear, "weight", "bias");
        }

        return nn.Sequential(
            ("0", nn.Linear(pooled, hidden)),
            ("1", nn.ReLU(true)),
            ("2", nn.Dropout(options.Dropout)),
            ("3", nn.Linear(hidden, hidden)),
            ("4", nn.ReLU(true)),
            ("5", nn.Dropout(options.Dropout)),
            ("6", nn.Linear(hidden, options.Classes)));
    }

    private void NameState(string part, int layer, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _stateNames.Add($"{part}.{layer}.{name}");
        }
    }
}
