using System.Reflection;
using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>The shim's functions (native/*.cpp), each once. Negative results are failures; see <see cref="Check"/>.</summary>
internal static unsafe partial class Native
{
    private const string Library = "gpuser_torch";
    private const string FileName = "lib" + Library + ".so";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    /// <summary>Turns a failure into an exception with torch's message, as the TorchSharp package does.</summary>
    /// <exception cref="ExternalException">The call failed.</exception>
    internal static int Check(int result) =>
        result >= 0 ? result : throw new ExternalException(Marshal.PtrToStringUTF8(LastError()));

    [LibraryImport(Library, EntryPoint = "gpuser_torch_last_error")]
    private static partial nint LastError();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_version")]
    internal static partial nint Version();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_operator", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Operator(string name, string overload, out nint result);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_call")]
    internal static partial int Call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_free_list")]
    internal static partial void FreeList(nint* handles);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_dispose")]
    internal static partial void Dispose(nint tensor);

    /// <summary>Handles that the shim gave out and that are not disposed of; each belongs to one Tensor object.</summary>
    [LibraryImport(Library, EntryPoint = "gpuser_torch_live_handles")]
    internal static partial long LiveHandles();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_share")]
    internal static partial nint Share(nint tensor);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_info")]
    internal static partial int Info(nint tensor, out TensorInfo info);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_shape")]
    internal static partial int Shape(nint tensor, long* sizes, long* strides);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_is_contiguous")]
    internal static partial int IsContiguous(nint tensor);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_storage")]
    internal static partial int Storage(nint tensor, out nint pointer, out ulong bytes);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_from_blob")]
    internal static partial int FromBlob(nint data, long* sizes, int dimensions, int scalarType, delegate* unmanaged<nint, void> deleter, nint context, out nint result);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_backward")]
    internal static partial int Backward(nint* tensors, int count, nint* gradients, int gradientCount, int retainGraph, int createGraph, nint* inputs, int inputCount);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_gradients")]
    internal static partial int Gradients(nint* outputs, int outputCount, nint* inputs, int inputCount, nint* gradients, int gradientCount, int retainGraph, int createGraph, int allowUnused, nint* results);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_get_grad")]
    internal static partial int GetGrad(nint tensor, out nint gradient);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_set_grad")]
    internal static partial int SetGrad(nint tensor, nint gradient);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_set_requires_grad")]
    internal static partial int SetRequiresGrad(nint tensor, int requiresGrad);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_grad_enabled")]
    internal static partial int GradEnabled();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_set_grad_enabled")]
    internal static partial void SetGradEnabled(int enabled);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_inference_mode_enabled")]
    internal static partial int InferenceModeEnabled();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_enter_inference_mode")]
    internal static partial int EnterInferenceMode(int enabled, out nint guard);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_leave_inference_mode")]
    internal static partial void LeaveInferenceMode(nint guard);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_manual_seed")]
    internal static partial int ManualSeed(ulong seed);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_default_generator")]
    internal static partial nint DefaultGenerator();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_new_generator")]
    internal static partial int NewGenerator(ulong seed, int deviceType, int deviceIndex, out nint generator);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_free_generator")]
    internal static partial void FreeGenerator(nint generator);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_generator_set_seed")]
    internal static partial int GeneratorSetSeed(nint generator, ulong seed);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_generator_new_seed")]
    internal static partial int GeneratorNewSeed(nint generator, out ulong seed);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_generator_seed")]
    internal static partial int GeneratorSeed(nint generator, out ulong seed);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_generator_get_state")]
    internal static partial int GeneratorGetState(nint generator, out nint state);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_generator_set_state")]
    internal static partial int GeneratorSetState(nint generator, nint state);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_get_num_threads")]
    internal static partial int GetNumThreads();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_set_num_threads")]
    internal static partial int SetNumThreads(int count);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_get_num_interop_threads")]
    internal static partial int GetNumInteropThreads();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_set_num_interop_threads")]
    internal static partial int SetNumInteropThreads(int count);

    [LibraryImport(Library, EntryPoint = "gpuser_torch_cuda_device_count")]
    internal static partial int CudaDeviceCount();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_has_cudnn")]
    internal static partial int HasCudnn();

    [LibraryImport(Library, EntryPoint = "gpuser_torch_cuda_synchronize")]
    internal static partial int CudaSynchronize(int deviceIndex);

    // The loader's own message says neither where the shim comes from nor, when libtorch itself is missing, what to install.
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? Load(Folders()) : 0;

    /// <summary>Loads the shim from the first of some folders that has it.</summary>
    /// <exception cref="DllNotFoundException">None has it, or libtorch is not on the machine; the message says what to do.</exception>
    internal static nint Load(IReadOnlyList<string> folders)
    {
        string? file = folders.Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        if (file is null)
        {
            throw new DllNotFoundException(
                $"{FileName} is not in {string.Join(", ", folders)}: in the repository run ./gpuser once (it builds the shim over libtorch) and build again; "
                + "elsewhere reference the package GpuSer.LibTorch in the project that runs");
        }

        LetThreadsSleep();
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (DllNotFoundException reason)
        {
            string why = reason.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
            throw new DllNotFoundException(
                $"libtorch does not load through {file} ({why}): install the distribution's (Debian: apt-get install libtorch-dev libopenblas0-pthread), "
                + "or in the repository build over another one (LIBTORCH=DIR ./gpuser build, or pack)", reason);
        }
    }

    // torch's threads share the cores with .NET's, and between two operators libgomp's would spin: a small step takes twice as long. It reads its
    // environment when it is loaded, with libtorch; whoever has set the variable keeps it.
    private static void LetThreadsSleep() => _ = SetEnvironmentVariable("OMP_WAIT_POLICY", "passive", overwrite: 0);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironmentVariable(string name, string value, int overwrite);

    // Where builds and tools have a package's native libraries; where a publish for one platform has them; and where the host found the package's.
    private static string[] Folders()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string searched = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        return
        [
            Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native"),
            AppContext.BaseDirectory,
            .. searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        ];
    }
}

/// <summary>What the shim says about a tensor in one call (TensorInfo in tensors.cpp).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct TensorInfo
{
    internal readonly long Dimensions;
    internal readonly long Elements;
    internal readonly long StorageOffset;
    internal readonly int ScalarType;
    internal readonly int ElementSize;
    internal readonly int DeviceType;
    internal readonly int DeviceIndex;
    internal readonly int RequiresGrad;
    internal readonly int IsLeaf;
    internal readonly int IsSparse;
    internal readonly int Layout;
}

/// <summary>An argument or result as the shim sees it (Value in shim.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    internal Tag Tag;
    internal int Count;
    internal long Bits;
}
