using System.CommandLine;
using System.Diagnostics;
using GpuSer.Console.Demo;
using GpuSer.Console.Output;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser demo</c>: the whole job on a corpus that it speaks itself.</summary>
internal static class DemoCommand
{
    private const double Goal = 0.40;

    // Sizes that end within minutes on two cores. A narrow network that starts from nothing on a few hundred recordings
    // wants a higher rate than fine-tuning, small batches, little dropout and no mixing or varying of recordings.
    private static readonly TrainOptions Options = new()
    {
        Epochs = 12,
        Batch = 16,
        LearningRate = 1e-3,
        Schedule = LearningRateSchedule.Cosine,
        CutMixAlpha = 0,
        Augmentation = null,
        Seed = 1,
        TestSpeakers = DemoVoices.HeldOut,
        Initialisation = ClassifierInitialisation.Torchvision,
        Network = new VggOptions { WidthDivisor = 8, Hidden = 64, Dropout = 0.1 },
    };

    public static Command Create(Terminal terminal)
    {
        Option<string> output = new("--out") { Description = "folder for the corpus and the run", HelpName = "DIR", DefaultValueFactory = _ => "runs/demo" };
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();
        Command command = new("demo", "Speak a small corpus with espeak-ng, train on it and show the confusion matrix; takes a few minutes.")
        {
            output, noProgress, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal, parsed.GetValue(output)!, terminal.Interactive && !parsed.GetValue(noProgress), parsed.GetValue(json), cancellation)));
        return command;
    }

    private static int Run(Terminal terminal, string output, bool live, bool json, CancellationToken cancellation)
    {
        Stopwatch clock = Stopwatch.StartNew();
        string folder = Path.Combine(output, "corpus");
        terminal.Notes.WriteLine(
            $"gpuser: the corpus is synthetic: {DemoVoices.Speakers.Length} voices of espeak-ng read {DemoVoices.Sentences.Length} German sentences "
            + $"in {DemoVoices.Emotions.Length} manners of speaking");
        using (ProgressLine line = new(terminal.Notes, live))
        {
            int count = DemoCorpus.Write(folder, seed: (int)Options.Seed, (done, all) => line.Show($"speaking {done}/{all}"), cancellation);
            line.Clear();
            terminal.Notes.WriteLine($"gpuser: {count} recordings in {folder}, voices {string.Join(" and ", DemoVoices.HeldOut)} held out");
        }

        TrainResult result;
        using (TrainProgress progress = new(terminal, live))
        {
            result = Trainer.Run(EmoDbCorpus.Load(folder), Options, Path.Combine(output, "run"), progress, cancellation: cancellation);
        }

        bool reached = result.Best.Accuracy >= Goal;
        if (json)
        {
            JsonOutput.Write(terminal.Out, new { Synthetic = true, Corpus = folder, Goal, Reached = reached, Training = TrainOutput.Document(result) });
        }
        else
        {
            Write(terminal.Out, result, folder, clock.Elapsed);
        }

        if (reached)
        {
            return ExitCode.Success;
        }

        terminal.Error.WriteLine($"gpuser: the demo should reach an accuracy of {Figures.Percent(Goal)} on the voices held out; it did not");
        return ExitCode.Failure;
    }

    private static void Write(TextWriter writer, TrainResult result, string folder, TimeSpan time)
    {
        ConfusionTable.Write(writer, result.BestTest);
        writer.WriteLine(
            $"best of {Options.Epochs} epochs: {result.Best.Epoch}; network {Options.Network.Name()}, hidden layers of {Options.Network.HiddenWidth()}, rate {Options.Rate()}, batch {Options.Batch}, no CutMix, no augmentation; took {Figures.Duration(time)}");
        writer.WriteLine(
            "The corpus is synthetic and the network narrow and not pretrained: this shows that the chain works, not how well it recognises people.");
        writer.WriteLine($"Try: gpuser predict --weights {result.Run.BestWeights} {folder}/09a01Wa.wav");
    }
}
