using System.Diagnostics;
using GpuSer.Training.Downloads;

namespace GpuSer.Console.Output;

/// <summary>Shows a download's progress on a terminal, a few times a second.</summary>
internal sealed class DownloadLine(TextWriter writer, string name, bool live) : IProgress<DownloadProgress>, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ProgressLine _line = new(writer, live);
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _shown = -Pause;
    private long? _first;

    public void Report(DownloadProgress value)
    {
        // What an earlier run fetched says nothing about the speed of this one.
        _first ??= value.Bytes;
        TimeSpan now = _watch.Elapsed;
        if (now - _shown < Pause && value.Bytes != value.Total)
        {
            return;
        }

        _shown = now;
        double rate = (value.Bytes - _first.Value) / Math.Max(now.TotalSeconds, 1e-3);
        string total = value.Total is long all ? $" of {Megabytes(all)} ({Figures.Percent((double)value.Bytes / Math.Max(all, 1))})" : string.Empty;
        string left = value.Total is long whole && rate > 0 ? $", left {Figures.Duration(TimeSpan.FromSeconds((whole - value.Bytes) / rate))}" : string.Empty;
        _line.Show($"{name}: {Megabytes(value.Bytes)}{total}, {Megabytes((long)rate)}/s{left}");
    }

    public void Dispose() => _line.Dispose();

    private static string Megabytes(long bytes) => Figures.Number(bytes / 1e6, "0.0") + " MB";
}
