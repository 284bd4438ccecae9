using System.Diagnostics;
using GpuSer.Reference;
using GpuSer.Training.Weights;

namespace GpuSer.Training.Tests.Weights;

public sealed class KilledSaveTests : IDisposable
{
    private const int Kills = 200, Values = 200_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("gpuser-kill-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_process_killed_at_any_moment_of_saving_leaves_a_whole_file()
    {
        string program = Path.Combine(Golden.Repository, ".artifacts", "bin", "GpuSer.SaveLoop", Configuration(), "GpuSer.SaveLoop.dll");
        Assert.True(File.Exists(program), $"{program} is not built");
        HashSet<float> rounds = [];
        int interrupted = 0;
        Parallel.For(0, Kills, new ParallelOptions { MaxDegreeOfParallelism = 2 }, kill =>
        {
            string file = Path.Combine(_folder, $"{kill}.safetensors");
            float[] values = KillWhileSaving(program, file, new Random(kill));
            Assert.All(values, value => Assert.Equal(values[0], value));
            lock (rounds)
            {
                rounds.Add(values[0]);
                interrupted += Directory.GetFiles(_folder, $"{kill}.safetensors.*.tmp").Length;
            }
        });

        // The kills did come at different moments, and in the middle of saving.
        Assert.True(rounds.Count > 2, $"{rounds.Count} different rounds");
        Assert.InRange(interrupted, 1, Kills);
    }

    private static float[] KillWhileSaving(string program, string file, Random random)
    {
        ProcessStartInfo start = new("dotnet", ["exec", program, file, $"{Values}"]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_TieredCompilation"] = "1";
        using Process process = Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        long moment = Stopwatch.GetTimestamp() + (long)(random.NextDouble() * 0.02 * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < moment)
        {
            Thread.SpinWait(10);
        }

        process.Kill();
        process.WaitForExit();
        using SafetensorsFile saved = SafetensorsFile.Open(file);
        float[] values = new float[Values];
        saved.Read(saved.Entries[0], values.AsSpan());
        return values;
    }

    // This assembly lies in .../bin/GpuSer.Training.Tests/<configuration>/.
    private static string Configuration() => Path.GetFileName(Path.GetDirectoryName(typeof(KilledSaveTests).Assembly.Location))!;
}
