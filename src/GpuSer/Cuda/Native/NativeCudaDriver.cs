using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static GpuSer.Cuda.Native.CudaImports;

namespace GpuSer.Cuda.Native;

/// <summary>NVIDIA's driver (libcuda), with cuFFT and cuBLAS looked up when first used.</summary>
internal sealed unsafe partial class NativeCudaDriver : ICudaDriver
{
    private const uint StreamNonBlocking = 1;
    private const uint EventDisableTiming = 2;
    private const uint HostRegisterDeviceMap = 2;
    private const int JitLogBytes = 16 * 1024;

    /// <summary>Initialises the driver.</summary>
    /// <exception cref="CudaUnavailableException">The machine has no driver, or one that is too old, does not work or has no device.</exception>
    public NativeCudaDriver()
    {
        try
        {
            int version = 0, count = 0;
            CudaResult result = cuDriverGetVersion(&version);
            if (result == CudaResult.Success)
                DriverVersion.Require(version);
            if (result == CudaResult.Success)
                result = cuInit(0);
            if (result == CudaResult.Success)
                result = cuDeviceGetCount(&count);
            if (result == CudaResult.NoDevice || (result == CudaResult.Success && count == 0))
                throw CudaUnavailableException.NoDevice();
            if (result != CudaResult.Success)
                throw CudaUnavailableException.Broken(Failure(result, "cuInit(0)", detail: null));
            (Version, DeviceCount) = (DriverVersion.Describe(version), count);
        }
        catch (DllNotFoundException)
        {
            throw CudaUnavailableException.NoDriver(CudaLibraries.Candidates(CudaLibraries.Driver));
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
        int device = Device(ordinal);
        const int NameBytes = 256;
        byte* name = stackalloc byte[NameBytes];
        Check(cuDeviceGetName(name, NameBytes, device));
        nuint memory;
        Check(cuDeviceTotalMem_v2(&memory, device));
        return new CudaDeviceInfo(
            Marshal.PtrToStringUTF8((nint)name) ?? "",
            Attribute(DeviceAttribute.CapabilityMajor),
            Attribute(DeviceAttribute.CapabilityMinor),
            Attribute(DeviceAttribute.Multiprocessors),
            (long)memory,
            Attribute(DeviceAttribute.MaxThreadsPerBlock),
            Attribute(DeviceAttribute.MaxSharedBytesPerBlockOptIn),
            new Dim3(Attribute(DeviceAttribute.MaxGridX), Attribute(DeviceAttribute.MaxGridY), Attribute(DeviceAttribute.MaxGridZ)),
            new Dim3(Attribute(DeviceAttribute.MaxBlockX), Attribute(DeviceAttribute.MaxBlockY), Attribute(DeviceAttribute.MaxBlockZ)));

        int Attribute(DeviceAttribute attribute)
        {
            int value;
            Check(cuDeviceGetAttribute(&value, attribute, device));
            return value;
        }
    }

    /// <inheritdoc/>
    public nint ContextRetain(int ordinal)
    {
        nint context;
        Check(cuDevicePrimaryCtxRetain(&context, Device(ordinal)));
        return context;
    }

    /// <inheritdoc/>
    public void ContextRelease(int ordinal) => Check(cuDevicePrimaryCtxRelease_v2(Device(ordinal)));

    /// <inheritdoc/>
    public void ContextSetCurrent(nint context) => Check(cuCtxSetCurrent(context));

    /// <inheritdoc/>
    public void ContextSynchronize() => Check(cuCtxSynchronize());

    /// <inheritdoc/>
    public nint ModuleLoad(ReadOnlySpan<byte> ptx)
    {
        // The driver wants a terminated text; PTX files have no terminator.
        byte[] text = new byte[ptx.Length + 1];
        ptx.CopyTo(text);
        byte[] log = new byte[JitLogBytes];
        nint module;
        fixed (byte* image = text, buffer = log)
        {
            JitOption* options = stackalloc[] { JitOption.ErrorLogBuffer, JitOption.ErrorLogBytes };
            nint* values = stackalloc nint[] { (nint)buffer, JitLogBytes };
            CudaResult result = cuModuleLoadDataEx(&module, image, 2, options, values);
            if (result != CudaResult.Success)
            {
                string said = Marshal.PtrToStringUTF8((nint)buffer)?.Trim().ReplaceLineEndings("; ") ?? "";
                throw Failure(result, "cuModuleLoadDataEx", said.Length == 0 ? null : said);
            }
        }

        return module;
    }

    /// <inheritdoc/>
    public void ModuleUnload(nint module) => Check(cuModuleUnload(module));

    /// <inheritdoc/>
    public nint ModuleGetFunction(nint module, string name)
    {
        nint function;
        Check(cuModuleGetFunction(&function, module, name), $"cuModuleGetFunction({name})");
        return function;
    }

    /// <inheritdoc/>
    public CudaFunctionInfo GetFunction(nint function)
    {
        return new CudaFunctionInfo(
            Attribute(FunctionAttribute.MaxThreadsPerBlock),
            Attribute(FunctionAttribute.SharedBytes),
            Attribute(FunctionAttribute.LocalBytes),
            Attribute(FunctionAttribute.Registers));

        int Attribute(FunctionAttribute attribute)
        {
            int value;
            Check(cuFuncGetAttribute(&value, attribute, function));
            return value;
        }
    }

    /// <inheritdoc/>
    public void FunctionSetDynamicSharedBytes(nint function, int bytes) =>
        Check(cuFuncSetAttribute(function, FunctionAttribute.MaxDynamicSharedBytes, bytes));

    /// <inheritdoc/>
    public void Launch(nint function, Dim3 grid, Dim3 block, int dynamicSharedBytes, nint stream, void** arguments) =>
        Check(cuLaunchKernel(
            function, (uint)grid.X, (uint)grid.Y, (uint)grid.Z, (uint)block.X, (uint)block.Y, (uint)block.Z, (uint)dynamicSharedBytes, stream, arguments, null));

    /// <summary>Nothing: contexts own what there is to free.</summary>
    public void Dispose()
    {
    }

    private static int Device(int ordinal)
    {
        int device;
        Check(cuDeviceGet(&device, ordinal));
        return device;
    }

    private static void Check(CudaResult result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != CudaResult.Success)
            throw Failure(result, call, detail: null);
    }

    private static CudaException Failure(CudaResult result, string call, string? detail)
    {
        byte* text;
        string name = cuGetErrorName(result, &text) == CudaResult.Success ? Marshal.PtrToStringUTF8((nint)text) ?? "" : $"CUresult {(int)result}";
        if (detail is null && cuGetErrorString(result, &text) == CudaResult.Success)
            detail = Marshal.PtrToStringUTF8((nint)text);
        return new CudaException(call, name, detail);
    }
}
