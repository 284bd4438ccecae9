using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using GpuSer.Audio;
using GpuSer.Cuda;
using GpuSer.IO;
using GpuSer.PtxEmulator;
using GpuSer.Training.Inference;

namespace GpuSer.Console.Tests;

/// <summary>The packages as their users meet them: installed from a folder of packages, built against and run.</summary>
[Collection("training")]
public sealed class PackagesTests(PackedPackages packed) : IClassFixture<PackedPackages>
{
    [Fact]
    public void FivePackagesAreMadeAndEachSaysWhatItIs()
    {
        PackedPackages.AssertDone(packed.Packed);
        Assert.Equal(
            PackedPackages.Ids.SelectMany(id => (string[])[$"{id}.{packed.Version}.nupkg", $"{id}.{packed.Version}.snupkg"]),
            Directory.GetFiles(packed.Folder["packages"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(PackedPackages.Ids, id =>
        {
            using ZipArchive package = ZipFile.OpenRead(packed.Folder["packages", $"{id}.{packed.Version}.nupkg"]);
            using Stream text = package.GetEntry(id + ".nuspec")!.Open();
            XElement metadata = XDocument.Load(text).Root!.Elements().Single();
            string Said(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
            Assert.Equal("MIT", Said("license"));
            Assert.EndsWith(".", Said("description"), StringComparison.Ordinal);
            Assert.NotNull(package.GetEntry(Said("readme")));
            Assert.All(
                metadata.Descendants().Where(element => element.Name.LocalName == "dependency" && element.Attribute("id")!.Value.StartsWith("GpuSer", StringComparison.Ordinal)),
                ours => Assert.Equal(packed.Version, ours.Attribute("version")!.Value));
            if (id != "GpuSer.Tool")
            {
                Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
            }
        });
    }

    [Fact]
    public void TheShimLiesWherePackagesKeepNativeLibraries()
    {
        Assert.NotEmpty(Entries("GpuSer.LibTorch", "runtimes/linux-x64/native/libgpuser_torch.so"));
        Assert.NotEmpty(Entries("GpuSer.Tool", "tools/net10.0/any/runtimes/linux-x64/native/libgpuser_torch.so"));
    }

    [Fact]
    public void TheDecodingProgramLiesWhereItIsLookedFor()
    {
        Assert.NotEmpty(Entries("GpuSer", "runtimes/linux-x64/native/gpuser-decode"));
        Assert.NotEmpty(Entries("GpuSer.Tool", "tools/net10.0/any/runtimes/linux-x64/native/gpuser-decode"));
    }

    [Fact]
    public void TheToolIsInstalledAndMakesTheSameImages()
    {
        string tone = packed.Folder.Tone("tone.wav");
        ConsoleRun version = packed.Tool("--version");
        PackedPackages.AssertDone(version);
        Assert.StartsWith("0.1.0", version.Out, StringComparison.Ordinal);

        ConsoleRun features = packed.Tool("features", tone, "--out", packed.Folder["tool"]);
        PackedPackages.AssertDone(features);
        Assert.DoesNotContain("decoded in this process", features.Error, StringComparison.Ordinal);
        NpyArray image = NpyFile.Read(packed.Folder["tool", "tone", "image.npy"]);
        float[] samples = VoicedSamples.SelectOrThrow(tone, AudioFile.ReadMono(tone));
        Assert.Equal([FeatureExtractor.Frames(samples.Length), FeatureExtractor.Rows], image.Shape);
        Assert.Equal(Image(samples), image.Data);
    }

    [Fact]
    public void AFreshProjectComputesTrainsOnTorchAndPredictsWithWhatTheToolTrained()
    {
        string tone = packed.Folder.Tone("tone.wav"), weights = packed.Folder["run", "weights", "best.safetensors"];
        PackedPackages.AssertDone(packed.Tool(
            "train", "--data", packed.Folder.Corpus("corpus", each: 2), "--out", packed.Folder["run"], "--epochs", "1", "--width-divisor", "16", "--json"));

        string consumer = packed.Build(Program, "GpuSer.Training", "GpuSer.PtxEmulator");
        ConsoleRun run = ConsoleProcess.Of("dotnet", [consumer, tone, weights, packed.Folder["cpu.bin"], packed.Folder["device.bin"]]);
        PackedPackages.AssertDone(run);

        float[] samples = AudioFile.ReadMono(tone);
        Assert.Equal(Image(samples), Floats("cpu.bin"));
        using (EmulatedCudaDriver driver = new())
        using (CudaContext context = new(driver))
        using (CudaFeatureExtractor device = new(context))
        {
            Assert.Equal(device.ComputeStages(samples.AsSpan(0, 4096))["image"].Data, Floats("device.bin"));
        }

        string[] lines = run.Out.TrimEnd().Split('\n');
        Assert.Equal(["isolated", "6"], lines[..2]);
        using EmotionClassifier classifier = EmotionClassifier.Load(weights, threads: 1);
        Prediction prediction = classifier.Predict(tone);
        Assert.Equal(prediction.Label, lines[2]);
        Assert.Equal(prediction.Probabilities, lines[3].Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void WithoutLibtorchTheToolSaysWhatToInstall()
    {
        foreach (string name in (string[])["libtorch.so", "libtorch.so.1.13"])
        {
            Directory.CreateDirectory(packed.Folder["broken"]);
            File.WriteAllText(packed.Folder["broken", name], "no library");
        }

        ConsoleRun run = ConsoleProcess.Of(
            packed.InstallTool(), ["train", "--data", packed.Folder.Corpus("corpus", each: 2), "--out", packed.Folder["never"]], ("LD_LIBRARY_PATH", packed.Folder["broken"]));
        run.AssertRefused("apt-get install libtorch-dev");
        Assert.False(Directory.Exists(packed.Folder["never"]));
    }

    private const string Program = """
        using System.Globalization;
        using System.Runtime.InteropServices;
        using GpuSer;
        using GpuSer.Audio;
        using GpuSer.Cuda;
        using GpuSer.PtxEmulator;
        using GpuSer.Training.Inference;
        using TorchSharp;

        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        float[] samples = AudioFile.ReadMono(args[0]);
        Console.WriteLine(AudioFile.InProcessReason ?? "isolated");
        float[] image = new float[FeatureExtractor.Frames(samples.Length) * FeatureExtractor.Rows];
        using FeatureExtractor extractor = new(threads: 1);
        extractor.ComputeImage(samples, image);
        File.WriteAllBytes(args[2], MemoryMarshal.AsBytes<float>(image).ToArray());

        // Kernels of the package on the device of another.
        using EmulatedCudaDriver driver = new();
        using CudaContext context = new(driver);
        using CudaFeatureExtractor device = new(context);
        File.WriteAllBytes(args[3], MemoryMarshal.AsBytes<float>(device.ComputeStages(samples.AsSpan(0, 4096))["image"].Data).ToArray());

        using torch.Tensor ones = torch.ones(2, 3);
        Console.WriteLine(ones.sum().item<float>());

        using EmotionClassifier classifier = EmotionClassifier.Load(args[1], threads: 1);
        Prediction prediction = classifier.Predict(args[0]);
        Console.WriteLine(prediction.Label);
        Console.WriteLine(string.Join(' ', prediction.Probabilities.Select(p => p.ToString("R"))));
        """;

    private static float[] Image(float[] samples)
    {
        using FeatureExtractor extractor = new(threads: 1);
        float[] image = new float[FeatureExtractor.Frames(samples.Length) * FeatureExtractor.Rows];
        extractor.ComputeImage(samples, image);
        return image;
    }

    private float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(packed.Folder[name])).ToArray();

    private string[] Entries(string id, string name)
    {
        using ZipArchive package = ZipFile.OpenRead(packed.Folder["packages", $"{id}.{packed.Version}.nupkg"]);
        return [.. package.Entries.Select(entry => entry.FullName).Where(entry => entry == name)];
    }
}
