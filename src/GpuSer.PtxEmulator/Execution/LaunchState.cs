using GpuSer.Cuda;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator.Execution;

/// <summary>One kernel launch: what all its blocks have in common.</summary>
internal sealed unsafe class LaunchState(
    KernelCode code, Dim3 grid, Dim3 block, int dynamicSharedBytes, byte* parameters, MemoryMap map, EmulatorOptions options)
{
    public KernelCode Code { get; } = code;

    public Dim3 Grid { get; } = grid;

    public Dim3 Block { get; } = block;

    public int Threads { get; } = (int)block.Count;

    public int DynamicSharedBytes { get; } = dynamicSharedBytes;

    public int SharedBytes { get; } = code.Signature.StaticSharedBytes + dynamicSharedBytes;

    public byte* Parameters { get; } = parameters;

    public int ParameterBytes { get; } = code.Signature.ParameterBytes;

    public MemoryMap Map { get; } = map;

    public EmulatorOptions Options { get; } = options;
}
