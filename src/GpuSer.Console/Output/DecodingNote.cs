using GpuSer.Audio;

namespace GpuSer.Console.Output;

/// <summary>
/// Says on standard error where recordings were decoded without the protection that is meant to be there. To be asked after they were: whether the decoder
/// starts is not known before.
/// </summary>
internal static class DecodingNote
{
    public static void Tell(Terminal terminal)
    {
        if (AudioFile.InProcessReason is { } reason)
        {
            terminal.Error.WriteLine($"gpuser: recordings were decoded in this process, which a damaged one may end: {reason}");
        }
    }
}
