using GpuSer.IO;

namespace GpuSer.Audio;

/// <summary>A recording cannot be used: damaged, cut short, silent, or of a kind that cannot be decoded. The message begins with its path.</summary>
public sealed class AudioException : InvalidFileException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The recording.</param>
    /// <param name="problem">What is wrong and the way out, to be read after the file's name.</param>
    /// <param name="innerException">The cause, if another exception told it.</param>
    public AudioException(string path, string problem, Exception? innerException = null)
        : base(path, problem, innerException)
    {
    }

    internal static AudioException NotAudio(string path, string reason) =>
        new(path, $"is not audio that can be decoded ({reason}); convert it to WAV or FLAC");

    internal static AudioException Damaged(string path, string reason) => new(path, $"is damaged ({reason}); copy or export it again");

    internal static AudioException CutShort(string path, int count, int total) =>
        new(path, $"is cut short: {total - count:N0} of {total:N0} samples are missing; copy it again");
}
