using GpuSer.Console.Doctor;

namespace GpuSer.Console.Output;

/// <summary>Shows what checks found: a line each, and below a warning or a fault what to do about it.</summary>
internal static class DoctorOutput
{
    private const int NameWidth = 18, SignWidth = 9;

    /// <summary>A check's line or lines.</summary>
    public static void Write(TextWriter writer, CheckResult result)
    {
        writer.WriteLine($"{Sign(result.Status).PadRight(SignWidth)}{result.Name.PadRight(NameWidth)}{result.Found}");
        if (result.Remedy is not null)
        {
            writer.WriteLine($"{new string(' ', SignWidth + NameWidth)}-> {result.Remedy}");
        }

        writer.Flush();
    }

    /// <summary>The last line.</summary>
    public static void WriteSum(TextWriter writer, IReadOnlyList<CheckResult> results)
    {
        int faults = Count(CheckStatus.Fault), warnings = Count(CheckStatus.Warning);
        string told = string.Join(", ", new[] { Told(faults, "fault"), Told(warnings, "warning") }.OfType<string>());
        writer.WriteLine(
            faults > 0 ? $"{told}: what is needed does not all work"
            : warnings > 0 ? $"{told}: all that is needed works"
            : "all is well");

        int Count(CheckStatus status) => results.Count(result => result.Status == status);
        static string? Told(int count, string name) => count == 0 ? null : $"{count} {name}{(count == 1 ? "" : "s")}";
    }

    /// <summary>All of it as a document.</summary>
    public static void WriteJson(TextWriter writer, IReadOnlyList<CheckResult> results, DeviceChoice device) => JsonOutput.Write(writer, new
    {
        Device = device.ToString().ToLowerInvariant(),
        Healthy = results.All(result => result.Status != CheckStatus.Fault),
        Checks = results.Select(result => new { result.Name, Status = Sign(result.Status), result.Found, result.Remedy }),
    });

    private static string Sign(CheckStatus status) => status.ToString().ToLowerInvariant();
}
