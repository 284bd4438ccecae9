using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser ablate</c>: the paper's models A to F over seeds, in a table of table 2's shape.</summary>
internal static class AblateCommand
{
    private const string DefaultOutput = "runs/ablate";
    private const int DefaultSeeds = 3;

    public static Command Create(Terminal terminal)
    {
        Option<string?> data = new("--data") { Description = "folder of recordings, or a CSV file path,label,speaker", HelpName = "DIR|FILE" };
        Option<string> dataset = SharedOptions.Dataset();
        Option<string> output = new("--out") { Description = "folder to write; an ablation of the same options that is there goes on", HelpName = "DIR", DefaultValueFactory = _ => DefaultOutput };
        Option<string?> resume = new("--resume") { Description = "go on with the ablation in this folder, as it was begun; --data says where its recordings are now", HelpName = "DIR" };
        Option<string[]> models = ModelOptions.Models();
        Option<long[]> seeds = ModelOptions.Seeds(DefaultSeeds);
        TrainingOptions training = new();
        Option<string?> plain = new("--weights-plain") { Description = "as --weights, for model B, which has no batch normalisation", HelpName = "FILE" };
        SplitOptions split = new();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<string?> csv = new("--csv") { Description = "write the table as CSV, too", HelpName = "FILE" };
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("ablate", "Train the paper's models A to F over seeds and print their figures in the shape of its table 2.")
        {
            data, dataset, output, resume, models, seeds, plain,
        };
        training.AddTo(command, without: "--seed");
        split.AddTo(command);
        foreach (Option option in (Option[])[device, csv, noProgress, json])
        {
            command.Options.Add(option);
        }

        SharedOptions.RequireOne(
            command, data, resume, "--data DIR says what to train on, or --resume DIR which ablation to go on with; one of them is needed", both: true);
        SharedOptions.RefuseWith(command, resume, data, device, csv, noProgress, json);
        command.SetAction((parsed, cancellation) =>
        {
            string? again = parsed.GetValue(resume), from = parsed.GetValue(data);
            AblationPlan plan = again is null
                ? new AblationPlan(
                    from!, parsed.GetValue(dataset)!, ModelOptions.ModelsOf(parsed, models), ModelOptions.SeedsOf(parsed, seeds, DefaultSeeds),
                    split.Plan(parsed), training.Read(parsed))
                {
                    PlainWeights = parsed.GetValue(plain) is { } file ? Path.GetFullPath(file) : null,
                }
                : AblationPlan.Read(again);
            plan = plan with { Data = from ?? plan.Data };
            bool live = terminal.Interactive && !parsed.GetValue(noProgress);
            return Task.FromResult(Run(
                terminal, plan, again ?? parsed.GetValue(output)!, parsed.GetValue(device), parsed.GetValue(csv), live, parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(
        Terminal terminal, AblationPlan plan, string folder, DeviceChoice device, string? csv, bool live, bool json, CancellationToken cancellation)
    {
        AblationResult result;
        try
        {
            using DeviceSession session = DeviceSession.Open(device, terminal.Notes, network: true);
            using TrainProgress progress = new(terminal, live);
            Corpus corpus = CorpusLoader.Load(terminal, plan.Data, plan.Dataset);
            result = Ablation.Run(corpus, plan, folder, progress, session.Context, cancellation);
        }
        catch (OperationCanceledException) when (AblationPlan.IsIn(folder))
        {
            terminal.Error.WriteLine($"gpuser: what was trained is saved; go on with: gpuser ablate --resume {folder}");
            throw;
        }
        finally
        {
            DecodingNote.Tell(terminal);
        }

        if (csv is not null)
        {
            AtomicFile.WriteText(csv, AblationTable.Summary(result.Rows));
        }

        AblationOutput.Write(terminal.Out, result, json);
        return result.Failures.Count == 0 ? ExitCode.Success : ExitCode.Diverged;
    }
}
