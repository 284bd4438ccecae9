namespace GpuSer;

/// <summary>How a device applies the filter banks of mel spectrum, chroma and constant-Q transform.</summary>
public enum FilterBankMethod
{
    /// <summary>Kernels that skip the zeros of the mel and constant-Q filters, and take powers from where they were made.</summary>
    Sparse,

    /// <summary>Dense matrix products by cuBLAS, in full float32. Needs the CUDA toolkit's libcublas.</summary>
    CuBlas,
}
