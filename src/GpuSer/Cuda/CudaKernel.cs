using GpuSer.Cuda.Ptx;

namespace GpuSer.Cuda;

/// <summary>An entry point of a loaded module; it lives as long as the module.</summary>
internal sealed class CudaKernel
{
    internal CudaKernel(CudaContext context, nint function, PtxSignature signature, CudaFunctionInfo info)
    {
        Context = context;
        Function = function;
        Signature = signature;
        Info = info;
    }

    /// <summary>Name of the entry point.</summary>
    public string Name => Signature.Name;

    /// <summary>What the PTX declares.</summary>
    public PtxSignature Signature { get; }

    /// <summary>What the driver reports.</summary>
    public CudaFunctionInfo Info { get; }

    internal CudaContext Context { get; }

    internal nint Function { get; }
}
