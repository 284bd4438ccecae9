using System.Runtime.InteropServices;
using GpuSer.IO;
using GpuSer.Training.Weights.Torch;
using Microsoft.Win32.SafeHandles;

namespace GpuSer.Training.Weights;

/// <summary>Formats of weights files.</summary>
internal enum WeightsFormat
{
    /// <summary>safetensors.</summary>
    Safetensors,

    /// <summary>PyTorch's format since 1.6, a ZIP archive.</summary>
    PyTorchZip,

    /// <summary>PyTorch's format from 0.1.10 to 1.5, which torchvision's older weights have.</summary>
    PyTorchLegacy,
}

/// <summary>A tensor in a weights file.</summary>
/// <param name="Name">Its name, as in a state dict.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
internal abstract record WeightsEntry(string Name, SafetensorsType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Number of elements.</summary>
    public long Count => TensorLayout.Count(Shape);
}

/// <summary>An open file of named tensors, found to be whole. Elements are read from the disk when they are asked for.</summary>
internal abstract class WeightsFile : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly SafeFileHandle _handle;

    private protected WeightsFile(
        FileRegion file, WeightsFormat format, IReadOnlyList<WeightsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        (Path, Length, Format, Entries, Metadata, _handle) = (file.Path, file.Length, format, entries, metadata, file.Handle);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its bytes.</summary>
    public long Length { get; }

    /// <summary>Its format.</summary>
    public WeightsFormat Format { get; }

    /// <summary>The tensors, in the file's order.</summary>
    public IReadOnlyList<WeightsEntry> Entries { get; }

    /// <summary>Text kept beside the tensors; PyTorch's formats have none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file of any of the formats, known by its first bytes.</summary>
    /// <exception cref="InvalidFileException">The file is missing, is something else, holds what is no tensor, or is damaged.</exception>
    public static WeightsFile Open(string path) => Opened<WeightsFile>(path, file =>
    {
        Span<byte> head = stackalloc byte[9];
        head = head[..(int)Math.Min(head.Length, file.Length)];
        file.Read(0, head);
        // safetensors before pickles: the length that it begins with may have any first byte.
        return TorchFile.IsZip(head) ? TorchFile.Read(file)
            : head.Length == 9 && head[8] == (byte)'{' ? SafetensorsFile.Read(file)
            : TorchFile.IsPickle(head) ? TorchFile.Read(file)
            : throw new InvalidFileException(path, "is neither a safetensors file nor one of PyTorch's state dicts; it is damaged, or something else");
    });

    /// <summary>Reads a tensor's elements, in C order; other floating-point types become float32.</summary>
    /// <param name="entry">One of <see cref="Entries"/>, of a floating-point type.</param>
    /// <param name="destination">Where they go. [length = product of the shape]</param>
    /// <exception cref="ArgumentException">The tensor is of integers or of another length.</exception>
    /// <exception cref="InvalidFileException">The file is damaged or cannot be read.</exception>
    public void Read(WeightsEntry entry, Span<float> destination)
    {
        Require(entry, entry.Type != SafetensorsType.I64, destination.Length);
        if (entry.Type == SafetensorsType.F32)
        {
            ReadElements(entry, 0, MemoryMarshal.AsBytes(destination));
            return;
        }

        int width = entry.Type.Width();
        byte[] chunk = new byte[(int)Math.Min(ChunkBytes, (long)destination.Length * width)];
        for (int done = 0; done < destination.Length;)
        {
            int count = Math.Min(chunk.Length / width, destination.Length - done);
            ReadElements(entry, done, chunk.AsSpan(0, count * width));
            Convert(entry.Type, chunk, destination.Slice(done, count));
            done += count;
        }
    }

    /// <summary>Reads a tensor's elements, in C order.</summary>
    /// <param name="entry">One of <see cref="Entries"/>, of type I64.</param>
    /// <param name="destination">Where they go. [length = product of the shape]</param>
    /// <exception cref="ArgumentException">The tensor is of another type or length.</exception>
    /// <exception cref="InvalidFileException">The file is damaged or cannot be read.</exception>
    public void Read(WeightsEntry entry, Span<long> destination)
    {
        Require(entry, entry.Type == SafetensorsType.I64, destination.Length);
        ReadElements(entry, 0, MemoryMarshal.AsBytes(destination));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads some of a tensor's elements as the file has them.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="first">The first element to read, counted in C order.</param>
    /// <param name="destination">Where they go; a whole number of elements.</param>
    internal abstract void ReadElements(WeightsEntry entry, long first, Span<byte> destination);

    private protected static T Opened<T>(string path, Func<FileRegion, T> read)
        where T : WeightsFile
    {
        SafeFileHandle handle = InvalidFileException.Guard(path, () => File.OpenHandle(path));
        try
        {
            return read(FileRegion.Whole(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void Convert(SafetensorsType type, ReadOnlySpan<byte> from, Span<float> to)
    {
        switch (type)
        {
            case SafetensorsType.F16:
                ReadOnlySpan<Half> half = MemoryMarshal.Cast<byte, Half>(from);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = (float)half[i];
                }

                break;
            case SafetensorsType.BF16:
                ReadOnlySpan<ushort> upper = MemoryMarshal.Cast<byte, ushort>(from);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = BitConverter.UInt32BitsToSingle((uint)upper[i] << 16);
                }

                break;
            case SafetensorsType.F64:
                ReadOnlySpan<double> wide = MemoryMarshal.Cast<byte, double>(from);
                for (int i = 0; i < to.Length; i++)
                {
                    to[i] = (float)wide[i];
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    private static void Require(WeightsEntry entry, bool type, int length)
    {
        if (!type || entry.Count != length)
        {
            throw new ArgumentException($"{entry.Name} holds {entry.Count} elements of type {entry.Type}, not {length} of the kind asked for", nameof(entry));
        }
    }
}
