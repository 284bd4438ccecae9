using System.Runtime.InteropServices;

namespace GpuSer.Training;

/// <summary>
/// Has the C library keep freed memory. torch asks for a training step's activations anew each time; by default glibc gives blocks of that size back
/// to the kernel when they are freed, which then has to clear every page of them for the next step.
/// </summary>
internal static partial class NativeHeap
{
    private const int TrimThreshold = -1, MmapMax = -4;

    /// <summary>Keeps freed memory for the rest of the process. Does nothing where the C library has no such setting.</summary>
    public static void KeepFreedMemory()
    {
        try
        {
            _ = Set(MmapMax, 0);
            _ = Set(TrimThreshold, -1);
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: its own habits stay.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
