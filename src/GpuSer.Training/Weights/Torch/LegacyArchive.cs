using System.Buffers.Binary;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>
/// PyTorch's format from 0.1.10 to 1.5, which torchvision's older weights have: five pickles (a magic number, the protocol's version, the writer's machine,
/// the state dict, the storages' keys), then each storage as eight bytes of its count and its elements (torch/serialization.py, _legacy_save).
/// </summary>
internal static class LegacyArchive
{
    private const int Protocol = 1001;
    private static readonly Int128 Magic = new(0x1950, 0xa86a20f9469cfc6c);

    /// <summary>The state dict's pickle, its storages found in the file.</summary>
    /// <exception cref="InvalidFileException">The file is something else, or is damaged.</exception>
    public static object? Read(FileRegion file)
    {
        TorchObjects objects = new(file.Path);
        PickleInput input = new(file);
        PickleReader reader = new(input, objects);
        if (reader.Read() is not Int128 magic || magic != Magic)
        {
            throw new InvalidFileException(file.Path, "is a pickle, but not of PyTorch's: it does not begin with PyTorch's magic number");
        }

        if (reader.Read() is not (long and Protocol))
        {
            throw new InvalidFileException(file.Path, $"is in another version of PyTorch's legacy format than {Protocol}; load and save it with a current PyTorch");
        }

        if (reader.Read() is not PickleDict machine || machine.Find("little_endian") is not true)
        {
            throw new InvalidFileException(file.Path, "was written by a big-endian machine, or does not say; load and save it on a little-endian one");
        }

        object? root = reader.Read();
        if (reader.Read() is not PickleList keys)
        {
            throw new InvalidFileException(file.Path, "does not list its storages; it is damaged, so take another copy");
        }

        Locate(file, input.Position, keys, objects.Storages);
        return root;
    }

    private static void Locate(FileRegion file, long position, PickleList keys, IReadOnlyDictionary<string, TorchStorage> storages)
    {
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (object? key in keys.Items)
        {
            if (key is not string name || !storages.TryGetValue(name, out TorchStorage? storage) || storage.Region is not null)
            {
                throw new InvalidFileException(file.Path, "lists storages twice, or such as no tensor uses; it is damaged, so take another copy");
            }

            file.Read(position, count);
            position += count.Length;
            long elements = BinaryPrimitives.ReadInt64LittleEndian(count), bytes = storage.Count * storage.Type.Width();
            if (elements != storage.Count || bytes > file.Length - position)
            {
                throw new InvalidFileException(
                    file.Path,
                    $"promises {storage.Count:N0} elements of storage '{name}', but holds {Math.Min(elements, (file.Length - position) / storage.Type.Width()):N0}; it is damaged or cut short, so take another copy");
            }

            storage.Region = file.Slice(position, bytes);
            position += bytes;
        }

        if (position != file.Length)
        {
            throw new InvalidFileException(file.Path, $"holds {file.Length - position:N0} bytes behind its last storage; it is damaged, so take another copy");
        }
    }
}
