using TorchSharp;

namespace GpuSer.Training;

/// <summary>Sets how many threads torch works with; it is one number for the whole process.</summary>
internal static class TorchThreads
{
    public static void Use(int threads) => torch.set_num_threads(threads == 0 ? Environment.ProcessorCount : threads);
}
