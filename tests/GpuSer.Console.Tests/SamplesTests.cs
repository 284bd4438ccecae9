using System.Globalization;
using System.Text.RegularExpressions;
using GpuSer.Reference;

namespace GpuSer.Console.Tests;

/// <summary>The samples, run as they are described.</summary>
public sealed class SamplesTests
{
    [Fact]
    public void FeaturesAreWrittenToASpanAndNameTheTones()
    {
        string[] lines = Run("FeaturesToSpan");
        Assert.Equal($"{FeatureExtractor.Frames(44100)} frames of 230 rows; a second image of that length allocated 0 bytes", lines[0]);

        // 440 Hz is A and nothing else, 523.25 Hz is C.
        double[] chroma = [.. Numbers(string.Join('\n', lines[1..]))];
        Assert.InRange(chroma[0], 0.95, 1);
        Assert.InRange(chroma[1], 0, 0.1);
        Assert.InRange(chroma[2], 0, 0.1);
        Assert.InRange(chroma[3], 0.95, 1);
    }

    [Fact]
    public void AFileIsClassifiedByARunOfItsOwn()
    {
        string[] lines = Run("ClassifyFile");
        Assert.StartsWith("trained 10 epochs", lines[0], StringComparison.Ordinal);
        Assert.Equal("unheard.wav: trembling", lines[1]);
        Assert.Equal(100, Numbers(lines[2]).Single() + Numbers(lines[3]).Single(), 0.11);
    }

    [Fact]
    public void ANetworkIsTrainedOnATensorOfTheCallers()
    {
        string[] lines = Run("TrainOnYourTensors");
        double[] losses = [.. lines[..4].Select(line => Numbers(line).Last())];
        Assert.True(losses[^1] < losses[0] / 10, string.Join('\n', lines));
        Assert.Equal("16 of 16 right", lines[4]);
        Assert.InRange(Numbers(lines[5]).Single(), 0.5, 1);
    }

    private static string[] Run(string sample)
    {
        string program = Path.Combine(Golden.Repository, ".artifacts", "bin", sample, new DirectoryInfo(AppContext.BaseDirectory).Name, sample + ".dll");
        ConsoleRun run = ConsoleProcess.Of("dotnet", [program]);
        Assert.True(run.ExitCode == 0, run.Out + run.Error);
        return run.Out.TrimEnd().Split('\n');
    }

    private static IEnumerable<double> Numbers(string text) =>
        Regex.Matches(text, @"\d+(\.\d+)?").Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture));
}
