using GpuSer.Cuda;

namespace GpuSer.Features;

/// <summary>The embedded PTX files of the features, each loaded when first asked for and once.</summary>
internal sealed class FeatureKernels(CudaContext context) : IDisposable
{
    private readonly Dictionary<string, CudaModule> _modules = [];

    public CudaContext Context { get; } = context;

    /// <summary>An entry point of one of the files.</summary>
    /// <param name="file">The kernel file's name without extension.</param>
    /// <param name="entry">The entry point.</param>
    public CudaKernel Get(string file, string entry)
    {
        if (!_modules.TryGetValue(file, out CudaModule? module))
        {
            module = CudaModule.FromResource(Context, file);
            _modules.Add(file, module);
        }

        return module.GetKernel(entry);
    }

    public void Dispose()
    {
        foreach (CudaModule module in _modules.Values)
            module.Dispose();
        _modules.Clear();
    }
}
