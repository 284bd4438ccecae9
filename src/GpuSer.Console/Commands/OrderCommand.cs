using System.CommandLine;
using GpuSer.Console.Output;
using GpuSer.IO;
using GpuSer.Training;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;
using GpuSer.Training.Runs;

namespace GpuSer.Console.Commands;

/// <summary><c>gpuser order</c>: looks for the best order of the six features, by a linear model on all 720 and a network on a short list.</summary>
internal static class OrderCommand
{
    private const string DefaultOutput = "runs/order";
    private const int DefaultSeeds = 2, DefaultShortList = 6, DefaultEpochs = 3, DefaultDivisor = 16;

    public static Command Create(Terminal terminal)
    {
        Option<string> data = SharedOptions.Data();
        Option<string> dataset = SharedOptions.Dataset();
        Option<string> output = new("--out") { Description = "folder to write; given again with the same options, trainings that are done are read and one that was cut goes on, so that there is no --resume", HelpName = "DIR", DefaultValueFactory = _ => DefaultOutput };
        Option<int> shortList = new("--short-list") { Description = "how many orders to train a network with", HelpName = "N", DefaultValueFactory = _ => DefaultShortList };
        Option<long[]> seeds = ModelOptions.Seeds(DefaultSeeds);
        TrainingOptions training = new(DefaultEpochs, DefaultDivisor);
        SplitOptions split = new();
        Option<DeviceChoice> device = SharedOptions.Device(Enum.GetValues<DeviceChoice>());
        Option<bool> noProgress = SharedOptions.NoProgress();
        Option<bool> json = SharedOptions.Json();

        Command command = new("order", "Look for the best order of the six features: a linear model on all 720, then a network on a short list of them.")
        {
            data, dataset, output, shortList, seeds,
        };
        training.AddTo(command, "--seed", "--order");
        split.AddTo(command);
        foreach (Option option in (Option[])[device, noProgress, json])
        {
            command.Options.Add(option);
        }

        shortList.Validators.Add(result =>
        {
            if (!result.Implicit && result.GetValueOrDefault<int>() is < 1 or > 720)
            {
                result.AddError("--short-list takes 1 to 720 orders");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            long[] all = ModelOptions.SeedsOf(parsed, seeds, DefaultSeeds);
            Job job = new(
                parsed.GetValue(data)!, parsed.GetValue(dataset)!, parsed.GetValue(output)!, parsed.GetValue(shortList), all,
                training.Read(parsed) with { Seed = all[0] }, split.Plan(parsed));
            bool live = terminal.Interactive && !parsed.GetValue(noProgress);
            return Task.FromResult(Run(terminal, job, parsed.GetValue(device), live, parsed.GetValue(json), cancellation));
        });
        return command;
    }

    private static int Run(Terminal terminal, Job job, DeviceChoice device, bool live, bool json, CancellationToken cancellation)
    {
        if (!job.Plan.Single)
        {
            throw new TrainingException("an order is looked for in the training part of one split; give --fold I, --test-speakers or --split random");
        }

        RunLock.RequireFree(job.Folder);
        using DeviceSession session = DeviceSession.Open(device, terminal.Notes, network: true);
        Corpus corpus = CorpusLoader.Load(terminal, job.Data, job.Dataset);
        Trainer.Check(corpus, job.Options, session.Context);
        TrainingData data = CorpusLoader.Decode(terminal, corpus, job.Options, cancellation);
        ulong seed = (ulong)job.Options.Seed;

        // The split's test part is not looked at: it is for those who train with the order that is found.
        Split outer = job.Plan.Make(data.Utterances, seed)[0].Split, inner = Splitting.Stratified(outer.Train, seed);
        Split split = new($"{inner.Name}, of the training part of: {outer.Name}", inner.Train, inner.Test);
        HashSet<Utterance> train = [.. outer.Train];
        OrderSearchResult search = Search([.. data.Voiced.Where(voiced => train.Contains(voiced.Utterance))], terminal, corpus, job, live, cancellation);
        using RunLock turn = RunLock.Take(job.Folder);
        AtomicFile.WriteText(Path.Combine(job.Folder, "orders.csv"), search.ToCsv());
        OrderOutput.TellSearch(terminal.Notes, search);
        using TrainProgress progress = new(terminal, live);
        try
        {
            IReadOnlyList<OrderTrial> trials = OrderTuning.Run(
                data, split, search.ShortList(job.ShortList, seed), job.Seeds, job.Options, job.Folder, progress, session.Context, cancellation);
            progress.Dispose();
            OrderOutput.Write(terminal.Out, search, trials, split, job.Options, job.Folder, json);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            progress.Dispose();
            terminal.Error.WriteLine("gpuser: what was trained is saved; the same command goes on with it");
            throw;
        }
    }

    private static OrderSearchResult Search(
        IReadOnlyList<VoicedUtterance> voiced, Terminal terminal, Corpus corpus, Job job, bool live, CancellationToken cancellation)
    {
        using ProgressLine line = new(terminal.Notes, live);
        Share share = new(done => line.Show($"linear models {Figures.Percent(done)}"));
        return OrderSearch.Run(voiced, corpus.Labels.Count, (ulong)job.Options.Seed, job.Options.Threads, share, cancellation);
    }

    private sealed record Job(
        string Data, string Dataset, string Folder, int ShortList, IReadOnlyList<long> Seeds, TrainOptions Options, SplitPlan Plan);

    private sealed class Share(Action<double> show) : IProgress<double>
    {
        private readonly Lock _turn = new();

        public void Report(double value)
        {
            lock (_turn)
            {
                show(value);
            }
        }
    }
}
