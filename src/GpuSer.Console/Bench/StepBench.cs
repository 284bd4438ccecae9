using System.Diagnostics;
using GpuSer.Training;
using TorchSharp;

namespace GpuSer.Console.Bench;

/// <summary>Measures the training step, and PyTorch's own in turn with it.</summary>
/// <param name="options">Size of the step.</param>
/// <param name="steps">Steps to measure; two more come before them, until memory is where it stays.</param>
/// <param name="tell">Told what is being measured.</param>
internal sealed class StepBench(SyntheticStepOptions options, int steps, Action<string> tell)
{
    private const int WarmUp = 2;

    /// <summary>Measures.</summary>
    /// <param name="python">A Python that has PyTorch, to compare with; null for our step alone.</param>
    /// <param name="ct">Ends the measurement after the step that runs.</param>
    /// <exception cref="InvalidOptionsException">The options are impossible.</exception>
    /// <exception cref="GpuSerException">PyTorch's step cannot be run.</exception>
    public StepReport Run(string? python, CancellationToken ct)
    {
        using SyntheticStep step = new(options);
        List<StepFigures> all = [];
        List<StepPeer> peers = [];
        for (int i = 0; i < WarmUp; i++)
        {
            Measure(step, "warming up", ct);
        }

        if (python is null)
        {
            for (int i = 0; i < steps; i++)
            {
                all.Add(Measure(step, $"step {i + 1} of {steps}", ct));
            }
        }
        else
        {
            foreach (TorchSettings settings in (TorchSettings[])[TorchSettings.ItsOwn, TorchSettings.Ours])
            {
                peers.Add(Compare(step, python, settings, all, ct));
            }
        }

        using Process process = Process.GetCurrentProcess();
        return new StepReport
        {
            Network = options.Network.Name(),
            Parameters = step.Parameters,
            Batch = options.Batch,
            Frames = options.Frames,
            Rows = FeatureExtractor.Rows,
            Threads = step.Threads,
            Torch = torch.__version__,
            Steps = steps,
            Step = StepFigures.Median(all),
            PeakBytes = process.PeakWorkingSet64,
            Peers = peers,
        };
    }

    private StepPeer Compare(SyntheticStep step, string python, TorchSettings settings, List<StepFigures> all, CancellationToken ct)
    {
        using TorchPeer peer = TorchPeer.Start(python, settings, options, step.Threads, ct);
        for (int i = 0; i < WarmUp; i++)
        {
            tell($"PyTorch with {settings.Name}: warming up");
            peer.Run();
        }

        List<StepFigures> ours = [], theirs = [];
        for (int i = 0; i < steps; i++)
        {
            ours.Add(Measure(step, $"step {i + 1} of {steps}", ct));
            tell($"PyTorch with {settings.Name}: step {i + 1} of {steps}");
            theirs.Add(peer.Run());
        }

        all.AddRange(ours);
        bool same = peer.Library is { } library && Loaded(library);
        return new StepPeer(settings.Name, peer.Version, peer.Network, peer.Threads, same, StepFigures.Median(theirs), StepFigures.Median(ours));
    }

    private StepFigures Measure(SyntheticStep step, string what, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        tell(what);
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        StepTimings timings = step.Run().Timings;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new StepFigures(
            seconds, timings.Forward, timings.Backward, timings.Optimiser, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
    }

    private static bool Loaded(string library)
    {
        using Process process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Any(module => module.FileName == library);
    }
}
