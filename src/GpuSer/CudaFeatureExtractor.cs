using System.Diagnostics;
using GpuSer.Cuda;
using GpuSer.Features;
using GpuSer.Features.Image;
using GpuSer.Features.Stft;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace GpuSer;

/// <summary>
/// Makes feature images on a CUDA device (or its emulator), from padded samples in device memory straight into the caller's image: one
/// graph launch a batch, and nothing allocated once a shape has been seen.
/// With <see cref="FeatureOptions.Stft"/> or <see cref="FeatureOptions.FilterBank"/> not at their defaults a batch is a few graphs, and
/// calls of cuFFT and cuBLAS between them.
/// </summary>
/// <remarks>
/// One extractor is for one thread at a time, and its runs for one stream: a plan's scratch is used again by the next run of that shape,
/// which stream order keeps apart. Its plans are kept for the shapes used last.
/// </remarks>
public sealed class CudaFeatureExtractor : IDisposable
{
    /// <summary>Shapes whose plans are kept.</summary>
    public const int PlansKept = 8;

    private readonly FeatureKernels _kernels;
    private readonly FeaturePlanCache _plans;

    /// <summary>Makes an extractor; plans are made when their shapes are first used.</summary>
    /// <param name="context">The context; it must outlive the extractor.</param>
    /// <param name="options">What to compute; null for the paper's image.</param>
    /// <param name="logger">Told of plans that are made; null for nobody.</param>
    /// <exception cref="GpuSerException">An option is wrong.</exception>
    public CudaFeatureExtractor(CudaContext context, FeatureOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        Context = context;
        Options = options ?? FeatureOptions.Default;
        Options.Validate();
        _kernels = new FeatureKernels(context);
        _plans = new FeaturePlanCache(PlansKept, (batch, frames, keepStages) =>
        {
            FeaturePlan plan = new(_kernels, Options, batch, frames, keepStages);
            Log.PlanMade(logger ?? NullLogger.Instance, PlansMade + 1, context.Device.Name, batch, frames);
            return plan;
        });
    }

    /// <summary>Where it computes.</summary>
    public CudaContext Context { get; }

    /// <summary>What is computed.</summary>
    public FeatureOptions Options { get; }

    /// <summary>Plans made so far.</summary>
    internal int PlansMade => _plans.Made;

    /// <summary>Plans kept now.</summary>
    internal int PlansAlive => _plans.Count;

    /// <summary>Queues the making of a batch's images on a stream; returns before they are made.</summary>
    /// <param name="samples">Device address of the padded signals, 22,050 Hz, finite; 4-byte aligned. [shape=(batch, pitch)]</param>
    /// <param name="pitch">Samples from one signal to the next; a multiple of 8 is fastest.</param>
    /// <param name="batch">Signals, at least 1.</param>
    /// <param name="count">Samples of each signal, from 1 to <paramref name="pitch"/>.</param>
    /// <param name="image">Device address of the images. [shape=(batch, 1 + count / 512, 230)]</param>
    /// <param name="stream">The stream.</param>
    /// <exception cref="CudaOutOfMemoryException">There is no room for this shape's plan.</exception>
    /// <exception cref="CudaException">A kernel failed, and the context may be closed; or cuFFT or cuBLAS was chosen and is missing.</exception>
    public void Run(ulong samples, int pitch, int batch, int count, ulong image, CudaStream stream)
    {
        using Activity? activity = Telemetry.Activities.StartActivity("gpuser.images");
        activity?.SetTag("count", batch);
        Plan(pitch, batch, count, keepStages: false).Run(samples, pitch, count, image, stream);
        Telemetry.Made(batch, Context.Driver.Name);
    }

    /// <summary>Makes one signal's intermediate results and its image, under the golden files' names; for looking at, not for speed.</summary>
    /// <param name="samples">Signal of 22,050 Hz, finite. [n, at least 1]</param>
    public FeatureStages ComputeStages(ReadOnlySpan<float> samples)
    {
        ArgumentOutOfRangeException.ThrowIfZero(samples.Length, nameof(samples));
        using CudaStream stream = new(Context);
        FeaturePlan plan = Plan(samples.Length, 1, samples.Length, keepStages: true);
        using DeviceBuffer<float> signal = new(Context, samples.Length);
        using DeviceBuffer<float> image = new(Context, (long)plan.Frames * ImageLayout.Rows);
        signal.CopyFrom(samples, stream);
        plan.Run(signal.Address, samples.Length, samples.Length, image.Address, stream);
        FeatureStages stages = plan.ReadStages(signal.Address, samples.Length, stream);
        float[] values = new float[image.Count];
        image.CopyTo(values, stream);
        float[] rows = [.. Options.Order.SelectMany(block => stages[StageOf(block)].Data)];
        return new FeatureStages(
        [
            .. stages,
            new("rows", [ImageLayout.Rows, plan.Frames], rows),
            new("image", [plan.Frames, ImageLayout.Rows], values),
        ]);
    }

    /// <summary>The kernels of a batch; what cuFFT and cuBLAS launch, where they are chosen, is not among them.</summary>
    /// <param name="batch">Signals, at least 1.</param>
    /// <param name="count">Samples of each signal, at least 1.</param>
    internal IReadOnlyList<FeatureKernel> Kernels(int batch, int count) => Plan(count, batch, count, keepStages: false).Kernels(count);

    /// <summary>Frees the plans and unloads the kernels; the streams they ran on must have finished.</summary>
    public void Dispose()
    {
        _plans.Dispose();
        _kernels.Dispose();
    }

    private static string StageOf(FeatureBlock block) => block switch
    {
        FeatureBlock.Mfcc => "mfcc",
        FeatureBlock.Mel => "mel_power",
        FeatureBlock.Chroma => "chroma_stft",
        FeatureBlock.Contrast => "contrast",
        FeatureBlock.Tonnetz => "tonnetz",
        _ => "hp_mel",
    };

    private FeaturePlan Plan(int pitch, int batch, int count, bool keepStages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pitch, count);
        return _plans.Get(batch, StftTables.Frames(count), keepStages);
    }
}
