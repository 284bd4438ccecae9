using GpuSer.Cuda;

namespace GpuSer.Features;

/// <summary>The embedded PTX files of the features, and the tables and handles that all plans share: each made when first asked for and once.</summary>
internal sealed class FeatureKernels(CudaContext context) : IDisposable
{
    private readonly Dictionary<string, CudaModule> _modules = [];
    private readonly Dictionary<Type, IDisposable> _tables = [];

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

    /// <summary>Tables in device memory, or a library's handle, made where there is none of the type yet.</summary>
    public T Tables<T>(Func<CudaContext, T> make)
        where T : class, IDisposable
    {
        if (_tables.TryGetValue(typeof(T), out IDisposable? found))
            return (T)found;
        T tables = make(Context);
        _tables.Add(typeof(T), tables);
        return tables;
    }

    public void Dispose()
    {
        foreach (IDisposable tables in _tables.Values)
            tables.Dispose();
        _tables.Clear();
        foreach (CudaModule module in _modules.Values)
            module.Dispose();
        _modules.Clear();
    }
}
