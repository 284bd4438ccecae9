using GpuSer.Audio;
using GpuSer.Audio.Decoding;
using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>All that <c>gpuser doctor</c> looks at, in the order in which one thing stands on another.</summary>
internal static class Checkup
{
    private const string WeightsFolder = "weights";

    /// <summary>The checks for a device; each looks when it is run.</summary>
    /// <param name="probe">The driver.</param>
    /// <param name="device">What is to be used: a GPU is needed with cuda alone, and the kernels are left out with cpu.</param>
    public static IEnumerable<DoctorCheck> For(GpuProbe probe, DeviceChoice device)
    {
        yield return new("versions", MachineChecks.Versions);
        yield return new("processor", () => MachineChecks.Processor(ProcessorInfo.Name, Environment.ProcessorCount, ProcessorInfo.Vectors, ProcessorInfo.HasWideVectors));
        yield return new("memory", () => MachineChecks.Memory(MemoryInfo.UsableBytes, MemoryInfo.FreeBytes));
        yield return new("current folder", () => FolderChecks.Room(".", FolderChecks.FreeBytes));
        yield return new("weights folder", () => FolderChecks.Weights(WeightsFolder, FolderChecks.FreeBytes));
        yield return new("libsndfile", () => AudioChecks.SndFile(SndFile.Version, path => AudioFile.ReadMono(path)));
        yield return new("decoder", () => AudioChecks.Decoder(DecoderProgram.Find(), DecoderPool.Shared.Problem));
        yield return new("libsoxr", () => AudioChecks.Soxr(Soxr.Version, Halve));
        yield return new("libtorch", () => TorchChecks.Library(TorchLibrary.Load, TorchLibrary.MultiplyOnes, device, probe.CanRun));
        yield return new("BLAS", () => TorchChecks.Blas(TorchLibrary.Load));
        yield return new("threads", () => TorchChecks.Threads(Environment.ProcessorCount, CLibrary.Variable));
        yield return new("espeak-ng", () => SpeechCheck.Run(() => SpeechCheck.Version()));
        yield return new("features", FeatureChecks.Cpu);
        yield return new("NVIDIA driver", () => GpuChecks.Driver(probe, device, PciGpus.CountNvidia()));
        yield return new("GPUs", () => GpuChecks.Gpus(probe, device));
        yield return new("cuFFT and cuBLAS", () => GpuChecks.Libraries(probe));
        if (device != DeviceChoice.Cpu)
        {
            yield return new("kernels", () => FeatureChecks.Kernels(probe, device));
        }
    }

    private static float[] Halve(float[] samples)
    {
        const int From = 2 * FeatureOptions.SampleRate;
        float[] halved = new float[Resampler.Length(samples.Length, From, FeatureOptions.SampleRate)];
        Resampler.Resample(samples, From, FeatureOptions.SampleRate, halved);
        return halved;
    }
}
