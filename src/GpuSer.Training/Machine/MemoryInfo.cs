using System.Globalization;

namespace GpuSer.Training.Machine;

/// <summary>Memory of this machine.</summary>
internal static class MemoryInfo
{
    private const string Source = "/proc/meminfo", Key = "MemAvailable:";

    /// <summary>Bytes that this process may use at most: the machine's, or the container's limit.</summary>
    public static long UsableBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Bytes of these that are free now, without what the system keeps of files; all where the system does not tell.</summary>
    public static long FreeBytes => Math.Min(UsableBytes, FreeIn(SystemFile.Lines(Source)) ?? long.MaxValue);

    internal static long? FreeIn(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return long.TryParse(line?[Key.Length..].Replace("kB", "", StringComparison.Ordinal), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long kibibytes)
            ? kibibytes << 10
            : null;
    }
}
