using System.Text.Json;
using GpuSer.Audio;
using GpuSer.IO;
using GpuSer.Reference;

namespace GpuSer.Console.Tests;

/// <summary>verify, on golden files that the CPU makes here.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _golden;

    public VerifyCommandTests()
    {
        _golden = _folder["golden"];
        float[] signal = [.. new float[3000], .. AudioFile.ReadMono(_folder.Tone("a.wav", seconds: 0.4))], voiced = VoicedSamples.Select(signal);
        Assert.True(voiced.Length < signal.Length);
        Directory.CreateDirectory(_folder["golden", "tone"]);
        Write("signal", signal, signal.Length);
        Write("voiced", voiced, voiced.Length);
        using FeatureExtractor cpu = new(threads: 1);
        foreach (FeatureStage stage in cpu.ComputeStages(voiced))
            Write(stage.Name, stage.Data, stage.Shape);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheScriptVerifiesTheEmulatedDevice()
    {
        ConsoleRun run = ConsoleProcess.Of(
            "bash", [Path.Combine(Golden.Repository, "tests", "on-gpu.sh"), ConsoleProcess.Folder, _golden, "--device", "emulated", "--libraries"], ("GPUSER_SHAPE", "2x600"));
        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
        foreach (string kind in (string[])["stft_abs", "image", "hp_mel", "voiced", "augmented", "cutmix", "adam", "all within tolerance", "emulated"])
            Assert.Contains(kind, run.Out, StringComparison.Ordinal);
        Assert.Equal(2, run.Out.Split("all within tolerance").Length - 1);
        Assert.Empty(run.Error);
    }

    [Fact]
    public void PlantedFaultsAreFoundAndNamed()
    {
        NpyArray mfcc = NpyFile.Read(_folder["golden", "tone", "mfcc.npy"]);
        mfcc.Data[0] *= 1.01f;
        Write("mfcc", mfcc.Data, mfcc.Shape);
        float[] image = NpyFile.Read(_folder["golden", "tone", "image.npy"]).Data;
        image[0] = float.NaN;
        Write("image", image, image.Length / FeatureExtractor.Rows, FeatureExtractor.Rows);
        float[] signal = NpyFile.Read(_folder["golden", "tone", "signal.npy"]).Data;
        signal[^1] += 1e-3f;
        Write("signal", signal, signal.Length);

        ConsoleRun run = ConsoleRun.Of("verify", _golden, "--device", "emulated", "--shape", "1x600", "--json");

        Assert.Equal(ExitCode.Failure, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement;
        Assert.False(report.GetProperty("passed").GetBoolean());
        Assert.Equal(
            ["mfcc", "image", "voiced"],
            report.GetProperty("comparisons").EnumerateArray()
                .Where(comparison => !comparison.GetProperty("passed").GetBoolean())
                .Select(comparison => comparison.GetProperty("what").GetString()!)
                .Except(["energy"]));
    }

    [Fact]
    public void AFolderWithoutGoldenFilesIsNamed()
    {
        ConsoleRun.Of("verify", _folder["nowhere"], "--device", "emulated").AssertRefused("nowhere");
        ConsoleRun.Of("verify", _folder["golden", "tone"], "--device", "emulated").AssertRefused("signal.npy");
    }

    private void Write(string name, float[] values, params int[] shape) => NpyFile.Write(_folder["golden", "tone", name + ".npy"], values, shape);
}
