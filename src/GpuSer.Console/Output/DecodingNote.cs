using GpuSer.Audio;

namespace GpuSer.Console.Output;

/// <summary>Says on standard error where recordings are decoded without the protection that is meant to be there.</summary>
internal static class DecodingNote
{
    public static void Tell(Terminal terminal)
    {
        if (AudioFile.InProcessReason is { } reason)
        {
            terminal.Error.WriteLine($"gpuser: recordings are decoded in this process, which a damaged one may end: {reason}");
        }
    }
}
