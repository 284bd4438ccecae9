using System.Runtime.InteropServices;
using GpuSer.Cuda;

namespace GpuSer.Tests.Cuda;

/// <summary>A driver that executes nothing: it writes down each call, and fails where it is told to.</summary>
internal sealed unsafe class RecordingDriver : ICudaDriver
{
    private readonly Dictionary<ulong, nuint> _allocated = [];
    private nint _next = 1000;

    /// <summary>The calls so far, binding the context left out.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Threads that bound the context.</summary>
    public HashSet<int> BoundThreads { get; } = [];

    /// <summary>Errors by call name, thrown when that call is made.</summary>
    public Dictionary<string, CudaException> Failures { get; } = [];

    /// <summary>Writes nothing down, so that what a caller allocates can be counted.</summary>
    public bool Quiet { get; set; }

    /// <summary>What functions report.</summary>
    public CudaFunctionInfo Function { get; set; } = new(1024, 0, 0, 32);

    /// <summary>Bytes allocated and not freed.</summary>
    public long AllocatedBytes => _allocated.Values.Sum(bytes => (long)bytes);

    public string Name => "recording";

    public string Version => "recording";

    public int DeviceCount => 1;

    public CudaDeviceInfo GetDevice(int ordinal) =>
        new("Recorder", 7, 0, 1, 1 << 30, 1024, 96 * 1024, new Dim3(int.MaxValue, 65535, 65535), new Dim3(1024, 1024, 64));

    public nint ContextRetain(int ordinal) => Make("retain");

    public void ContextRelease(int ordinal) => Say("release");

    public void ContextSetCurrent(nint context) => BoundThreads.Add(Environment.CurrentManagedThreadId);

    public void ContextSynchronize() => Say("synchronize");

    public ulong MemoryAllocate(nuint bytes)
    {
        Say($"allocate {bytes}");
        ulong address = (ulong)(nint)NativeMemory.AlignedAlloc(bytes, 256);
        _allocated[address] = bytes;
        return address;
    }

    public void MemoryFree(ulong address)
    {
        Say("free");
        _allocated.Remove(address);
        NativeMemory.AlignedFree((void*)address);
    }

    public nint HostAllocate(nuint bytes) => Make($"hostAllocate {bytes}");

    public void HostFree(nint pointer) => Say("hostFree");

    public ulong HostRegister(nint pointer, nuint bytes)
    {
        Say($"register {bytes}");
        return (ulong)pointer;
    }

    public void HostUnregister(nint pointer) => Say("unregister");

    public void CopyHostToDevice(ulong destination, nint source, nuint bytes, nint stream)
    {
        Say($"upload {bytes}");
        NativeMemory.Copy((void*)source, (void*)destination, bytes);
    }

    public void CopyDeviceToHost(nint destination, ulong source, nuint bytes, nint stream)
    {
        Say($"download {bytes}");
        NativeMemory.Copy((void*)source, (void*)destination, bytes);
    }

    public void CopyDeviceToDevice(ulong destination, ulong source, nuint bytes, nint stream) => Say($"copy {bytes}");

    public void MemorySet(ulong destination, byte value, nuint count, nint stream) => Say($"set {count}");

    public nint ModuleLoad(ReadOnlySpan<byte> ptx) => Make("load");

    public void ModuleUnload(nint module) => Say("unload");

    public nint ModuleGetFunction(nint module, string name) => Make($"function {name}");

    public CudaFunctionInfo GetFunction(nint function) => Function;

    public void FunctionSetDynamicSharedBytes(nint function, int bytes) => Say($"optIn {bytes}");

    public void Launch(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, nint stream, void** arguments)
    {
        if (!Quiet)
            Say($"launch {grid} {block} {dynamicSharedBytes} first={*(int*)arguments[0]}");
    }

    public nint StreamCreate() => Make("stream");

    public void StreamDestroy(nint stream) => Say("streamDestroy");

    public void StreamSynchronize(nint stream) => Say("streamSynchronize");

    public void StreamWaitEvent(nint stream, nint recordedEvent) => Say("wait");

    public nint EventCreate(bool timing) => Make($"event {timing}");

    public void EventDestroy(nint handle) => Say("eventDestroy");

    public void EventRecord(nint handle, nint stream) => Say("record");

    public void EventSynchronize(nint handle) => Say("eventSynchronize");

    public float EventElapsed(nint start, nint end) => 1.5f;

    public nint GraphCreate() => Make("graph");

    public void GraphDestroy(nint graph) => Say("graphDestroy");

    public nint GraphAddKernel(
        nint graph, ReadOnlySpan<nint> dependencies, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments) =>
        Make($"node after {dependencies.Length} first={*(int*)arguments[0]}");

    public nint GraphAddMemorySet(nint graph, ReadOnlySpan<nint> dependencies, ulong destination, byte value, nuint count) => Make("setNode");

    public nint GraphInstantiate(nint graph) => Make("instantiate");

    public void GraphExecDestroy(nint executable) => Say("executableDestroy");

    public void GraphExecSetKernel(nint executable, nint node, nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, void** arguments) =>
        Say($"update first={*(int*)arguments[0]}");

    public void GraphLaunch(nint executable, nint stream) => Say("graphLaunch");

    public nint FftPlan(int size, FftKind kind, int batch, int inputDistance, int outputDistance) => Make($"fft {size} x{batch}");

    public void FftDestroy(nint plan) => Say("fftDestroy");

    public void FftExecute(nint plan, ulong input, ulong output, nint stream) => Say("fftExecute");

    public nint BlasCreate() => Make("blas");

    public void BlasDestroy(nint handle) => Say("blasDestroy");

    public void BlasGemm(nint handle, nint stream, in GemmArguments arguments) => Say("gemm");

    public void Dispose()
    {
        foreach (ulong address in _allocated.Keys.ToArray())
            MemoryFree(address);
    }

    private nint Make(string call)
    {
        Say(call);
        return _next++;
    }

    private void Say(string call)
    {
        Calls.Add(call);
        if (Failures.TryGetValue(call.Split(' ')[0], out CudaException? failure))
            throw failure;
    }
}
