using System.Runtime.InteropServices;

namespace GpuSer.Audio;

/// <summary>An open recording of libsndfile; closed when disposed.</summary>
internal sealed class SndFileHandle() : SafeHandle(0, ownsHandle: true)
{
    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => SndFile.Close(handle) == 0;
}

/// <summary>What libsndfile knows of a recording (its <c>SF_INFO</c>).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SndFileInfo
{
    public long Frames;
    public int SampleRate;
    public int Channels;
    public int Format;
    public int Sections;
    public int Seekable;
}

/// <summary>libsndfile's functions; each signature once.</summary>
internal static partial class SndFile
{
    /// <summary>Package that brings the library, for messages.</summary>
    public const string Package = "libsndfile1";

    /// <summary>Mode of <see cref="Open"/>.</summary>
    public const int Read = 0x10;

    private const string Library = "libsndfile.so.1";

    [LibraryImport(Library, EntryPoint = "sf_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial SndFileHandle Open(string path, int mode, ref SndFileInfo info);

    [LibraryImport(Library, EntryPoint = "sf_close")]
    public static partial int Close(nint file);

    [LibraryImport(Library, EntryPoint = "sf_readf_float")]
    public static partial long ReadFrames(SndFileHandle file, Span<float> interleaved, long frames);

    [LibraryImport(Library, EntryPoint = "sf_error")]
    public static partial int Error(SndFileHandle file);

    [LibraryImport(Library, EntryPoint = "sf_strerror")]
    private static partial nint ErrorText(nint file);

    [LibraryImport(Library, EntryPoint = "sf_version_string")]
    private static partial nint VersionText();

    /// <summary>The library's name and version, such as <c>libsndfile-1.2.0</c>.</summary>
    /// <exception cref="DllNotFoundException">The library is missing.</exception>
    public static string Version() => Marshal.PtrToStringUTF8(VersionText())!;

    /// <summary>The message of the last failed <see cref="Open"/>, or of an open recording.</summary>
    public static string Message(SndFileHandle? file) =>
        Marshal.PtrToStringUTF8(ErrorText(file is { IsInvalid: false } ? file.DangerousGetHandle() : 0))?.TrimEnd('.', ' ', '\n') ?? "unknown error";
}
