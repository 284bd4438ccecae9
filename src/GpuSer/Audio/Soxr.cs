using System.Runtime.InteropServices;

namespace GpuSer.Audio;

/// <summary>A resampler of libsoxr; deleted when disposed.</summary>
internal sealed class SoxrHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Soxr.Delete(handle);
        return true;
    }
}

/// <summary>How well to resample (libsoxr's <c>soxr_quality_spec_t</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SoxrQuality
{
    public double Precision;
    public double PhaseResponse;
    public double PassbandEnd;
    public double StopbandBegin;
    public nint Reserved;
    public nuint Flags;
}

/// <summary>libsoxr's functions; each signature once.</summary>
internal static partial class Soxr
{
    /// <summary>Package that brings the library, for messages.</summary>
    public const string Package = "libsoxr0";

    /// <summary>Recipe "HQ": 20 bits, linear phase.</summary>
    public const nuint HighQuality = 4;

    private const string Library = "libsoxr.so.0";

    [LibraryImport(Library, EntryPoint = "soxr_quality_spec")]
    public static partial SoxrQuality Quality(nuint recipe, nuint flags);

    [LibraryImport(Library, EntryPoint = "soxr_create")]
    public static partial SoxrHandle Create(
        double inputRate, double outputRate, uint channels, out nint error, nint inputOutput, in SoxrQuality quality, nint runtime);

    /// <summary>Takes samples, gives samples; an empty input (a null pointer) says that no more will come.</summary>
    [LibraryImport(Library, EntryPoint = "soxr_process")]
    public static partial nint Process(
        SoxrHandle resampler, ReadOnlySpan<float> input, nuint inputLength, out nuint inputDone, Span<float> output, nuint outputLength, out nuint outputDone);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    public static partial void Delete(nint resampler);

    [LibraryImport(Library, EntryPoint = "soxr_version")]
    private static partial nint VersionText();

    /// <summary>The library's name and version, such as <c>libsoxr-0.1.3</c>.</summary>
    /// <exception cref="DllNotFoundException">The library is missing.</exception>
    public static string Version() => Marshal.PtrToStringUTF8(VersionText())!;
}
