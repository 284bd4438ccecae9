using System.Diagnostics;
using GpuSer.Training.Data;
using GpuSer.Training.Models;
using GpuSer.Training.Runs;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Tests.Runs;

public sealed class FullDiskTests
{
    [SkippableFact]
    public void A_full_disk_is_told_the_training_goes_on_and_what_was_saved_stays()
    {
        using SpokenCorpus spoken = new(2, 2, 'F', 'T', 'W');
        TrainOptions options = new() { Epochs = 3, Batch = 4, Seed = 5, Threads = 1, Network = new VggOptions { WidthDivisor = 32, Hidden = 16 } };
        TrainingData data = TrainingData.Load(spoken.Corpus, options);
        Split split = Splitting.Stratified(data.Utterances, 5);
        using SmallDisk disk = new(megabytes: 8);
        string folder = Path.Combine(disk.Folder, "run"), ballast = Path.Combine(disk.Folder, "ballast");
        List<TrainEvent> events = [];

        // After the first epoch nothing more fits.
        Recorder recorder = new(value =>
        {
            events.Add(value);
            if (value is EpochFinished { Result.Epoch: 1 })
            {
                using FileStream stream = new(ballast, FileMode.CreateNew);
                FillUp(stream);
            }
        });
        Assert.Throws<RunNotSavedException>(() => Trainer.Run(data, split, options, folder, recorder));

        Assert.Contains(events, value => value is SaveFailed failed && failed.Reason.Contains("last.safetensors", StringComparison.Ordinal));
        Assert.Equal(3, events.Count(value => value is EpochFinished));
        RunFolder run = RunFolder.Open(folder);
        Assert.Equal(2, File.ReadAllLines(run.Results).Length);
        ModelFile.Load(run.BestWeights).Network.Dispose();
        Assert.Empty(Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories));

        // With room again the run goes on from what was saved, to where it would have come.
        File.Delete(ballast);
        TrainResult result = Trainer.Run(data, split, options, folder, resume: true);
        TrainResult whole = Trainer.Run(data, split, options, Path.Combine(spoken.Runs, "whole"));
        Assert.Equal(File.ReadAllBytes(whole.Run.LastWeights), File.ReadAllBytes(result.Run.LastWeights));
    }

    private static void FillUp(FileStream stream)
    {
        try
        {
            for (byte[] block = new byte[4096]; ;)
            {
                stream.Write(block);
                stream.Flush();
            }
        }
        catch (IOException)
        {
            // Full: that was the purpose.
        }
    }

    private sealed class Recorder(Action<TrainEvent> on) : IProgress<TrainEvent>
    {
        public void Report(TrainEvent value) => on(value);
    }

    /// <summary>A file system of its own that is soon full.</summary>
    private sealed class SmallDisk : IDisposable
    {
        public SmallDisk(int megabytes)
        {
            Folder = Directory.CreateTempSubdirectory("gpuser-disk-").FullName;
            bool mounted = Environment.IsPrivilegedProcess && Call("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Folder);
            if (!mounted)
            {
                Directory.Delete(Folder);
            }

            Skip.IfNot(mounted, "a small file system cannot be mounted here: that takes the rights of root");
        }

        public string Folder { get; }

        public void Dispose()
        {
            Call("umount", Folder);
            Directory.Delete(Folder);
        }

        private static bool Call(string program, params string[] arguments)
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
