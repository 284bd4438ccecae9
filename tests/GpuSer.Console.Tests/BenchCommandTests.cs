using System.Diagnostics;
using System.Text.Json;

namespace GpuSer.Console.Tests;

public sealed class BenchCommandTests : IDisposable
{
    // A librosa of the functions that the script uses, with values of the right shapes: what the script and the command do is under test.
    private const string StandIn = """
        import numpy as np
        import os
        __version__ = "0.0-stand-in on " + os.environ["OMP_NUM_THREADS"] + os.environ["NUMBA_NUM_THREADS"]
        def load(path, sr, mono, res_type):
            with open(path, "rb") as file:
                return np.frombuffer(file.read()[44:], "<i2").astype(np.float32) / 32768, sr
        class feature:
            rows = lambda y, count: np.full((count, 1 + len(y) // 512), np.abs(y).max())
            mfcc = lambda y, sr, n_mfcc: feature.rows(y, n_mfcc)
            melspectrogram = lambda y, sr, n_mels: feature.rows(y, n_mels)
            chroma_stft = lambda y, sr: feature.rows(y, 12)
            spectral_contrast = lambda y, sr: feature.rows(y, 7)
            tonnetz = lambda y, sr: feature.rows(y, 6)
        class effects:
            harmonic = lambda y: y / 2
            percussive = lambda y: y / 2
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheDocumentHasItsFigures()
    {
        _folder.Tone("data/a.wav");
        _folder.Tone("data/below/b.wav", 300, 1.1);
        File.WriteAllText(_folder["data", "broken.wav"], "no recording");
        ConsoleRun run = ConsoleRun.Of("bench", "--data", _folder["data"], "--threads", "2", "--seconds", "0.2", "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("broken.wav", run.Error, StringComparison.Ordinal);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(2, report.GetProperty("threads").GetInt32());
        Assert.Equal(2, report.GetProperty("utterances").GetInt32());
        Assert.InRange(report.GetProperty("secondsPerUtterance").GetDouble(), 0.9, 1);
        Assert.InRange(report.GetProperty("images").GetInt64(), 2, long.MaxValue);
        double milliseconds = report.GetProperty("millisecondsPerUtterance").GetDouble();
        Assert.Equal(1000 * report.GetProperty("secondsPerUtterance").GetDouble() / milliseconds, report.GetProperty("timesRealTime").GetDouble(), 1e-6 * milliseconds + 1);
        Assert.InRange(report.GetProperty("filesPerSecond").GetDouble(), 1e-3, 1e6);
        Assert.InRange(report.GetProperty("peakBytes").GetInt64(), 1 << 20, 1L << 40);
        JsonElement[] stages = [.. report.GetProperty("stages").EnumerateArray()];
        Assert.Equal("Stft", stages[0].GetProperty("name").GetString());
        Assert.Equal(1, stages.Sum(stage => stage.GetProperty("share").GetDouble()), 1e-9);
    }

    [Fact]
    public void WithoutDataSignalsAreMadeAndNoFilesAreCounted()
    {
        ConsoleRun run = ConsoleRun.Of("bench", "--seconds", "0", "--threads", "1");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains("32 utterances made by formula, 2.00 s", run.Out, StringComparison.Ordinal);
        Assert.Contains("times real time", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("files a second", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void ADeviceTellsKernelsTransferAndTheWholeWayApart()
    {
        _folder.Tone("data/a.wav", seconds: 0.3);
        ConsoleRun run = ConsoleRun.Of("bench", "--data", _folder["data"], "--device", "emulated", "--seconds", "0", "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement, times = report.GetProperty("deviceTimes");
        Assert.Equal("emulated", report.GetProperty("device").GetString());
        Assert.Equal(1, times.GetProperty("batch").GetInt32());
        double parts = times.GetProperty("kernelMilliseconds").GetDouble() + times.GetProperty("transferMilliseconds").GetDouble();
        Assert.InRange(parts, 1e-6, 1.01 * times.GetProperty("endToEndMilliseconds").GetDouble());
        Assert.StartsWith("gpuser_stft", report.GetProperty("stages")[0].GetProperty("name").GetString(), StringComparison.Ordinal);
        Assert.Equal("cpu", report.GetProperty("cpu").GetProperty("device").GetString());
    }

    [Fact]
    public void ADeviceIsSetBesideTheCpuOnTheSameSignalsAndPaddingIsNoSpeech()
    {
        for (int i = 0; i < 17; i++)
        {
            _folder.Tone($"data/{i:00}.wav", 200 + i, i == 3 ? 0.2 : 0.05);
        }

        ConsoleRun run = ConsoleRun.Of("bench", "--data", _folder["data"], "--device", "emulated", "--seconds", "0", "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement device = JsonDocument.Parse(run.Out).RootElement, cpu = device.GetProperty("cpu"), times = device.GetProperty("deviceTimes");
        Assert.Equal((16, 16), (device.GetProperty("utterances").GetInt32(), cpu.GetProperty("utterances").GetInt32()));
        double seconds = device.GetProperty("secondsPerUtterance").GetDouble();
        // 16 recordings, of 0.05 s but for one of 0.2 s; which samples are voiced takes a little off.
        Assert.InRange(seconds, 0.04, 0.06);
        Assert.Equal(seconds, cpu.GetProperty("secondsPerUtterance").GetDouble());
        // The shortest batch there is has 32 frames.
        Assert.InRange(times.GetProperty("paddedSeconds").GetDouble(), 0.7, 0.75);
        Assert.Equal(1000 * seconds / device.GetProperty("millisecondsPerUtterance").GetDouble(), device.GetProperty("timesRealTime").GetDouble(), 1e-9);
    }

    [Fact]
    public void PassesAreWholeHoweverManyUtterancesThereAre()
    {
        _folder.Tone("data/00.wav", seconds: 0.1);
        for (int i = 1; i < 70; i++)
        {
            File.Copy(_folder["data", "00.wav"], _folder["data", $"{i:00}.wav"]);
        }

        ConsoleRun run = ConsoleRun.Of("bench", "--data", _folder["data"], "--threads", "1", "--seconds", "0", "--json");
        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal((70, 70), (report.GetProperty("utterances").GetInt32(), report.GetProperty("images").GetInt64()));
        Assert.InRange(report.GetProperty("fastestMillisecondsPerUtterance").GetDouble(), 1e-6, 1e6);
    }

    [Theory]
    [InlineData("--threads -1")]
    [InlineData("--seconds -1")]
    [InlineData("--seconds NaN")]
    [InlineData("--peer scipy")]
    [InlineData("--device auto")]
    public void WrongArgumentsAreRefused(string line) => ConsoleRun.Of(["bench", .. line.Split(' ')]).AssertRefused("--");

    [Fact]
    public void AFolderWithoutRecordingsIsRefused()
    {
        Directory.CreateDirectory(_folder["empty"]);
        ConsoleRun.Of("bench", "--data", _folder["empty"]).AssertRefused(_folder["empty"]);
        ConsoleRun.Of("bench", "--data", _folder["missing"]).AssertRefused(_folder["missing"]);
    }

    [Fact]
    public void AMissingInterpreterIsOneLineWithTheWayOut()
    {
        ConsoleRun run = ConsoleRun.Of("bench", "--peer", "librosa", "--python", _folder["no-python"], "--seconds", "0");
        run.AssertRefused("--python");
        Assert.Empty(run.Out);
    }

    [SkippableFact]
    public void APythonWithoutLibrosaIsOneLineWithTheWayOut()
    {
        Skip.If(PythonWith("import sys") is null, "python3 is absent");
        Directory.CreateDirectory(_folder["path"]);
        File.WriteAllText(_folder["path", "librosa.py"], "raise ImportError('planted')");
        ConsoleRun run = ConsoleRun.Of("bench", "--peer", "librosa", "--python", Interpreter(_folder["path"]), "--seconds", "0");
        run.AssertRefused("pip install librosa");
        Assert.Contains("planted", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [SkippableTheory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    [InlineData(true, 0)]
    public void ThePeerMakesTheSameUtterancesOnAsManyThreadsAndTheRatioIsTold(bool recordings, int asked)
    {
        string? python = PythonWith("import numpy");
        Skip.If(python is null, "python3 with numpy is absent");
        Directory.CreateDirectory(_folder["path"]);
        File.WriteAllText(_folder["path", "librosa.py"], StandIn);
        _folder.Tone("data/a\nb.wav", seconds: 0.4);
        _folder.Tone("data/c.wav", seconds: 0.5);
        string[] data = recordings ? ["--data", _folder["data"]] : [];
        ConsoleRun run = ConsoleRun.Of(["bench", .. data, "--peer", "librosa", "--python", Interpreter(_folder["path"], python), "--seconds", "0.3", "--threads", $"{asked}", "--json"]);
        Assert.Equal(ExitCode.Success, run.ExitCode);
        JsonElement report = JsonDocument.Parse(run.Out).RootElement, peer = report.GetProperty("peer");
        int threads = asked == 0 ? Environment.ProcessorCount : asked;
        Assert.Equal($"0.0-stand-in on {threads}{threads}", peer.GetProperty("version").GetString());
        Assert.Equal((threads, threads), (peer.GetProperty("threads").GetInt32(), report.GetProperty("threads").GetInt32()));
        // As many as the time was enough for.
        Assert.InRange(peer.GetProperty("utterances").GetInt32(), 1, recordings ? 2 : 32);
        Assert.Equal(peer.GetProperty("utterances").GetInt32(), report.GetProperty("utterances").GetInt32());
        double ratio = peer.GetProperty("millisecondsPerUtterance").GetDouble() / report.GetProperty("millisecondsPerUtterance").GetDouble();
        Assert.Equal(ratio, peer.GetProperty("ratio").GetDouble(), 1e-9);
    }

    // The one on the PATH, or the distribution's.
    private static string? PythonWith(string statement) => Array.Find(["python3", "/usr/bin/python3"], python =>
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(python, ["-c", statement]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    });

    // An interpreter that finds our modules first.
    private string Interpreter(string path, string python = "python3")
    {
        string script = _folder["python"];
        File.WriteAllText(script, $"#!/bin/sh\nPYTHONPATH='{path}' exec {python} \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        return script;
    }
}
