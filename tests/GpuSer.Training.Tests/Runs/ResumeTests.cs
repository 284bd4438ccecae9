using GpuSer.IO;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Optimisation;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Tests.Runs;

public sealed class ResumeTests : IDisposable
{
    private const int Cuts = 20;

    private static readonly TrainOptions Options = new()
    {
        Epochs = 2,
        Batch = 4,
        LearningRate = 1e-3,
        Schedule = LearningRateSchedule.Cosine,
        MaxGradientNorm = 5,
        Seed = 5,
        Threads = 1,
        Network = new VggOptions { WidthDivisor = 32, Hidden = 16 },
    };

    private readonly SpokenCorpus _spoken = new(3, 2, 'F', 'T', 'W');
    private readonly TrainingData _data;
    private readonly Split _split;

    public ResumeTests()
    {
        _data = TrainingData.Load(_spoken.Corpus, Options);
        _split = Splitting.Stratified(_data.Utterances, 5);
    }

    public void Dispose() => _spoken.Dispose();

    [Fact]
    public void A_run_cut_at_any_batch_and_continued_ends_with_the_same_bits()
    {
        TrainResult whole = Run("whole");
        int batches = Options.Epochs * ((_split.Train.Count + Options.Batch - 1) / Options.Batch);
        Random random = new(1);
        for (int cuts = 0, runs = 0; cuts < Cuts; runs++)
        {
            string folder = $"cut{runs}";
            TrainResult? result = null;
            for (int left = batches; result is null;)
            {
                int until = random.Next(1, Math.Max(2, left));
                result = left > 0 ? RunUntil(folder, until, ref left) : Run(folder, resume: true);
                cuts += result is null ? 1 : 0;
            }

            Assert.Equal(whole.Epochs.Select(Losses), result.Epochs.Select(Losses));
            Assert.Equal(whole.BestTest.Confusion.Counts, result.BestTest.Confusion.Counts);
            Assert.Equal(File.ReadAllBytes(whole.Run.LastWeights), File.ReadAllBytes(result.Run.LastWeights));
            Assert.Equal(File.ReadAllBytes(whole.Run.BestWeights), File.ReadAllBytes(result.Run.BestWeights));
            Assert.False(File.Exists(result.Run.Checkpoint));
        }
    }

    [Fact]
    public void A_run_that_is_done_is_read_and_one_of_other_options_or_recordings_is_refused()
    {
        TrainResult whole = Run("run");
        DateTime written = File.GetLastWriteTimeUtc(whole.Run.LastWeights);

        TrainResult again = Run("run", resume: true);

        Assert.Equal(whole.Epochs, again.Epochs);
        Assert.Equal(whole.BestTest.Loss, again.BestTest.Loss);
        Assert.Equal(written, File.GetLastWriteTimeUtc(whole.Run.LastWeights));
        string error = Assert.Throws<InvalidFileException>(
            () => Trainer.Run(_data, _split, Options with { Batch = 5 }, Folder("run"), resume: true)).Message;
        Assert.Contains("other options", error, StringComparison.Ordinal);
        Split other = Splitting.Stratified(_data.Utterances, 6);
        Assert.Throws<InvalidFileException>(() => Trainer.Run(_data, other, Options, Folder("run"), resume: true));
    }

    [Fact]
    public void Recordings_that_changed_are_told_and_the_run_stays()
    {
        int left = 10;
        Assert.Null(RunUntil("run", 2, ref left));
        byte[] checkpoint = File.ReadAllBytes(Path.Combine(Folder("run"), "checkpoint.safetensors"));
        VoicedUtterance[] voiced = [.. _data.Voiced];
        voiced[3] = voiced[3] with { Samples = voiced[3].Samples[1..] };

        TrainingException error = Assert.Throws<TrainingException>(
            () => Trainer.Run(_data with { Voiced = voiced }, _split, Options, Folder("run"), resume: true));

        Assert.Contains("have changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(checkpoint, File.ReadAllBytes(Path.Combine(Folder("run"), "checkpoint.safetensors")));
    }

    [Fact]
    public void What_a_killed_save_left_is_removed()
    {
        int left = 10;
        Assert.Null(RunUntil("run", 2, ref left));
        string half = Path.Combine(Folder("run"), "checkpoint.safetensors.12345.tmp");
        File.WriteAllText(half, "half");

        Run("run", resume: true);

        Assert.False(File.Exists(half));
    }

    [Fact]
    public void A_damaged_checkpoint_is_refused_whatever_bit_it_is()
    {
        int left = 10;
        Assert.Null(RunUntil("run", 2, ref left));
        string file = Path.Combine(Folder("run"), "checkpoint.safetensors");
        byte[] whole = File.ReadAllBytes(file);
        Random random = new(2);
        using Vgg network = new(Options.Network with { Classes = 7 });
        using FusedAdam adam = new(network.named_parameters(), new AdamOptions(), 1);
        for (int flip = 0; flip < 1000; flip++)
        {
            int at = random.Next(whole.Length), bit = 1 << random.Next(8);
            whole[at] ^= (byte)bit;
            File.WriteAllBytes(file, whole);
            whole[at] ^= (byte)bit;
            Assert.ThrowsAny<GpuSerException>(() => CheckpointFile.Load(file, network, adam));
        }

        File.WriteAllBytes(file, whole);
        Assert.NotEmpty(CheckpointFile.Load(file, network, adam));
        using FileStream stream = File.OpenWrite(file);
        for (int length = whole.Length - 1; length >= 0; length = length > 2000 ? length - 997 : length - 1)
        {
            stream.SetLength(length);
            Assert.ThrowsAny<GpuSerException>(() => CheckpointFile.Load(file, network, adam));
        }
    }

    [Fact]
    public void Patience_ends_a_training_that_gets_no_better()
    {
        TrainResult result = Run("run", options: Options with { Epochs = 30, Patience = 2, LearningRate = 1e-30, FreezeFeatures = true });

        Assert.Equal(1, result.Best.Epoch);
        Assert.Equal(3, result.Epochs.Count);
    }

    [Fact]
    public void Frozen_features_stay_and_the_classifier_learns()
    {
        TrainResult first = Run("first", options: Options with { Epochs = 1 });
        TrainResult frozen = Run("frozen", options: Options with { Epochs = 1, FreezeFeatures = true, Weights = first.Run.LastWeights });

        using SafetensorsFile before = SafetensorsFile.Open(first.Run.LastWeights), after = SafetensorsFile.Open(frozen.Run.LastWeights);
        Assert.All(before.Entries.Zip(after.Entries), pair =>
        {
            bool same = Bytes(before, pair.First).SequenceEqual(Bytes(after, pair.Second));
            Assert.Equal(pair.First.Name.StartsWith("features.", StringComparison.Ordinal), same);
        });
    }

    private static (double, double, double) Losses(EpochResult epoch) => (epoch.TrainLoss, epoch.TrainAccuracy, epoch.TestLoss);

    private static byte[] Bytes(SafetensorsFile file, WeightsEntry entry)
    {
        if (entry.Type == SafetensorsType.I64)
        {
            long[] numbers = new long[entry.Shape.Aggregate(1L, (product, extent) => product * extent)];
            file.Read(entry, numbers.AsSpan());
            return [.. numbers.SelectMany(BitConverter.GetBytes)];
        }

        float[] values = new float[entry.Shape.Aggregate(1L, (product, extent) => product * extent)];
        file.Read(entry, values.AsSpan());
        return [.. values.SelectMany(BitConverter.GetBytes)];
    }

    private string Folder(string name) => Path.Combine(_spoken.Runs, name);

    private TrainResult Run(string name, bool resume = false, TrainOptions? options = null) =>
        Trainer.Run(_data, _split, options ?? Options, Folder(name), resume: resume);

    // Stops after so many batches, as Ctrl-C does; null where it was stopped.
    private TrainResult? RunUntil(string name, int batches, ref int left)
    {
        using CancellationTokenSource stop = new();
        Counter counter = new(batches, stop);
        left -= batches;
        try
        {
            return Trainer.Run(_data, _split, Options, Folder(name), counter, resume: true, cancellation: stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private sealed class Counter(int batches, CancellationTokenSource stop) : IProgress<TrainEvent>
    {
        private int _seen;

        public void Report(TrainEvent value)
        {
            if (value is BatchTrained && ++_seen == batches)
            {
                stop.Cancel();
            }
        }
    }
}
