namespace GpuSer;

/// <summary>How a device makes the short-time Fourier transform of a signal.</summary>
public enum StftMethod
{
    /// <summary>One kernel frames, windows and transforms.</summary>
    Fused,

    /// <summary>A kernel frames and windows; cuFFT transforms. Needs the CUDA toolkit's libcufft.</summary>
    CuFft,
}
