using Microsoft.Extensions.Logging;

namespace GpuSer;

/// <summary>What is told while work goes on; nothing of it in the making of an image.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Skipped {Reason}")]
    public static partial void FileSkipped(ILogger logger, string reason);

    [LoggerMessage(2, LogLevel.Information, "{Files} files in {Seconds:f3} s on {Threads} threads, {Skipped} skipped; {Found} images were in the cache")]
    public static partial void FilesDone(ILogger logger, int files, double seconds, int threads, int skipped, int found);

    [LoggerMessage(3, LogLevel.Debug, "Plan {Number} on {Device}: {Batch} signals of {Frames} frames")]
    public static partial void PlanMade(ILogger logger, int number, string device, int batch, int frames);
}
