using System.Runtime.InteropServices;
using GpuSer.Audio;
using GpuSer.Console.Doctor;
using GpuSer.Training.Machine;

namespace GpuSer.Console.Tests.Doctor;

/// <summary>Each check with a fault planted under it: it is found, and what to do about it is said.</summary>
public sealed class DoctorChecksTests : IDisposable
{
    private const long Plenty = 1L << 40;

    private static readonly TorchLibrary Torch = new("1.13.0", "/usr/lib/libtorch_cpu.so", BuiltWithCuda: false, FindsGpu: false, new BlasLibrary("OpenBLAS", "/usr/lib/libopenblas.so.0", IsFast: true));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FeaturesThatAreOffAreFoundStageByStage()
    {
        using FeatureExtractor extractor = new(threads: 1);
        Assert.Equal(CheckStatus.Ok, FeatureChecks.Judge("here", samples => extractor.ComputeStages(samples), "mend it").Status);
        foreach (string stage in (string[])["stft_abs", "mel_power", "mfcc", "chroma_stft", "chroma_cqt", "tonnetz", "tuning_stft", "contrast", "harmonic_abs", "image"])
        {
            Finding finding = FeatureChecks.Judge("here", samples => Spoilt(extractor.ComputeStages(samples), stage), "mend it");
            Assert.True(finding.Status == CheckStatus.Fault, stage);
            Assert.StartsWith("here: ", finding.Found, StringComparison.Ordinal);
            Assert.Contains(" must be ", finding.Found, StringComparison.Ordinal);
            Assert.Equal("mend it", finding.Remedy);
        }
    }

    [Fact]
    public void KernelsAreJudgedOnAGpuWhereThereIsOneElseOnTheEmulator()
    {
        using GpuProbe none = Probes.Without(), gpu = Probes.Working();
        Assert.Contains("the PTX emulator", FeatureChecks.Kernels(none, DeviceChoice.Auto).Found, StringComparison.Ordinal);
        Finding onGpu = FeatureChecks.Kernels(gpu, DeviceChoice.Cuda);
        Assert.Equal(CheckStatus.Ok, onGpu.Status);
        Assert.StartsWith(gpu.Devices[0].Name, onGpu.Found, StringComparison.Ordinal);
        AssertFault(FeatureChecks.Kernels(none, DeviceChoice.Cuda), "no GPU", "--device emulated");
    }

    [Fact]
    public void ADriverIsJudgedByWhetherAGpuIsWanted()
    {
        using GpuProbe none = Probes.Without(), broken = Probes.Broken(), gpu = Probes.Working();
        Assert.Equal(CheckStatus.Ok, GpuChecks.Driver(gpu, DeviceChoice.Cuda, 1).Status);
        Assert.Equal(CheckStatus.Ok, GpuChecks.Driver(none, DeviceChoice.Auto, 0).Status);
        AssertFault(GpuChecks.Driver(none, DeviceChoice.Cuda, 0), "libcuda.so.1 not found", "CUDA 12 or later");
        AssertWarning(GpuChecks.Driver(none, DeviceChoice.Auto, 2), "2 GPUs of NVIDIA's are plugged in", "install NVIDIA's driver");
        AssertWarning(GpuChecks.Driver(broken, DeviceChoice.Auto, 1), "CUDA 11.8", "CUDA 12 or later");
        AssertFault(GpuChecks.Driver(broken, DeviceChoice.Cuda, 1), "CUDA 11.8", "CUDA 12 or later");
    }

    [Fact]
    public void GpusAreListedWithTheirFigures()
    {
        using GpuProbe none = Probes.Without(), gpu = Probes.Working();
        Assert.Matches(@"GiB, compute capability \d", GpuChecks.Gpus(gpu, DeviceChoice.Cuda).Found);
        Assert.Equal(CheckStatus.Ok, GpuChecks.Gpus(none, DeviceChoice.Auto).Status);
        AssertFault(GpuChecks.Gpus(none, DeviceChoice.Cuda), "none", "see the driver");
        Assert.Equal("both load", GpuChecks.Libraries(gpu).Found);
        Assert.Equal(CheckStatus.Ok, GpuChecks.Libraries(none).Status);
    }

    [Fact]
    public void PluggedInGpusAreCountedByMakerAndKind()
    {
        foreach ((string device, string vendor, string kind) in new[] { ("a", "0x10de", "0x030200"), ("b", "0x10de", "0x040300"), ("c", "0x1002", "0x030000") })
        {
            Directory.CreateDirectory(_folder["pci", device]);
            File.WriteAllText(_folder["pci", device, "vendor"], vendor + "\n");
            File.WriteAllText(_folder["pci", device, "class"], kind + "\n");
        }

        Assert.Equal(1, PciGpus.CountNvidia(_folder["pci"]));
        Assert.Equal(0, PciGpus.CountNvidia(_folder["none"]));
    }

    [Fact]
    public void ATorchThatIsMissingBrokenOrWithoutCudaIsFound()
    {
        Assert.Equal(CheckStatus.Ok, Library(() => Torch, 256, 256).Status);
        AssertFault(Library(() => throw new DllNotFoundException("libgpuser_torch.so is missing"), 0, 0), "is missing", "./gpuser build");
        AssertFault(Library(() => throw new TorchFailure("bad\nstate"), 0, 0), "bad; state", "LIBTORCH=");
        AssertFault(Library(() => Torch, 255, 256), "255 to 256 where it must be 256", "libopenblas0-pthread");
        AssertWarning(Library(() => Torch, 256, 256, DeviceChoice.Auto, gpu: true), "finds no GPU", "LIBTORCH=");
        AssertFault(Library(() => Torch, 256, 256, DeviceChoice.Cuda, gpu: true), "finds no GPU", "LIBTORCH=");
        Assert.Equal(CheckStatus.Ok, Library(() => Torch, 256, 256, DeviceChoice.Cpu, gpu: true).Status);
        AssertWarning(TorchChecks.Blas(() => Torch with { Blas = new BlasLibrary("the reference BLAS", "/usr/lib/libblas.so.3", IsFast: false) }), "libblas.so.3", "libopenblas0-pthread");
        AssertWarning(TorchChecks.Threads(4, _ => null), "is not set", "OMP_WAIT_POLICY=passive");
        Assert.Equal(CheckStatus.Ok, TorchChecks.Threads(4, _ => "PASSIVE").Status);
    }

    [Fact]
    public void AudioLibrariesThatAreMissingOrWrongAreFound()
    {
        AssertFault(AudioChecks.SndFile(() => throw new DllNotFoundException(), _ => []), "no recording", "libsndfile1");
        AssertFault(AudioChecks.SndFile(() => "libsndfile-9", path => [.. AudioFile.ReadMono(path).Select((x, i) => i == 7 ? x + 1e-4f : x)]), "1 come back otherwise", "libsndfile1");
        AssertFault(AudioChecks.SndFile(() => "libsndfile-9", _ => [1]), "2205 come back otherwise", "libsndfile1");
        AssertWarning(AudioChecks.Decoder(null, "the program is not beside it"), "in this process: the program", "./gpuser build");
        Assert.Contains("/usr/bin/gpuser-decode", AudioChecks.Decoder("/usr/bin/gpuser-decode", null).Found, StringComparison.Ordinal);
        AssertFault(AudioChecks.Soxr(() => throw new DllNotFoundException(), _ => []), "22,050 Hz", "libsoxr0");
        AssertFault(AudioChecks.Soxr(() => "libsoxr-9", samples => samples[..(samples.Length / 2)]), "is off by", "libsoxr0");
    }

    [Fact]
    public void AFolderThatCannotBeWrittenOrIsFullIsFound()
    {
        Assert.Equal(CheckStatus.Ok, FolderChecks.Room(_folder.Root, _ => Plenty).Status);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Root));
        Assert.StartsWith($"{_folder.Root} can be written", FolderChecks.Room(_folder["not", "yet"], _ => Plenty).Found, StringComparison.Ordinal);
        AssertFault(FolderChecks.Room("/proc", _ => Plenty), "/proc cannot be written", "--out");
        AssertFault(FolderChecks.Room(_folder.Root, _ => 1 << 20), "0.0 GB free", "make room");
        AssertWarning(FolderChecks.Room(_folder.Root, _ => 1L << 30), "1.1 GB free", "another disk");
        Assert.InRange(FolderChecks.FreeBytes(_folder.Root), 1, long.MaxValue);
    }

    [Fact]
    public void PublishedWeightsThatAreThereAreNamed()
    {
        Assert.Contains("weights get", FolderChecks.Weights(_folder.Root, _ => Plenty).Found, StringComparison.Ordinal);
        File.WriteAllText(_folder["vgg16_bn-6c64b313.pth"], "");
        Assert.EndsWith("; vgg16_bn-6c64b313.pth", FolderChecks.Weights(_folder.Root, _ => Plenty).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void AMachineThatIsSmallOrOldIsWarnedOf()
    {
        AssertWarning(MachineChecks.Memory(Plenty, 1L << 30), "1.0 GiB free", "--width-divisor");
        AssertWarning(MachineChecks.Processor("old", 1, "SSE2", wide: false), "old, 1 core, SSE2", "AVX2");
        AssertWarning(SpeechCheck.Run(() => SpeechCheck.Version("no-such-program")), "does not start", "espeak-ng");
    }

    private static FeatureStages Spoilt(FeatureStages stages, string name)
    {
        // Turned round and made larger: positions, sums and sizes are all off, and an image is no number.
        return new FeatureStages(stages.Select(stage => stage.Name != name
            ? stage
            : stage with { Data = [.. stage.Data.Reverse().Select(value => name == "image" ? float.NaN : (1.5f * value) + 0.1f)] }));
    }

    private static Finding Library(Func<TorchLibrary> load, float min, float max, DeviceChoice device = DeviceChoice.Auto, bool gpu = false) =>
        TorchChecks.Library(load, _ => (min, max), device, gpu);

    private static void AssertFault(Finding finding, string found, string remedy) => AssertIs(CheckStatus.Fault, finding, found, remedy);

    private static void AssertWarning(Finding finding, string found, string remedy) => AssertIs(CheckStatus.Warning, finding, found, remedy);

    private sealed class TorchFailure(string message) : ExternalException(message);

    private static void AssertIs(CheckStatus status, Finding finding, string found, string remedy)
    {
        Assert.Equal(status, finding.Status);
        Assert.Contains(found, finding.Found, StringComparison.Ordinal);
        Assert.Contains(remedy, finding.Remedy, StringComparison.Ordinal);
    }
}
