namespace GpuSer.PtxEmulator.Counters;

/// <summary>Driver calls by kind since the last reset.</summary>
public sealed record DriverCounters
{
    /// <summary>Device allocations.</summary>
    public long Allocations { get; init; }

    /// <summary>Bytes of them.</summary>
    public long AllocatedBytes { get; init; }

    /// <summary>Device memory given back.</summary>
    public long Frees { get; init; }

    /// <summary>Page-locked host allocations.</summary>
    public long HostAllocations { get; init; }

    /// <summary>Host memory registered.</summary>
    public long HostRegistrations { get; init; }

    /// <summary>Copies from host to device.</summary>
    public long HostToDeviceCopies { get; init; }

    /// <summary>Bytes of them.</summary>
    public long HostToDeviceBytes { get; init; }

    /// <summary>Copies from device to host.</summary>
    public long DeviceToHostCopies { get; init; }

    /// <summary>Bytes of them.</summary>
    public long DeviceToHostBytes { get; init; }

    /// <summary>Copies within the device.</summary>
    public long DeviceToDeviceCopies { get; init; }

    /// <summary>Bytes of them.</summary>
    public long DeviceToDeviceBytes { get; init; }

    /// <summary>Memory sets, those of graphs among them.</summary>
    public long MemorySets { get; init; }

    /// <summary>Bytes of them.</summary>
    public long MemorySetBytes { get; init; }

    /// <summary>Kernels launched one by one.</summary>
    public long Launches { get; init; }

    /// <summary>Graphs launched.</summary>
    public long GraphLaunches { get; init; }

    /// <summary>Nodes those executed.</summary>
    public long GraphNodes { get; init; }

    /// <summary>Fourier transform plans made.</summary>
    public long FftPlans { get; init; }

    /// <summary>Fourier transform plans executed.</summary>
    public long FftExecutions { get; init; }

    /// <summary>Batched matrix products.</summary>
    public long MatrixProducts { get; init; }
}
