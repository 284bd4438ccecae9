using GpuSer.IO;

namespace GpuSer.Console.Tests;

public sealed class FeaturesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WritesTheImageAlone()
    {
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"]);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal([_folder["out", "a", "image.npy"]], Directory.GetFiles(_folder["out"], "*", SearchOption.AllDirectories));
        Assert.Equal([1 + ((int)(0.8 * 22050) / 512), 230], NpyFile.Read(_folder["out", "a", "image.npy"]).Shape);
        Assert.Equal(_folder["out", "a"], run.Out.Trim());
    }

    [Fact]
    public void StagesHaveTheirNames()
    {
        ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"], "--stages");
        string[] names = [.. Directory.GetFiles(_folder["out", "a"]).Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(
            "chroma_cqt chroma_stft contrast cqt_abs harmonic_abs harmonic_y hp_mel image mel_db mel_power mfcc percussive_abs percussive_y rows "
            + "stft_abs tonnetz tuning_stft tuning_y", string.Join(' ', names));
    }

    [Fact]
    public void APictureIsDrawnOnRequest()
    {
        ConsoleRun run = ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"], "--png");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal(["image.npy", "image.png"], Directory.GetFiles(_folder["out", "a"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal("\u0089PNG", System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(_folder["out", "a", "image.png"]), 0, 4));
    }

    [Fact]
    public void AnArrayIsTakenAsASignal()
    {
        float[] signal = [.. Enumerable.Range(0, 9000).Select(i => MathF.Sin(i * 0.1f))];
        NpyFile.Write(_folder["tone.npy"], signal, signal.Length);
        Assert.Equal(ExitCode.Success, ConsoleRun.Of("features", _folder["tone.npy"], "--out", _folder["out"]).ExitCode);
        Assert.Equal([18, 230], NpyFile.Read(_folder["out", "tone", "image.npy"]).Shape);
    }

    [Fact]
    public void SilentPartsStayOnRequest()
    {
        short[] samples = new short[44100];
        new Random(1).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan(0, 20000)));
        string path = _folder.Wav("half.wav", samples);
        ConsoleRun.Of("features", path, "--out", _folder["trimmed"]);
        ConsoleRun.Of("features", path, "--out", _folder["whole"], "--no-trim");
        Assert.Equal(87, NpyFile.Read(_folder["whole", "half", "image.npy"]).Shape[0]);
        Assert.InRange(NpyFile.Read(_folder["trimmed", "half", "image.npy"]).Shape[0], 39, 43);
    }

    [Fact]
    public void BadFilesAreNamedAndTheOthersAreDone()
    {
        File.WriteAllText(_folder["text.wav"], "this is no recording");
        File.WriteAllBytes(_folder["empty.wav"], []);
        string silent = _folder.Wav("silent.wav", new short[22050]);
        ConsoleRun run = ConsoleRun.Of(
            "features", _folder["missing.wav"], _folder["text.wav"], _folder["empty.wav"], silent, _folder.Tone("good.wav"), "--out", _folder["out"]);
        foreach (string bad in (string[])["missing.wav", "text.wav", "empty.wav", "silent.wav"])
        {
            run.AssertRefused(_folder[bad]);
        }

        Assert.Equal([_folder["out", "good"]], Directory.GetDirectories(_folder["out"]));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public void ManyFilesAreToldInTheirOrderAndTheirNumberASecondAtTheEnd(string threads)
    {
        string[] files = [.. Enumerable.Range(0, 24).Select(i => _folder.Tone($"{i:00}.wav", 150 + (10 * i), 0.1 + (0.1 * (i % 5))))];
        File.WriteAllText(files[7], "this is no recording");
        ConsoleRun run = ConsoleRun.Of(["features", .. files, "--out", _folder["out"], "--threads", threads]);
        Assert.Equal(ExitCode.BadInput, run.ExitCode);
        string[] expected = [.. Enumerable.Range(0, 24).Where(i => i != 7).Select(i => _folder["out", $"{i:00}"])];
        Assert.Equal(expected, run.Out.TrimEnd().Split('\n'));
        Assert.All(expected, folder => Assert.Equal([Path.Combine(folder, "image.npy")], Directory.GetFiles(folder)));
        Assert.Contains("files a second", run.Error, StringComparison.Ordinal);
        ConsoleRun.Of("features", files[3], "--out", _folder["alone"], "--stages");
        Assert.Equal(File.ReadAllBytes(_folder["alone", "03", "image.npy"]), File.ReadAllBytes(_folder["out", "03", "image.npy"]));
    }

    [Fact]
    public void AnOutputThatIsAFileIsRefused()
    {
        File.WriteAllText(_folder["out"], "in the way");
        ConsoleRun.Of("features", _folder.Tone("a.wav"), "--out", _folder["out"]).AssertRefused(_folder["out"]);
    }
}
