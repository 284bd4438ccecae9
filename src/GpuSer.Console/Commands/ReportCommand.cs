using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.Training.Data;
using GpuSer.Training.Reports;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser report</c>: makes a run's page again, or one that compares several.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> runs = new("runs")
        {
            Description = "run folders that train wrote, of one training or of several folds; two or more are compared",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> output = new("--out") { Description = $"page to write [default: RUN/{RunReport.FileName}, or {RunReport.FileName} here for several]", HelpName = "FILE" };
        Option<string?> data = new("--data") { Description = "where the recordings of the first run are now, for images and players [default: where it had them]", HelpName = "DIR" };
        Option<bool> noAudio = new("--no-audio") { Description = "embed no recordings" };
        Option<bool> json = SharedOptions.Json();

        Command command = new("report", "Make a run's report.html again, or one page that compares several runs.") { runs, output, data, noAudio, json };
        command.SetAction((parsed, _) => Task.FromResult(Run(
            terminal, parsed.GetValue(runs)!, parsed.GetValue(output), parsed.GetValue(data), !parsed.GetValue(noAudio), parsed.GetValue(json))));
        return command;
    }

    private static int Run(Terminal terminal, string[] runs, string? output, string? data, bool audio, bool json)
    {
        string page = output ?? (runs.Length == 1 ? Path.Combine(runs[0], RunReport.FileName) : RunReport.FileName);
        RunReport.Write(runs, page, data is null ? null : Recordings(terminal, runs[0], data), audio);
        DecodingNote.Tell(terminal);
        if (json)
        {
            JsonOutput.Write(terminal.Out, new { Report = page, Runs = runs, Bytes = new FileInfo(page).Length });
        }
        else
        {
            terminal.Out.WriteLine(page);
        }

        return ExitCode.Success;
    }

    private static Corpus Recordings(Terminal terminal, string run, string data) =>
        CorpusLoader.Load(terminal, data, RunReport.ConfigurationOf(run).Dataset);
}
