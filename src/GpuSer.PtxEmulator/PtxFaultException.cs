using GpuSer.Cuda;

namespace GpuSer.PtxEmulator;

/// <summary>A check of the emulator fired: names the kernel, the PTX line, the block and the thread.</summary>
public sealed class PtxFaultException : CudaException
{
    internal PtxFaultException(PtxFault fault, string kernel, int line, Dim3 block, Dim3 thread, string detail)
        : base("cuLaunchKernel", NameOf(fault),
            $"{kernel}, PTX line {line}, block ({block.X}, {block.Y}, {block.Z}), thread ({thread.X}, {thread.Y}, {thread.Z}): {detail}")
    {
        Fault = fault;
        Kernel = kernel;
        Line = line;
        Block = block;
        Thread = thread;
    }

    /// <summary>What went wrong.</summary>
    public PtxFault Fault { get; }

    /// <summary>Entry point that was executing.</summary>
    public string Kernel { get; }

    /// <summary>Line of the PTX text, counted from 1.</summary>
    public int Line { get; }

    /// <summary>Index of the block in the grid, counted from 0.</summary>
    public Dim3 Block { get; }

    /// <summary>Index of the thread in the block, counted from 0; the first of those at fault.</summary>
    public Dim3 Thread { get; }

    private static string NameOf(PtxFault fault) => fault switch
    {
        PtxFault.OutOfBounds or PtxFault.UseAfterFree or PtxFault.ReadOnly => "CUDA_ERROR_ILLEGAL_ADDRESS",
        PtxFault.Misaligned => "CUDA_ERROR_MISALIGNED_ADDRESS",
        PtxFault.IllegalInstruction => "CUDA_ERROR_ILLEGAL_INSTRUCTION",
        PtxFault.StepLimit => "CUDA_ERROR_LAUNCH_TIMEOUT",
        _ => "CUDA_ERROR_LAUNCH_FAILED",
    };
}
