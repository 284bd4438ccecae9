namespace GpuSer.Console;

/// <summary>Where a command writes: results to <paramref name="Out"/>, progress and log to <paramref name="Error"/>.</summary>
/// <param name="Out">Standard output; with <c>--json</c> it gets one JSON document and nothing else.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Interactive">Whether a person watches standard error, so that a progress line is welcome.</param>
public sealed record Terminal(TextWriter Out, TextWriter Error, bool Interactive);
