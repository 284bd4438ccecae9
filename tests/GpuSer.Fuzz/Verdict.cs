namespace GpuSer.Fuzz;

/// <summary>What came of an input.</summary>
/// <param name="Refusal">The typed error that it was refused with; null where it was accepted.</param>
/// <param name="Fault">What went wrong; null where nothing did.</param>
/// <param name="Allocated">Bytes that the reading thread allocated.</param>
/// <param name="Seconds">Seconds of processor time.</param>
public sealed record Verdict(GpuSerException? Refusal, string? Fault, long Allocated, double Seconds)
{
    /// <summary>Reads an input on the calling thread and judges what came of it: nothing but typed errors, within the target's limits.</summary>
    /// <param name="target">Who reads.</param>
    /// <param name="path">The input's file.</param>
    /// <param name="length">Its bytes.</param>
    public static Verdict Of(FuzzTarget target, string path, long length)
    {
        GpuSerException? refusal = null;
        Exception? foreign = null;
        long peak = ProcessUse.PeakBytes(), allocated = GC.GetAllocatedBytesForCurrentThread();
        double others = target.OtherSeconds?.Invoke() ?? 0, seconds = ProcessUse.ThreadSeconds();
        try
        {
            target.Read(path);
        }
        catch (GpuSerException error)
        {
            refusal = error;
        }
#pragma warning disable CA1031 // that no other kind ever comes is what is judged
        catch (Exception error)
#pragma warning restore CA1031
        {
            foreign = error;
        }

        seconds = ProcessUse.ThreadSeconds() - seconds + Math.Max(0, (target.OtherSeconds?.Invoke() ?? 0) - others);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        peak = ProcessUse.PeakBytes() - peak;
        FuzzLimits limits = target.Limits;
        long most = limits.Allocated(length);
        string? fault = foreign is not null ? $"{foreign.GetType().Name}: {foreign.Message}{Environment.NewLine}{foreign.StackTrace}"
            : seconds > limits.Seconds ? $"took {seconds:0.00} s of processor time; {limits.Seconds} are allowed"
            : allocated > most ? $"allocated {allocated:N0} bytes for a file of {length:N0}; {most:N0} are allowed"
            : peak > most + limits.PeakBytes ? $"raised the process's memory by {peak:N0} bytes; {most + limits.PeakBytes:N0} are allowed"
            : refusal is not null && (refusal.Message.Length is 0 or > 2100 || refusal.Message.Contains('\n', StringComparison.Ordinal)) ? $"was refused with a message of {refusal.Message.Length} characters, or of several lines"
            : null;
        return new Verdict(refusal, fault, allocated, seconds);
    }
}
