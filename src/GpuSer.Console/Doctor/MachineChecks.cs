using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>What this program and this machine are.</summary>
internal static class MachineChecks
{
    // A step of the whole network at batch 16 (gpuser bench step) was measured to take 3.4 GiB.
    private const long TrainingBytes = 4L << 30;

    /// <summary>Versions; there is nothing that could be wrong with them.</summary>
    public static Finding Versions() => Finding.Ok($"GpuSer {MachineFacts.Program()}, .NET {MachineFacts.DotNet()}, {MachineFacts.System()}, {CLibrary.Version}");

    /// <summary>Cores and vector instructions.</summary>
    /// <param name="name">The processor's name.</param>
    /// <param name="cores">Cores that this process may use.</param>
    /// <param name="vectors">The widest vector instructions.</param>
    /// <param name="wide">Whether they are wide enough for the features' loops to be fast.</param>
    public static Finding Processor(string name, int cores, string vectors, bool wide)
    {
        string found = $"{name}, {cores} core{(cores == 1 ? "" : "s")}, {vectors}";
        return wide
            ? Finding.Ok(found)
            : Finding.Warning(found, "features are right and slower without AVX2; take a newer processor, or unset DOTNET_EnableAVX2 and its like where they are set");
    }

    /// <summary>Memory.</summary>
    /// <param name="usable">Bytes that this process may use.</param>
    /// <param name="free">Bytes of these that are free.</param>
    public static Finding Memory(long usable, long free)
    {
        string found = $"{free / (double)(1L << 30):0.0} GiB free of {usable / (double)(1L << 30):0.0} GiB";
        return free >= TrainingBytes
            ? Finding.Ok(found)
            : Finding.Warning(
                found, "features need little, but training the whole network at batch 16 takes about 3.4 GiB; end other programs, or give a smaller --batch or a --width-divisor");
    }
}
