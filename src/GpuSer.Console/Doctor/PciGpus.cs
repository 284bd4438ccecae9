using GpuSer.Training.Machine;

namespace GpuSer.Console.Doctor;

/// <summary>GPUs that are plugged in, whether or not a driver knows them.</summary>
internal static class PciGpus
{
    private const string Devices = "/sys/bus/pci/devices", Nvidia = "0x10de", DisplayController = "0x03";

    /// <summary>How many display controllers of NVIDIA's there are; 0 where the system does not tell.</summary>
    public static int CountNvidia(string devices = Devices)
    {
        try
        {
            return Directory.EnumerateDirectories(devices).Count(device =>
                Says(device, "vendor", Nvidia) && Says(device, "class", DisplayController));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static bool Says(string device, string file, string beginning) =>
        SystemFile.Lines(Path.Combine(device, file)) is [var line, ..] && line.StartsWith(beginning, StringComparison.Ordinal);
}
