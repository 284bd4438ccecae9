using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Experiments;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;

namespace GpuSer.Training.Tests.Runs;

public sealed class RunLockTests : IDisposable
{
    private static readonly TrainOptions Options = new() { Epochs = 1, Batch = 8, Threads = 1, Network = new VggOptions { WidthDivisor = 32, Hidden = 16 } };

    private readonly SpokenCorpus _spoken = new(2, 2, 'F', 'W');

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void A_folder_is_one_process_s_until_it_gives_it_back()
    {
        RunLock first = RunLock.Take(_spoken.Runs);
        AssertTaken(() => RunLock.Take(_spoken.Runs));
        AssertTaken(() => RunLock.RequireFree(_spoken.Runs));
        AssertTaken(() => RunFolder.RequireFree(_spoken.Runs));

        first.Dispose();

        RunLock.RequireFree(_spoken.Runs);
        RunLock.Take(_spoken.Runs).Dispose();
        RunLock.RequireFree(Path.Combine(_spoken.Runs, "none"));
        Assert.False(Directory.Exists(Path.Combine(_spoken.Runs, "none")));
    }

    [Fact]
    public void Who_looks_whether_a_folder_is_free_takes_it_from_nobody()
    {
        RunLock.Take(_spoken.Runs).Dispose();
        FileStream look = new(Path.Combine(_spoken.Runs, RunLock.FileName), FileMode.Open, FileAccess.Read, FileShare.Read);
        Exception? error = null;
        Thread training = new(() => error = Record.Exception(() => RunLock.Take(_spoken.Runs).Dispose()));
        try
        {
            RunLock.RequireFree(_spoken.Runs); // two may look at a time
            training.Start();
            SpinWait.SpinUntil(() => !training.IsAlive || training.ThreadState.HasFlag(ThreadState.WaitSleepJoin)); // it waits for the look's end
        }
        finally
        {
            look.Dispose();
        }

        training.Join();
        Assert.Null(error);
    }

    [Fact]
    public void A_run_or_plan_that_came_since_the_folder_was_looked_at_is_not_replaced()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        Split split = Splitting.Stratified(data.Utterances, 5);
        SplitPlan loso = new() { Kind = SplitKind.Loso };
        string one = Path.Combine(_spoken.Runs, "one"), folds = Path.Combine(_spoken.Runs, "folds"), between = Path.Combine(_spoken.Runs, "between");
        Train(one);
        TrainFolds(folds);
        Trainer.Run(data, split, Options, Path.Combine(between, "speaker-04"));
        string[] before = Contents();

        foreach (Action again in (Action[])[() => Train(one), () => TrainFolds(one), () => Train(folds), () => TrainFolds(folds), () => TrainFolds(between)])
        {
            Assert.Contains("there is a run in this folder already; ", Assert.Throws<InvalidFileException>(again).Message, StringComparison.Ordinal);
        }

        Assert.Equal(before, Contents().Where(line => !line.StartsWith(Path.Combine(between, RunLock.FileName), StringComparison.Ordinal)));

        void Train(string folder) => Trainer.Run(data, split, Options, folder, null, null, ExistingRun.Refuse, default);
        void TrainFolds(string folder) => FoldTraining.Run(data, loso, Options, folder, null, null, ExistingRun.Refuse, default);
        string[] Contents() => [.. Directory.EnumerateFiles(_spoken.Runs, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];
    }

    [Fact]
    public void Nothing_is_trained_into_a_folder_that_is_taken_and_nothing_in_it_is_touched()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        Split split = Splitting.Stratified(data.Utterances, 5);
        SplitPlan loso = new() { Kind = SplitKind.Loso };
        using RunLock other = RunLock.Take(_spoken.Runs);
        string half = Path.Combine(_spoken.Runs, "checkpoint.safetensors.123.tmp");
        File.WriteAllText(half, "another process writes it");
        AssertTaken(() => Trainer.Run(data, split, Options, _spoken.Runs));
        AssertTaken(() => Trainer.Run(data, split, Options, _spoken.Runs, resume: true));
        AssertTaken(() => FoldTraining.Run(data, loso, Options, _spoken.Runs));
        AssertTaken(() => Ablation.Run(_spoken.Corpus, new AblationPlan(_spoken.Folder, EmoDbCorpus.Name, ["A"], [1], loso, Options), _spoken.Runs));

        Assert.Equal([half, Path.Combine(_spoken.Runs, "run.lock")], Directory.GetFileSystemEntries(_spoken.Runs).Order());
    }

    [Fact]
    public void A_training_holds_its_folder_and_a_plan_its_own_and_the_fold_s()
    {
        TrainingData data = TrainingData.Load(_spoken.Corpus, Options);
        List<string> held = [];
        FoldTraining.Run(data, new SplitPlan { Kind = SplitKind.Loso }, Options, _spoken.Runs, new Watcher(told =>
        {
            if (told is EpochFinished)
            {
                held.AddRange(((string[])["", "speaker-03", "speaker-04"]).Where(fold => IsTaken(Path.Combine(_spoken.Runs, fold))));
            }
        }));

        Assert.Equal(["", "speaker-03", "", "speaker-04"], held);
        Assert.False(IsTaken(_spoken.Runs));
        Assert.False(IsTaken(Path.Combine(_spoken.Runs, "speaker-04")));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_no_folder_that_is_taken()
    {
        Directory.CreateDirectory(Path.Combine(_spoken.Runs, "run.lock"));
        string error = Assert.Throws<InvalidFileException>(() => RunLock.Take(_spoken.Runs)).Message;
        Assert.Contains("run.lock: cannot be written", error, StringComparison.Ordinal);
    }

    private static bool IsTaken(string folder)
    {
        try
        {
            RunLock.RequireFree(folder);
            return false;
        }
        catch (InvalidFileException)
        {
            return true;
        }
    }

    private void AssertTaken(Action act)
    {
        string error = Assert.Throws<InvalidFileException>(act).Message;
        Assert.StartsWith($"{_spoken.Runs}: another process trains into this folder; ", error, StringComparison.Ordinal);
        Assert.Contains("--out", error, StringComparison.Ordinal);
    }

    private sealed class Watcher(Action<TrainEvent> told) : IProgress<TrainEvent>
    {
        public void Report(TrainEvent value) => told(value);
    }
}
