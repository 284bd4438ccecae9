using System.Security.Cryptography;
using GpuSer.IO;

namespace GpuSer.Training.Downloads;

/// <summary>Checksums of files.</summary>
internal static class FileHash
{
    /// <summary>SHA-256 of a file, in lower-case hexadecimal.</summary>
    /// <exception cref="InvalidFileException">The file cannot be read.</exception>
    public static async Task<string> Sha256Async(string path, CancellationToken cancellation = default)
    {
        FileStream stream = InvalidFileException.Guard(path, () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20));
        await using (stream.ConfigureAwait(false))
        {
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false));
        }
    }
}
