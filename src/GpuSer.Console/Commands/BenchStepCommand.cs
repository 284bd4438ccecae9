using System.CommandLine;
using GpuSer.Console.Bench;
using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Models;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser bench step</c>: how long a training step takes on the CPU, and PyTorch's own beside it.</summary>
internal static class BenchStepCommand
{
    private const int DefaultSteps = 5;
    private const string Torch = "torch";

    public static Command Create(Terminal terminal)
    {
        SyntheticStepOptions defaults = new();
        Option<int> batch = new("--batch") { Description = "images", HelpName = "N", DefaultValueFactory = _ => defaults.Batch };
        Option<int> frames = new("--frames") { Description = "frames of an image; 87 are 2 s", HelpName = "N", DefaultValueFactory = _ => defaults.Frames };
        Option<int> divisor = new("--width-divisor")
        {
            Description = "a network so many times narrower",
            HelpName = "N",
            DefaultValueFactory = _ => defaults.Network.WidthDivisor,
        };
        Option<int> threads = SharedOptions.Threads();
        Option<int> steps = new("--steps") { Description = "steps to measure, after two to warm up", HelpName = "N", DefaultValueFactory = _ => DefaultSteps };
        Option<string?> peer = new("--peer") { Description = "also run PyTorch's own step in turn with ours, and tell the ratio", HelpName = Torch };
        peer.AcceptOnlyFromAmong(Torch);
        Option<string> python = new("--python") { Description = "the Python that has the peer", HelpName = "PATH", DefaultValueFactory = _ => "python3" };
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        steps.Validators.Add(result =>
        {
            if (!result.Implicit && result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"--steps {result.GetValueOrDefault<int>()}: at least 1");
            }
        });
        Command command = new("step", "Measure a training step on the CPU: forward, backward, Adam.")
        {
            batch, frames, divisor, threads, steps, peer, python, noProgress, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            SyntheticStepOptions options = new()
            {
                Network = new VggOptions { WidthDivisor = parsed.GetValue(divisor) },
                Batch = parsed.GetValue(batch),
                Frames = parsed.GetValue(frames),
                Threads = parsed.GetValue(threads),
            };
            StepReport report;
            using (ProgressLine line = new(terminal.Notes, terminal.Interactive && !parsed.GetValue(noProgress)))
            {
                report = new StepBench(options, parsed.GetValue(steps), line.Show)
                    .Run(parsed.GetValue(peer) is null ? null : parsed.GetValue(python), cancellation);
            }

            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal.Out, report);
            }
            else
            {
                StepTable.Write(terminal.Out, report);
            }

            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
