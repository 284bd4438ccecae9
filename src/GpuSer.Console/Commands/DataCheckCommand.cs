using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Data;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser data check</c>: decodes every recording and says what there is and what cannot be used.</summary>
internal static class DataCheckCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> data = new("dir") { Description = "folder of recordings, or a CSV file path,label,speaker" };
        Option<string> dataset = SharedOptions.Dataset();
        Option<int> threads = SharedOptions.Threads();
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("check", "Decode every recording: counts by class and speaker, durations, sample rates, bad files, copies.")
        {
            data, dataset, threads, noProgress, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            Corpus corpus = CorpusLoader.Load(terminal, parsed.GetValue(data)!, parsed.GetValue(dataset)!);
            CorpusReport report;
            using (ProgressLine line = new(terminal.Notes, terminal.Interactive && !parsed.GetValue(noProgress)))
            {
                report = CorpusReport.Make(corpus, parsed.GetValue(threads), new Percentage(line), cancellation);
            }

            DecodingNote.Tell(terminal);
            CorpusOutput.Write(terminal.Out, report, parsed.GetValue(json));
            return Task.FromResult(report.BadFiles.Count > 0 ? ExitCode.BadInput : ExitCode.Success);
        });
        return command;
    }

    private sealed class Percentage(ProgressLine line) : IProgress<double>
    {
        private readonly Lock _lock = new();

        public void Report(double value)
        {
            lock (_lock)
            {
                line.Show($"{Figures.Percent(value)} decoded");
            }
        }
    }
}
