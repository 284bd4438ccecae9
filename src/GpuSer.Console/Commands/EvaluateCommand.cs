using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Data;
using GpuSer.Training.Evaluation;
using GpuSer.Training.Inference;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser evaluate</c>: figures of a run's weights on its test list, or on a whole folder.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string> run = new("--run") { Description = "run folder that train wrote", HelpName = "DIR", Required = true };
        Option<string> data = SharedOptions.Data();
        Option<string> dataset = SharedOptions.Dataset();
        Option<bool> all = new("--all") { Description = "the whole folder, not the run's test list alone" };
        Option<bool> last = new("--last") { Description = "the last epoch's weights, not the best" };
        Option<int> limit = SharedOptions.Limit();
        Option<int> seed = SharedOptions.Seed();
        Option<int> threads = SharedOptions.Threads();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("evaluate", "Accuracy, unweighted average recall, macro F1, confusion matrix and figures by speaker of a run.")
        {
            run, data, dataset, all, last, limit, seed, threads, device, noProgress, json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal,
            RunFolder.Open(parsed.GetValue(run)!),
            CorpusLoader.Load(terminal, parsed.GetValue(data)!, parsed.GetValue(dataset)!),
            new Choice(
                parsed.GetValue(all), parsed.GetValue(last), parsed.GetValue(limit), parsed.GetValue(seed), parsed.GetValue(threads), parsed.GetValue(device)),
            terminal.Interactive && !parsed.GetValue(noProgress),
            parsed.GetValue(json),
            cancellation)));
        return command;
    }

    private static int Run(
        Terminal terminal, RunFolder run, Corpus corpus, Choice choice, bool live, bool json, CancellationToken cancellation)
    {
        corpus = corpus.Under(run.Configuration.Model.Labels);
        (IReadOnlyList<Utterance> utterances, string split) = Choose(terminal, run, corpus, choice);
        string weights = choice.Last ? run.LastWeights : run.BestWeights;
        using DeviceSession session = DeviceSession.Open(choice.Device, terminal.Notes, network: true);
        using EmotionClassifier classifier = EmotionClassifier.Load(weights, choice.Threads, session.Context);
        EvaluationResult result;
        using (ProgressLine line = new(terminal.Notes, live))
        {
            Percentage progress = new(line);
            result = Evaluator.Run(classifier, corpus.Labels, utterances, split, choice.Threads, progress, cancellation);
        }

        DecodingNote.Tell(terminal);
        BadFiles.Tell(terminal.Error, [.. corpus.BadFiles, .. result.BadFiles]);
        if (!json)
        {
            ConfusionTable.Write(terminal.Out, result);
            SpeakerTable.Write(terminal.Out, result.Speakers);
            return ExitCode.Success;
        }

        ConfusionMatrix confusion = result.Confusion;
        JsonOutput.Write(terminal.Out, new
        {
            result.Split,
            Count = confusion.Total,
            confusion.Accuracy,
            Uar = confusion.UnweightedAverageRecall,
            confusion.MacroF1,
            confusion.Labels,
            Confusion = confusion.Counts,
            Speakers = SpeakerTable.Document(result.Speakers),
        });
        return ExitCode.Success;
    }

    private static (IReadOnlyList<Utterance> Utterances, string Split) Choose(Terminal terminal, RunFolder run, Corpus corpus, Choice choice)
    {
        IReadOnlyList<Utterance> chosen = corpus.Utterances;
        string split = "all";
        if (!choice.All)
        {
            (chosen, IReadOnlyList<string> missing) = run.Split.FindTest(corpus);
            split = run.Split.Name;
            if (missing.Count > 0)
            {
                terminal.Error.WriteLine(
                    $"gpuser: {missing.Count} of {run.Split.Test.Count} recordings of the test list are not in {corpus.Folder}, the first is {missing[0]}");
            }
        }

        return (choice.Limit > 0 ? Splitting.Limit(chosen, choice.Limit, (ulong)choice.Seed) : chosen, split);
    }

    private sealed record Choice(bool All, bool Last, int Limit, int Seed, int Threads, DeviceChoice Device);

    private sealed class Percentage(ProgressLine line) : IProgress<double>
    {
        public void Report(double value) => line.Show($"{Figures.Percent(value)} judged");
    }
}
