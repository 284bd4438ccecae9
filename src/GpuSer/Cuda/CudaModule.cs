using System.Reflection;
using GpuSer.Cuda.Ptx;

namespace GpuSer.Cuda;

/// <summary>Loaded PTX: the source of kernels.</summary>
internal sealed class CudaModule : IDisposable
{
    private readonly CudaContext _context;
    private readonly CudaHandle _handle;
    private readonly IReadOnlyDictionary<string, PtxSignature> _signatures;

    /// <summary>Loads PTX text.</summary>
    /// <exception cref="PtxFormatException">The text is not PTX.</exception>
    /// <exception cref="CudaException">The driver refuses it; the message has the JIT compiler's log.</exception>
    public CudaModule(CudaContext context, byte[] ptx)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(ptx);
        _context = context;
        _signatures = PtxSignature.ReadAll(ptx);
        nint module = context.Call(static (driver, text) => driver.ModuleLoad(text), ptx);
        _handle = new CudaHandle(context, module, static (driver, handle) => driver.ModuleUnload(handle));
    }

    /// <summary>Loads one of the PTX files that are embedded in this assembly.</summary>
    /// <param name="context">The context.</param>
    /// <param name="name">The kernel file's name without extension, such as <c>stft</c>.</param>
    public static CudaModule FromResource(CudaContext context, string name) => new(context, ReadResource(name));

    /// <summary>Reads one of the embedded PTX files.</summary>
    /// <param name="name">The kernel file's name without extension, such as <c>stft</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static byte[] ReadResource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"ptx/{name}.ptx")
            ?? throw new ArgumentException($"no embedded PTX is called '{name}'", nameof(name));
        byte[] ptx = new byte[stream.Length];
        stream.ReadExactly(ptx);
        return ptx;
    }

    /// <summary>Finds an entry point.</summary>
    /// <exception cref="CudaException">The PTX has no entry point of that name.</exception>
    public CudaKernel GetKernel(string name)
    {
        if (!_signatures.TryGetValue(name, out PtxSignature? signature))
            throw new CudaException($"cuModuleGetFunction({name})", "CUDA_ERROR_NOT_FOUND", $"the module has {string.Join(", ", _signatures.Keys)}");
        (nint function, CudaFunctionInfo info) = _context.Call(
            static (driver, s) =>
            {
                nint found = driver.ModuleGetFunction(s.Value, s.name);
                return (found, driver.GetFunction(found));
            },
            (_handle.Value, name));
        return new CudaKernel(_context, function, signature, info);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
