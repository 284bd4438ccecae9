using System.Runtime.InteropServices;
using GpuSer.Cuda;
using GpuSer.PtxEmulator.Counters;
using GpuSer.PtxEmulator.Driver;
using GpuSer.PtxEmulator.Memory;

namespace GpuSer.PtxEmulator;

/// <summary>
/// A CUDA device that executes PTX on the CPU, with memory checks that are always on and exact counters.
/// Work executes when it is queued, so every stream is in order with every other. Threads may share it: their calls take turns.
/// </summary>
/// <remarks>
/// A kernel's fault is a <see cref="PtxFaultException"/> from the call that launched it; the device stays usable.
/// Device addresses are host addresses; kernels may touch device allocations, module variables, and host memory that was
/// allocated or registered here, nothing else.
/// </remarks>
public sealed unsafe partial class EmulatedCudaDriver : ICudaDriver
{
    private readonly Lock _gate = new();
    private readonly MemoryMap _memory = new();
    private readonly HandleTable _handles = new();
    private readonly CounterLog _log = new();
    private readonly ThreadLocal<nint> _current = new();
    private readonly EmulatorOptions _options;
    private readonly long _memoryBytes;
    private DriverCounters _calls = new();
    private nint _context;
    private int _retained;
    private bool _hasFaulted;
    private bool _isDisposed;

    /// <summary>Creates a device with the default options.</summary>
    public EmulatedCudaDriver()
        : this(new())
    {
    }

    /// <summary>Creates a device.</summary>
    /// <exception cref="GpuSerException">The options are out of range.</exception>
    public EmulatedCudaDriver(EmulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        // Device memory is the host's, with a byte more for each byte that tells whether it was written.
        _memoryBytes = Math.Min(options.Gpu.MemoryBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 3);
    }

    /// <inheritdoc/>
    public string Name => "emulated";

    /// <inheritdoc/>
    public string Version => "PTX emulator, on the CPU";

    /// <inheritdoc/>
    public int DeviceCount => 1;

    /// <summary>The GPU whose limits hold, and whose time is predicted.</summary>
    public GpuModel Gpu => _options.Gpu;

    /// <summary>Counters of every kernel and launch shape since the last reset, in order of first launch.</summary>
    public IReadOnlyList<KernelCounters> KernelCounters
    {
        get
        {
            lock (_gate)
                return _log.Snapshot();
        }
    }

    /// <summary>Driver calls by kind since the last reset.</summary>
    public DriverCounters DriverCounters
    {
        get
        {
            lock (_gate)
                return _calls;
        }
    }

    /// <summary>Starts all counters from 0.</summary>
    public void ResetCounters()
    {
        lock (_gate)
        {
            _log.Reset();
            _calls = new();
        }
    }

    /// <summary>
    /// Makes device memory count as written by nobody, so that a later read before a write is a fault: for a plan's scratch,
    /// before each run. Its bytes keep their values.
    /// </summary>
    /// <exception cref="CudaException">The bytes are not within one device allocation.</exception>
    public void MarkUnwritten(ulong address, nuint bytes)
    {
        lock (_gate)
            _memory.FindAll(nameof(MarkUnwritten), address, bytes).MarkUnwritten(address, bytes);
    }

    /// <inheritdoc/>
    public void MemoryDiscard(ulong address, nuint bytes, nint stream) => MarkUnwritten(address, bytes);

    /// <inheritdoc/>
    public CudaDeviceInfo GetDevice(int ordinal)
    {
        CheckOrdinal("cuDeviceGet", ordinal);
        GpuModel gpu = _options.Gpu;
        return new($"{gpu.Name} (emulated)", gpu.Major, gpu.Minor, gpu.Multiprocessors, _memoryBytes, LaunchLimits.MaxThreads,
            gpu.MaxSharedBytesPerBlock, LaunchLimits.MaxGrid, LaunchLimits.MaxBlock);
    }

    /// <inheritdoc/>
    public nint ContextRetain(int ordinal)
    {
        CheckOrdinal("cuDevicePrimaryCtxRetain", ordinal);
        lock (_gate)
        {
            if (_retained++ == 0)
                _context = _handles.Add(new EmulatedContext());
            return _context;
        }
    }

    /// <inheritdoc/>
    public void ContextRelease(int ordinal)
    {
        CheckOrdinal("cuDevicePrimaryCtxRelease", ordinal);
        lock (_gate)
        {
            if (_retained == 0)
                throw new CudaException("cuDevicePrimaryCtxRelease", "CUDA_ERROR_INVALID_CONTEXT", "the context is not retained");
            if (--_retained == 0)
                _handles.Remove<EmulatedContext>("cuDevicePrimaryCtxRelease", _context);
        }
    }

    /// <inheritdoc/>
    public void ContextSetCurrent(nint context)
    {
        lock (_gate)
        {
            if (context != 0)
                _handles.Get<EmulatedContext>("cuCtxSetCurrent", context);
            _current.Value = context;
        }
    }

    /// <inheritdoc/>
    public void ContextSynchronize() => Locked("cuCtxSynchronize", () => { });

    /// <summary>Ends the device.</summary>
    /// <exception cref="DeviceLeakException">Device memory was not freed, and no fault came before.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            DeviceLeak[] leaks = [.. _memory.Ranges.Where(r => r.Kind == RangeKind.Device).Select(r => new DeviceLeak(r.Start, (long)r.Bytes))];
            _memory.Dispose();
            foreach (nint pointer in _hostAllocations.Keys)
                NativeMemory.AlignedFree((void*)pointer);
            _hostAllocations.Clear();
            _current.Dispose();
            if (leaks.Length > 0 && !_hasFaulted)
                throw new DeviceLeakException(leaks);
        }
    }

    private static void CheckOrdinal(string call, int ordinal)
    {
        if (ordinal != 0)
            throw new CudaException(call, "CUDA_ERROR_INVALID_DEVICE", $"there is one device, 0; {ordinal} was asked for");
    }

    private void Locked(string call, Action action)
    {
        Locked(call, () =>
        {
            action();
            return 0;
        });
    }

    /// <summary>Runs a driver call, one at a time, in the calling thread's context.</summary>
    private T Locked<T>(string call, Func<T> action)
    {
        lock (_gate)
        {
            if (_isDisposed)
                throw new CudaException(call, "CUDA_ERROR_DEINITIALIZED", "the device was disposed");
            if (_retained == 0 || _current.Value != _context)
                throw new CudaException(call, "CUDA_ERROR_INVALID_CONTEXT", "no context is current on this thread");
            try
            {
                return action();
            }
            catch (CudaException)
            {
                _hasFaulted = true;
                throw;
            }
        }
    }

    private void CheckStream(string call, nint stream)
    {
        if (stream != 0)
            _handles.Get<EmulatedStream>(call, stream);
    }

    private sealed class EmulatedContext;

    private sealed class EmulatedStream;
}
