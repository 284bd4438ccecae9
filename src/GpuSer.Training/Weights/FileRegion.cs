using GpuSer.IO;
using Microsoft.Win32.SafeHandles;

namespace GpuSer.Training.Weights;

/// <summary>A stretch of an open file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Handle">The open file; somebody else's to close.</param>
/// <param name="Start">Where the stretch begins.</param>
/// <param name="Length">Bytes.</param>
internal sealed record FileRegion(string Path, SafeFileHandle Handle, long Start, long Length)
{
    /// <summary>The whole file.</summary>
    public static FileRegion Whole(string path, SafeFileHandle handle) => new(path, handle, 0, InvalidFileException.Guard(path, () => RandomAccess.GetLength(handle)));

    /// <summary>A stretch of this one; the caller has checked that it lies inside.</summary>
    public FileRegion Slice(long start, long length) => new(Path, Handle, checked(Start + start), length);

    /// <summary>Reads from a place in the stretch.</summary>
    /// <exception cref="InvalidFileException">The stretch or the file ends before, or the disk fails.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        if (offset < 0 || destination.Length > Length - offset)
        {
            throw new InvalidFileException(Path, "ends before its data do; it is damaged or cut short, so take another copy");
        }

        long place = Start + offset;
        while (destination.Length > 0)
        {
            int read;
            try
            {
                read = RandomAccess.Read(Handle, destination, place);
            }
            catch (IOException error)
            {
                throw new InvalidFileException(Path, $"cannot be read: {error.Message}", error);
            }

            if (read == 0)
            {
                throw new InvalidFileException(Path, "ends before its data do; it is damaged or cut short, so take another copy");
            }

            destination = destination[read..];
            place += read;
        }
    }
}
