using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using GpuSer.Cuda.Ptx;
using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace GpuSer.Cuda.Managed;

/// <summary>
/// NVIDIA's driver through the packages ManagedCuda-12, ManagedCuda-CUFFT and ManagedCuda-CUBLAS, which are licensed under
/// GPL-3.0 (or commercially). Compiled only with <c>-p:CudaProvider=ManagedCuda</c>.
/// </summary>
internal sealed unsafe partial class ManagedCudaDriver : ICudaDriver
{
    private const int JitLogBytes = 16 * 1024;

    // ManagedCuda takes a launch's arguments as an array, whose length the seam does not carry: the PTX knows it.
    private readonly ConcurrentDictionary<nint, IReadOnlyDictionary<string, PtxSignature>> _signatures = new();
    private readonly ConcurrentDictionary<nint, int> _parameterCounts = new();

    /// <summary>Initialises the driver.</summary>
    /// <exception cref="CudaUnavailableException">The machine has no driver, or one that is too old, does not work or has no device.</exception>
    public ManagedCudaDriver()
    {
        try
        {
            int version = 0, count = 0;
            CUResult result = cuDriverGetVersion(ref version);
            if (result == CUResult.Success)
                DriverVersion.Require(version);
            if (result == CUResult.Success)
                result = cuInit(CUInitializationFlags.None);
            if (result == CUResult.Success)
                result = DeviceManagement.cuDeviceGetCount(ref count);
            if (result == CUResult.ErrorNoDevice || (result == CUResult.Success && count == 0))
                throw CudaUnavailableException.NoDevice();
            if (result != CUResult.Success)
                throw CudaUnavailableException.Broken(Failure(result, "cuInit", detail: null));
            (Version, DeviceCount) = (DriverVersion.Describe(version), count);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException)
        {
            throw CudaUnavailableException.NoDriver("NVIDIA's driver library");
        }
    }

    /// <inheritdoc/>
    public string Name => "cuda";

    /// <inheritdoc/>
    public string Version { get; }

    /// <inheritdoc/>
    public int DeviceCount { get; }

    /// <inheritdoc/>
    public CudaDeviceInfo GetDevice(int ordinal)
    {
        CUdevice device = Device(ordinal);
        byte[] name = new byte[256];
        Check(DeviceManagement.cuDeviceGetName(name, name.Length, device));
        SizeT memory = 0;
        Check(DeviceManagement.cuDeviceTotalMem_v2(ref memory, device));
        return new CudaDeviceInfo(
            Text(name),
            Attribute(CUDeviceAttribute.ComputeCapabilityMajor),
            Attribute(CUDeviceAttribute.ComputeCapabilityMinor),
            Attribute(CUDeviceAttribute.MultiProcessorCount),
            memory,
            Attribute(CUDeviceAttribute.MaxThreadsPerBlock),
            Attribute(CUDeviceAttribute.MaxSharedMemoryPerBlockOptin),
            new Dim3(Attribute(CUDeviceAttribute.MaxGridDimX), Attribute(CUDeviceAttribute.MaxGridDimY), Attribute(CUDeviceAttribute.MaxGridDimZ)),
            new Dim3(Attribute(CUDeviceAttribute.MaxBlockDimX), Attribute(CUDeviceAttribute.MaxBlockDimY), Attribute(CUDeviceAttribute.MaxBlockDimZ)));

        int Attribute(CUDeviceAttribute attribute)
        {
            int value = 0;
            Check(DeviceManagement.cuDeviceGetAttribute(ref value, attribute, device));
            return value;
        }
    }

    /// <inheritdoc/>
    public nint ContextRetain(int ordinal)
    {
        CUcontext context = default;
        Check(ContextManagement.cuDevicePrimaryCtxRetain(ref context, Device(ordinal)));
        return context.Pointer;
    }

    /// <inheritdoc/>
    public void ContextRelease(int ordinal) => Check(ContextManagement.cuDevicePrimaryCtxRelease(Device(ordinal)));

    /// <inheritdoc/>
    public void ContextSetCurrent(nint context) => Check(ContextManagement.cuCtxSetCurrent(new CUcontext { Pointer = context }));

    /// <inheritdoc/>
    public void ContextSynchronize() => Check(ContextManagement.cuCtxSynchronize());

    /// <inheritdoc/>
    public nint ModuleLoad(ReadOnlySpan<byte> ptx)
    {
        byte[] text = new byte[ptx.Length + 1];
        ptx.CopyTo(text);
        byte[] log = GC.AllocateArray<byte>(JitLogBytes, pinned: true);
        CUmodule module = default;
        CUResult result = ModuleManagement.cuModuleLoadDataEx(
            ref module,
            text,
            2,
            [CUJITOption.ErrorLogBuffer, CUJITOption.ErrorLogBufferSizeBytes],
            [Marshal.UnsafeAddrOfPinnedArrayElement(log, 0), JitLogBytes]);
        if (result != CUResult.Success)
        {
            string said = Text(log).Trim().ReplaceLineEndings("; ");
            throw Failure(result, "cuModuleLoadDataEx", said.Length == 0 ? null : said);
        }

        _signatures[module.Pointer] = PtxSignature.ReadAll(ptx);
        return module.Pointer;
    }

    /// <inheritdoc/>
    public void ModuleUnload(nint module)
    {
        _signatures.TryRemove(module, out _);
        Check(ModuleManagement.cuModuleUnload(new CUmodule { Pointer = module }));
    }

    /// <inheritdoc/>
    public nint ModuleGetFunction(nint module, string name)
    {
        CUfunction function = default;
        Check(ModuleManagement.cuModuleGetFunction(ref function, new CUmodule { Pointer = module }, name), $"cuModuleGetFunction({name})");
        _parameterCounts[function.Pointer] = _signatures[module][name].Parameters.Count;
        return function.Pointer;
    }

    /// <inheritdoc/>
    public CudaFunctionInfo GetFunction(nint function)
    {
        return new CudaFunctionInfo(
            Attribute(CUFunctionAttribute.MaxThreadsPerBlock),
            Attribute(CUFunctionAttribute.SharedSizeBytes),
            Attribute(CUFunctionAttribute.LocalSizeBytes),
            Attribute(CUFunctionAttribute.NumRegs));

        int Attribute(CUFunctionAttribute attribute)
        {
            int value = 0;
            Check(FunctionManagement.cuFuncGetAttribute(ref value, attribute, new CUfunction { Pointer = function }));
            return value;
        }
    }

    /// <inheritdoc/>
    public void FunctionSetDynamicSharedBytes(nint function, int bytes) => Check(
        FunctionManagement.cuFuncSetAttribute(new CUfunction { Pointer = function }, CUFunctionAttribute.MaxDynamicSharedSizeBytes, bytes));

    /// <inheritdoc/>
    public void Launch(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, nint stream, void** arguments)
    {
        nint[] pointers = new ReadOnlySpan<nint>(arguments, _parameterCounts[function]).ToArray();
        Check(DriverAPINativeMethods.Launch.cuLaunchKernel(
            new CUfunction { Pointer = function },
            (uint)grid.X,
            (uint)grid.Y,
            (uint)grid.Z,
            (uint)block.X,
            (uint)block.Y,
            (uint)block.Z,
            (uint)dynamicSharedBytes,
            Stream(stream),
            pointers,
            null));
    }

    /// <summary>Nothing: contexts own what there is to free.</summary>
    public void Dispose()
    {
    }

    private static CUstream Stream(nint stream) => new() { Pointer = stream };

    private static CUdeviceptr Address(ulong address) => new(address);

    private static CUdevice Device(int ordinal)
    {
        CUdevice device = default;
        Check(DeviceManagement.cuDeviceGet(ref device, ordinal));
        return device;
    }

    private static string Text(byte[] terminated)
    {
        int length = Array.IndexOf(terminated, (byte)0);
        return System.Text.Encoding.UTF8.GetString(terminated, 0, length < 0 ? terminated.Length : length);
    }

    private static void Check(CUResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != CUResult.Success)
            throw Failure(result, call, detail: null);
    }

    private static CudaException Failure(CUResult result, string call, string? detail)
    {
        nint text = 0;
        string name = ErrorHandling.cuGetErrorName(result, ref text) == CUResult.Success ? Marshal.PtrToStringUTF8(text) ?? "" : $"CUresult {(int)result}";
        if (detail is null && ErrorHandling.cuGetErrorString(result, ref text) == CUResult.Success)
            detail = Marshal.PtrToStringUTF8(text);
        return new CudaException(call, name, detail);
    }
}
