using System.Runtime.InteropServices;
using GpuSer.Training.Augmentation;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Randomness;
using GpuSer.Training.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training;

/// <summary>
/// Trains a network on images in tensors of the caller's, a step a call, on the CPU: with the loss, CutMix and Adam of <see cref="Trainer"/>, and
/// without its data sets, epochs and run folder. The weights it saves are those that <see cref="Inference.EmotionClassifier.Load"/> takes.
/// </summary>
/// <remarks>
/// Not for use by several threads at once. The number of torch's threads and the seed of its generator belong to the process, and are set here.
/// </remarks>
public sealed class TensorTrainer : IDisposable
{
    private readonly TrainOptions _options;
    private readonly Vgg _network;
    private readonly FusedAdam _optimiser;
    private readonly CallersImages _images;
    private readonly TrainingStep _step;

    /// <summary>Makes the network, with pretrained weights where the options name some.</summary>
    /// <param name="labels">Names of the classes, at least two; a label is an index into them.</param>
    /// <param name="options">
    /// How a step is made: network, weights and their initialisation, frozen features, learning rate, bound of the gradients, CutMix, seed, threads, and
    /// what images hold, which the weights record. How batches are formed and the rate goes is the caller's matter here. Null for the defaults.
    /// </param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="TrainingException">There is no libtorch here.</exception>
    /// <exception cref="IO.InvalidFileException">The weights cannot be used.</exception>
    public TensorTrainer(IReadOnlyList<string> labels, TrainOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(labels);
        options ??= new TrainOptions();
        _options = options with { Network = options.Network with { Classes = labels.Count } };
        new OptionErrors().Include(_options.Errors()).ThrowIfAny();
        TorchDevice.For(null);
        NativeHeap.KeepFreedMemory();
        TorchThreads.Use(_options.Threads);
        Model = new ModelDescription
        {
            Labels = [.. labels],
            Network = _options.Network,
            Recipe = FeatureOptions.RecipeVersion,
            Features = _options.Features,
        };
        ulong seed = (ulong)_options.Seed;
        _network = new Vgg(_options.Network);
        try
        {
            Initialisation.Draw(_network, _options.Initialisation, new Philox(seed, RandomStream.Torch).NextUInt32());
            if (_options.Weights is string weights)
            {
                ModelFile.LoadPretrained(weights, _network);
            }
        }
        catch
        {
            _network.Dispose();
            throw;
        }

        if (_options.FreezeFeatures)
        {
            _network.FreezeFeatures();
        }

        _optimiser = new FusedAdam(
            _network.named_parameters().Where(pair => pair.parameter.requires_grad), new AdamOptions { LearningRate = _options.Rate() }, _options.Threads);
        _images = new CallersImages();
        _step = new TrainingStep(_network, _optimiser, _images, _options.CutMixAlpha, seed) { MaxGradientNorm = _options.MaxGradientNorm };
    }

    /// <summary>What is trained.</summary>
    public ModelDescription Model { get; }

    /// <summary>Steps made so far.</summary>
    public long Steps => _optimiser.Steps;

    /// <summary>Adam's step size, positive; it may be changed between steps.</summary>
    public double LearningRate
    {
        get => _optimiser.LearningRate;
        set
        {
            new OptionErrors().Include(new AdamOptions { LearningRate = value }.Errors()).ThrowIfAny();
            _optimiser.LearningRate = value;
        }
    }

    /// <summary>Makes one step on a batch. What CutMix and dropout draw depends on the seed and the number of the step alone.</summary>
    /// <param name="images">
    /// The images, as <see cref="FeatureExtractor"/> writes them into <see cref="TensorMemory.Floats"/>; they stay as they are. float32, contiguous, on
    /// the CPU. [shape = (batch, frames, 230), frames at least 32]
    /// </param>
    /// <param name="labels">Class of each image. [length = batch]</param>
    /// <exception cref="ArgumentException">The tensor is of another kind, or a label is none.</exception>
    /// <exception cref="TrainingDivergedException">The loss is not a number; the parameters are as before.</exception>
    /// <exception cref="TrainingException">torch failed.</exception>
    public StepResult Step(Tensor images, IReadOnlyList<long> labels)
    {
        Check(images);
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != images.shape[0] || labels.Any(label => label < 0 || label >= Model.Labels.Count))
        {
            throw new ArgumentException($"{images.shape[0]} images need as many labels, each from 0 to {Model.Labels.Count - 1}", nameof(labels));
        }

        using DisposeScope scope = NewDisposeScope();
        _images.Own = _options.CutMixAlpha == 0 ? images : images.clone(); // CutMix works in place
        _network.train();
        try
        {
            return _step.Run(new TrainingBatch(new ReadOnlyMemory<float>[labels.Count], labels), null, (uint)Steps);
        }
        catch (ExternalException error)
        {
            throw new TrainingException($"step {Steps + 1}: torch failed: {error.Message.Split('\n')[0]}", error);
        }
    }

    /// <summary>Logits of images, as the network judges them now.</summary>
    /// <param name="images">As in <see cref="Step"/>.</param>
    /// <param name="logits">Where to write. [shape = (batch, classes)]</param>
    /// <exception cref="ArgumentException">The tensor is of another kind, or the logits' length is another.</exception>
    /// <exception cref="TrainingException">torch failed.</exception>
    public void Logits(Tensor images, Span<float> logits)
    {
        Check(images);
        if (logits.Length != images.shape[0] * Model.Labels.Count)
        {
            throw new ArgumentException($"{images.shape[0]} images have {images.shape[0] * Model.Labels.Count} logits, not {logits.Length}", nameof(logits));
        }

        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        _network.eval();
        try
        {
            TensorMemory.Floats(_network.call(ImageBatch.OnChannels(images))).CopyTo(logits);
        }
        catch (ExternalException error)
        {
            throw new TrainingException($"{images.shape[0]} images cannot be judged: torch failed: {error.Message.Split('\n')[0]}", error);
        }
    }

    /// <summary>Saves the weights as they are now, with a description of the network.</summary>
    /// <param name="path">A safetensors file, which is created or replaced as a whole.</param>
    /// <exception cref="IO.InvalidFileException">The file cannot be written; an old one stays as it was.</exception>
    public void Save(string path) => ModelFile.Save(path, _network, Model);

    /// <summary>Frees network and optimiser; the images stay the caller's.</summary>
    public void Dispose()
    {
        _step.Dispose();
        _images.Dispose();
        _optimiser.Dispose();
        _network.Dispose();
    }

    private static void Check(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        long[] shape = images.shape;
        if (shape.Length != 3 || shape[0] < 1 || shape[1] < Vgg.MinFrames || shape[2] != FeatureExtractor.Rows
            || images.dtype != ScalarType.Float32 || images.device.type != DeviceType.CPU || !images.is_contiguous())
        {
            throw new ArgumentException(
                $"images are contiguous float32 tensors of the CPU of shape (batch, frames, {FeatureExtractor.Rows}) with at least {Vgg.MinFrames} frames, "
                + $"not {images.dtype} on {images.device} of shape ({string.Join(", ", shape)})",
                nameof(images));
        }
    }

    /// <summary>Stands where images are made, and hands over those that are there.</summary>
    private sealed class CallersImages : ImageBatch
    {
        public Tensor? Own { get; set; }

        public override void Begin(SignalBatch batch, CancellationToken cancellation = default)
        {
        }

        public override Tensor Take() => Own!;

        public override void Mix(Tensor images, CutMix mix) => mix.Apply(images);

        private protected override void Free() => Own = null;
    }
}
