using System.Runtime.InteropServices;

namespace GpuSer.Cuda.Native;

/// <summary>CUresult, the values this library tells apart.</summary>
internal enum CudaResult
{
    Success = 0,
    OutOfMemory = 2,
    NoDevice = 100,
}

/// <summary>CUdevice_attribute.</summary>
internal enum DeviceAttribute
{
    MaxThreadsPerBlock = 1,
    MaxBlockX = 2,
    MaxBlockY = 3,
    MaxBlockZ = 4,
    MaxGridX = 5,
    MaxGridY = 6,
    MaxGridZ = 7,
    Multiprocessors = 16,
    CapabilityMajor = 75,
    CapabilityMinor = 76,
    MaxSharedBytesPerBlockOptIn = 97,
}

/// <summary>CUfunction_attribute.</summary>
internal enum FunctionAttribute
{
    MaxThreadsPerBlock = 0,
    SharedBytes = 1,
    LocalBytes = 3,
    Registers = 4,
    MaxDynamicSharedBytes = 8,
}

/// <summary>CUjit_option.</summary>
internal enum JitOption
{
    ErrorLogBuffer = 5,
    ErrorLogBytes = 6,
}

/// <summary>CUDA_KERNEL_NODE_PARAMS_v2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct KernelNodeParameters
{
    public nint Function;
    public uint GridX;
    public uint GridY;
    public uint GridZ;
    public uint BlockX;
    public uint BlockY;
    public uint BlockZ;
    public uint SharedBytes;
    public void** Arguments;
    public void** Extra;
    public nint Kernel;
    public nint Context;
}

/// <summary>CUDA_MEMSET_NODE_PARAMS.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MemsetNodeParameters
{
    public ulong Destination;
    public nuint Pitch;
    public uint Value;
    public uint ElementBytes;
    public nuint Width;
    public nuint Height;
}
