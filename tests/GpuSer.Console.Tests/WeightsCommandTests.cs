using System.Security.Cryptography;
using System.Text.Json;
using GpuSer.Reference;
using GpuSer.Training.Weights;

namespace GpuSer.Console.Tests;

[Collection("training")]
public sealed class WeightsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("narrow_legacy.pth", "PyTorch, legacy")]
    [InlineData("narrow_zip.pth", "PyTorch, ZIP")]
    public void InspectShowsWhatIsInAFileAndWhatItFits(string name, string format)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        string file = Golden.PathOf("vgg", name);

        ConsoleRun table = ConsoleRun.Of("weights", "inspect", file);
        Assert.Equal(ExitCode.Success, table.ExitCode);
        Assert.Contains("features.0.weight", table.Out, StringComparison.Ordinal);
        Assert.Contains("(4, 3, 3, 3)", table.Out, StringComparison.Ordinal);
        Assert.Contains($"97 tensors, 228,473 elements; {format}", table.Out, StringComparison.Ordinal);
        Assert.Contains("fits VGG-16-BN, width 1/16, 64 hidden units, 1,000 classes", table.Out, StringComparison.Ordinal);
        Assert.Contains($"train --weights {file} --width-divisor 16", table.Out, StringComparison.Ordinal);

        JsonElement json = JsonDocument.Parse(ConsoleRun.Of("weights", "inspect", file, "--json").Out).RootElement;
        Assert.Equal(format, json.GetProperty("format").GetString());
        Assert.Equal(97, json.GetProperty("tensors").GetArrayLength());
        Assert.Equal(228_473, json.GetProperty("elements").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))), json.GetProperty("sha256").GetString());
        Assert.Equal(16, json.GetProperty("fits").GetProperty("network").GetProperty("widthDivisor").GetInt32());
    }

    [SkippableTheory]
    [InlineData("narrow_legacy.pth")]
    [InlineData("narrow_zip.pth")]
    public void ConvertedAndPublishedWeightsTrainToTheSameLosses(string name)
    {
        Skip.IfNot(Golden.Present, "no golden files");
        string file = Golden.PathOf("vgg", name), converted = _folder["w.safetensors"], data = _folder.Corpus("corpus", each: 2);

        ConsoleRun convert = ConsoleRun.Of("weights", "convert", file, "--out", converted);
        Assert.Equal(ExitCode.Success, convert.ExitCode);
        Assert.Contains("safetensors", ConsoleRun.Of("weights", "inspect", converted).Out, StringComparison.Ordinal);

        ConsoleRun first = Train(file, "a"), second = Train(converted, "b");
        Assert.Contains("91 tensors loaded, classifier fresh", first.Error, StringComparison.Ordinal);
        Assert.Contains("Adam at 1e-5", first.Error, StringComparison.Ordinal);
        Assert.Equal(Losses("a"), Losses("b"));
        Assert.Equal(ExitCode.Success, second.ExitCode);

        ConsoleRun Train(string weights, string output) => ConsoleRun.Of(
            "train", "--data", data, "--out", _folder[output], "--weights", weights, "--epochs", "1", "--width-divisor", "16", "--batch", "8");
        string Losses(string output) => string.Join(',', File.ReadAllLines(_folder[output, "results.csv"])[1].Split(',').Take(4));
    }

    [Fact]
    public void AFileThatIsNotAsPublishedIsToldByItsName()
    {
        string file = _folder["vgg16_bn-6c64b313.safetensors"];
        SafetensorsWriter.Write(file, [new SafetensorsTensor("[x]\u001b[2J", SafetensorsType.F32, [0], nint.Zero)], new Dictionary<string, string>());

        ConsoleRun run = ConsoleRun.Of("weights", "inspect", file);

        Assert.Contains("[x] [2J", run.Out, StringComparison.Ordinal);
        Assert.Contains("fits no VGG-16", run.Out, StringComparison.Ordinal);
        Assert.Contains("does not begin with 6c64b313", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("convert")]
    public void AFileThatHoldsNoWeightsIsRefused(string command)
    {
        string file = _folder["w.pth"];
        File.WriteAllText(file, "<html>");
        string[] arguments = command == "convert" ? [file, "--out", _folder["o.safetensors"]] : [file];

        ConsoleRun.Of(["weights", command, .. arguments]).AssertRefused(file);
        Assert.False(File.Exists(_folder["o.safetensors"]));
    }

    [Fact]
    public void GetRefusesAnotherFileThanThePublishedOne()
    {
        using LocalServer server = new(request => LocalServer.File(request, [1, 2, 3], "\"tag\""));

        ConsoleRun run = ConsoleRun.Of("weights", "get", "--out", _folder["weights"], "--url", new Uri(server.Url, "w.pth").AbsoluteUri);

        run.AssertRefused("does not begin with 6c64b313");
        Assert.Empty(Directory.GetFiles(_folder["weights"]));
        Assert.Empty(run.Out);
    }

    [Fact]
    public void GetTellsAServerThatDoesNotHaveTheFile()
    {
        using LocalServer server = new(_ => new LocalServer.Answer("404 Not Found", [], []));

        ConsoleRun.Of("weights", "get", "vgg16", "--out", _folder.Root, "--url", server.Url.AbsoluteUri).AssertRefused("404 (Not Found)");
    }
}
