using System.Runtime.InteropServices;

namespace GpuSer.Training.Machine;

/// <summary>The system's C library.</summary>
internal static partial class CLibrary
{
    /// <summary>Name and version, such as <c>glibc 2.36</c>.</summary>
    public static string Version
    {
        get
        {
            try
            {
                return $"glibc {Marshal.PtrToStringUTF8(GlibcVersion())}";
            }
            catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
            {
                return "a C library other than glibc";
            }
        }
    }

    /// <summary>An environment variable as native libraries see it, whoever set it and when: what .NET shows is a copy from when the process began.</summary>
    public static string? Variable(string name)
    {
        try
        {
            return Marshal.PtrToStringUTF8(GetVariable(name));
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return Environment.GetEnvironmentVariable(name);
        }
    }

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint GetVariable(string name);

    [LibraryImport("libc.so.6", EntryPoint = "gnu_get_libc_version")]
    private static partial nint GlibcVersion();
}
