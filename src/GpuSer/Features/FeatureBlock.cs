namespace GpuSer.Features;

/// <summary>One of the six acoustic features, a block of the image's rows.</summary>
public enum FeatureBlock
{
    /// <summary>Mel-frequency cepstral coefficients, 13 rows.</summary>
    Mfcc,

    /// <summary>Mel power spectrum, 128 rows.</summary>
    Mel,

    /// <summary>Chroma of the power spectrum, 12 rows.</summary>
    Chroma,

    /// <summary>Spectral contrast, 7 rows.</summary>
    Contrast,

    /// <summary>Tonal centroids of the constant-Q chroma, 6 rows.</summary>
    Tonnetz,

    /// <summary>Mean mel power of the harmonic and the percussive signal, 64 rows.</summary>
    HarmonicPercussive,
}
