using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.Training.Models;
using GpuSer.Training.Weights;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace GpuSer.Training.Inference;

/// <summary>
/// A network that judges recordings. Each is seen on its own, padded to nothing but the network's least length, so that a verdict does not depend
/// on what else is asked. Not for use by several threads at once.
/// </summary>
public sealed partial class EmotionClassifier : IDisposable
{
    private readonly Vgg _network;
    private readonly ImageBatch _images;
    private readonly bool _ownsParts;

    private EmotionClassifier(Vgg network, ModelDescription model, ImageBatch images, bool ownsParts)
    {
        (_network, Model, _images, _ownsParts) = (network, model, images, ownsParts);
    }

    /// <summary>What the network is.</summary>
    public ModelDescription Model { get; }

    /// <summary>Loads weights that describe themselves.</summary>
    /// <param name="weights">A safetensors file that a training wrote.</param>
    /// <param name="threads">Threads of torch and of the features; 0 for one a core.</param>
    /// <param name="device">A CUDA device or its emulator, which must outlive the classifier, for features and network; null for the CPU.</param>
    /// <param name="logger">Told what was loaded, and onto which device; null for nobody.</param>
    /// <exception cref="IO.InvalidFileException">The file is missing, damaged, or does not say what it is.</exception>
    /// <exception cref="TrainingException">The device is a GPU, and this torch knows none.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    public static EmotionClassifier Load(string weights, int threads = 0, CudaContext? device = null, ILogger? logger = null)
    {
        Device torchDevice = TorchDevice.For(device);
        TorchThreads.Use(threads);
        (Vgg network, ModelDescription model) = ModelFile.Load(weights);
        try
        {
            network.to(torchDevice);
            network.eval();
            Loaded(logger ?? NullLogger.Instance, model.Network.Name(), model.Labels.Count, weights, device?.Device.Name ?? "the CPU");
            return new EmotionClassifier(network, model, ImageBatch.On(device, model.Features, threads), ownsParts: true);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Judges with a network that is being trained, where its images are made; both stay the caller's.</summary>
    internal static EmotionClassifier Around(Vgg network, ModelDescription model, ImageBatch images) => new(network, model, images, ownsParts: false);

    /// <summary>Logits of one signal.</summary>
    /// <param name="voiced">Voiced samples at 22,050 Hz; at least one.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>[length = classes]</returns>
    /// <exception cref="TrainingException">torch failed, as it does where memory is short.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    public float[] Logits(ReadOnlyMemory<float> voiced, CancellationToken cancellation = default)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        try
        {
            Tensor logits = _network.call(ImageBatch.OnChannels(_images.Fill([voiced], cancellation)));
            return TensorMemory.Floats(logits.cpu()).ToArray();
        }
        catch (ExternalException error)
        {
            throw new TrainingException(
                $"a recording of {voiced.Length / (double)FeatureOptions.SampleRate:0.0} s cannot be judged: torch failed: {error.Message.Split('\n')[0]}; where memory is short cut the recording or leave it out", error);
        }
    }

    /// <summary>Logits of a recording's voiced samples, with errors that name it.</summary>
    /// <exception cref="TrainingException">torch failed.</exception>
    /// <exception cref="CudaException">The device failed.</exception>
    internal float[] Logits(string path, ReadOnlyMemory<float> voiced, CancellationToken cancellation)
    {
        try
        {
            return Logits(voiced, cancellation);
        }
        catch (TrainingException error)
        {
            throw new TrainingException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Probabilities of one signal: the softmax of its logits.</summary>
    /// <param name="voiced">Voiced samples at 22,050 Hz; at least one.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>[length = classes]</returns>
    public double[] Probabilities(ReadOnlyMemory<float> voiced, CancellationToken cancellation = default) =>
        Softmax.Of(Logits(voiced, cancellation));

    /// <summary>Judges a recording: a short one whole, a long one in windows.</summary>
    /// <param name="path">A file that libsndfile can decode.</param>
    /// <param name="options">Windows; null for the defaults.</param>
    /// <param name="cancellation">Stops between windows.</param>
    /// <exception cref="GpuSerException">The file cannot be used; the message names it.</exception>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    public Prediction Predict(string path, PredictOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new PredictOptions();
        new OptionErrors().Include(options.Errors()).ThrowIfAny();
        float[] samples = AudioFile.ReadMono(path, ct: cancellation);
        double seconds = samples.Length / (double)FeatureOptions.SampleRate;
        List<WindowPrediction> timeline = seconds <= options.WholeSeconds ? [] : Walk(path, samples, options, cancellation);

        // A long recording's verdict is the mean over its windows: all count alike, and the result is a distribution again.
        double[] probabilities = timeline.Count == 0
            ? Softmax.Of(Logits(path, VoicedSamples.SelectOrThrow(path, samples), cancellation))
            : [.. Enumerable.Range(0, Model.Labels.Count).Select(c => timeline.Average(window => window.Probabilities[c]))];
        return new Prediction(path, Model.Labels, probabilities, seconds, timeline);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsParts)
        {
            _images.Dispose();
            _network.Dispose();
        }
    }

    [LoggerMessage(201, LogLevel.Information, "{Network} of {Classes} classes from {Weights} on {Device}")]
    private static partial void Loaded(ILogger logger, string network, int classes, string weights, string device);

    private List<WindowPrediction> Walk(string path, float[] samples, PredictOptions options, CancellationToken cancellation)
    {
        List<WindowPrediction> timeline = [];
        foreach ((int start, int end) in options.Windows(samples.Length))
        {
            cancellation.ThrowIfCancellationRequested();
            float[] voiced = VoicedSamples.Select(samples.AsSpan(start, end - start));
            if (voiced.Length == 0)
            {
                continue; // Nobody speaks in this window: it has no verdict.
            }

            double[] probabilities = Softmax.Of(Logits(path, voiced, cancellation));
            timeline.Add(new WindowPrediction(start / (double)FeatureOptions.SampleRate, end / (double)FeatureOptions.SampleRate, Model.Labels, probabilities));
        }

        return timeline;
    }
}
