using System.Runtime.InteropServices;

namespace GpuSer.Fuzz;

/// <summary>What threads and processes have used, as the kernel counts it: processor time does not grow while others have the processor.</summary>
public static partial class ProcessUse
{
    private const int OwnThreadClock = 3;

    /// <summary>The calling thread's number.</summary>
    public static int ThreadNumber() => GetThread();

    /// <summary>Processor seconds of the calling thread.</summary>
    public static double ThreadSeconds() => Seconds(OwnThreadClock);

    /// <summary>Processor seconds of a thread of this process (Linux makes a clock's number of a thread's: 6 is CPUCLOCK_SCHED and CPUCLOCK_PERTHREAD).</summary>
    public static double ThreadSeconds(int thread) => Seconds((~thread << 3) | 6);

    /// <summary>Processor seconds of a process of this user; 0 where it has ended.</summary>
    public static double OfProcess(int process) => Seconds((~process << 3) | 2);

    /// <summary>The most memory that this process has had, in bytes.</summary>
    public static long PeakBytes()
    {
        Span<long> usage = stackalloc long[18];
        return GetUsage(0, usage) == 0 ? usage[4] << 10 : 0; // ru_maxrss, in KiB
    }

    private static double Seconds(int clock) => GetTime(clock, out Time time) == 0 ? time.Seconds + (time.Nanoseconds * 1e-9) : 0;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Time time);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, Span<long> usage);

    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
