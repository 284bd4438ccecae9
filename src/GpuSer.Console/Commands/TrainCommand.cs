using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser train</c>: fine-tunes on a folder of recordings and writes a run folder.</summary>
internal static class TrainCommand
{
    private static readonly TrainOptions Paper = new();

    public static Command Create(Terminal terminal)
    {
        Option<string> data = SharedOptions.Data();
        Option<string> dataset = SharedOptions.Dataset();
        Option<string> output = new("--out") { Description = "run folder to write", HelpName = "DIR", DefaultValueFactory = _ => "runs/train" };
        Option<int> epochs = new("--epochs") { Description = "passes over the training part", HelpName = "N", DefaultValueFactory = _ => Paper.Epochs };
        Option<int> batch = new("--batch") { Description = "recordings a step", HelpName = "N", DefaultValueFactory = _ => Paper.Batch };
        Option<double?> rate = new("--lr") { Description = "Adam's rate [default: 1e-5 over --weights, 1e-4 without]", HelpName = "RATE" };
        Option<double> alpha = new("--cutmix-alpha") { Description = "parameter of CutMix's Beta distribution; 0 for no CutMix", HelpName = "A", DefaultValueFactory = _ => Paper.CutMixAlpha };
        Option<bool> plainSignals = new("--no-augment") { Description = "leave recordings as they are: no noise, gain, shift or change of speed" };
        Option<int> seed = SharedOptions.Seed();
        Option<int> limit = SharedOptions.Limit();
        Option<double> seconds = new("--max-seconds") { Description = "crop longer recordings to this length", HelpName = "S", DefaultValueFactory = _ => Paper.MaxSeconds };
        Option<int> divisor = new("--width-divisor") { Description = "make every layer this many times narrower (for trials without a GPU)", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> plain = new("--no-batch-norm") { Description = "VGG-16 without batch normalisation" };
        Option<string?> weights = new("--weights") { Description = "safetensors file with torchvision's names to start from", HelpName = "FILE" };
        SplitOptions split = new();
        Option<int> threads = SharedOptions.Threads();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("train", "Fine-tune VGG-16-BN on a folder of recordings and write a run folder.")
        {
            data, dataset, output, epochs, batch, rate, alpha, plainSignals, seed, limit, seconds, divisor, plain, weights, threads, device, noProgress, json,
        };
        split.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            SplitPlan plan = split.Plan(parsed);
            TrainOptions options = new()
            {
                Epochs = parsed.GetValue(epochs),
                Batch = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                CutMixAlpha = parsed.GetValue(alpha),
                Augmentation = parsed.GetValue(plainSignals) ? null : Paper.Augmentation,
                Seed = parsed.GetValue(seed),
                Limit = parsed.GetValue(limit) is 0 ? null : parsed.GetValue(limit),
                MaxSeconds = parsed.GetValue(seconds),
                Weights = parsed.GetValue(weights),
                TestSpeakers = plan.TestSpeakers,
                Threads = parsed.GetValue(threads),
                Network = new VggOptions { WidthDivisor = parsed.GetValue(divisor), BatchNorm = !parsed.GetValue(plain) },
            };
            bool live = terminal.Interactive && !parsed.GetValue(noProgress);
            Corpus Load() => CorpusLoader.Load(terminal, parsed.GetValue(data)!, parsed.GetValue(dataset)!);
            return Task.FromResult(Run(
                terminal, Load, plan, options, parsed.GetValue(device), parsed.GetValue(output)!, live, parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(
        Terminal terminal, Func<Corpus> load, SplitPlan plan, TrainOptions options, DeviceChoice device, string output, bool live, bool json,
        CancellationToken cancellation)
    {
        RunFolder.RequireFree(output);
        Corpus corpus = load();
        TrainResult result;
        using (DeviceSession session = DeviceSession.Open(device, terminal.Error, network: true))
        using (TrainProgress progress = new(terminal.Error, live))
        {
            Trainer.Check(corpus, options, session.Context);
            TrainingData data = TrainingData.Load(corpus, options, cancellation);
            if (!plan.Single)
            {
                FoldsResult folds = FoldTraining.Run(data, plan, options, output, progress, session.Context, cancellation);
                FoldsOutput.Write(terminal.Out, folds, output, json);
                return ExitCode.Success;
            }

            Split split = plan.Make(data.Utterances, (ulong)options.Seed)[0].Split;
            result = Trainer.Run(data, split, options, output, progress, session.Context, cancellation);
        }

        if (json)
        {
            JsonOutput.Write(terminal.Out, new
            {
                Run = result.Run.Path,
                Split = result.BestTest.Split,
                Best = result.Best,
                Epochs = result.Epochs,
                Speakers = SpeakerTable.Document(result.BestTest.Speakers),
                BadFiles = result.BadFiles,
                Weights = result.Run.BestWeights,
            });
            return ExitCode.Success;
        }

        ConfusionTable.Write(terminal.Out, result.BestTest);
        terminal.Out.WriteLine($"best epoch {result.Best.Epoch} of {result.Epochs.Count}; weights in {result.Run.BestWeights}");
        return ExitCode.Success;
    }
}
