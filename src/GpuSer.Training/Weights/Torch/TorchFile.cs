using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>
/// An open state dict of PyTorch's, in its ZIP or its legacy format. Tensors are read where they lie in the file, with their offsets and
/// strides; those that share a storage share it here, too.
/// </summary>
internal sealed class TorchFile : WeightsFile
{
    // Tensors that share storages may come to more bytes than the file has, but a sensible state dict to few times as many.
    private const int MostSharing = 8;

    // Elements that do not lie side by side are gathered in memory.
    private const long MostStrewnBytes = 1 << 30;

    private (TorchTensor? Tensor, byte[] Memory) _strewn = (null, []);

    private TorchFile(FileRegion file, WeightsFormat format, IReadOnlyList<TorchEntry> entries)
        : base(file, format, entries, new Dictionary<string, string>())
    {
    }

    private sealed record TorchEntry(string Name, TorchTensor Tensor) : WeightsEntry(Name, Tensor.Storage!.Type, Tensor.Shape);

    /// <summary>Whether a file begins as a ZIP archive.</summary>
    public static bool IsZip(ReadOnlySpan<byte> head) => head.StartsWith("PK\x03\x04"u8);

    /// <summary>Whether a file begins as a pickle.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> head) => head is [(byte)PickleOpcode.Proto, ..];

    /// <summary>Reads what is in a file; not yet the tensors' elements.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, or holds what is no tensor.</exception>
    public static TorchFile Read(FileRegion file)
    {
        Span<byte> head = stackalloc byte[4];
        file.Read(0, head[..(int)Math.Min(4, file.Length)]);
        bool zip = IsZip(head);
        object? root = zip ? ZippedArchive.Read(file) : LegacyArchive.Read(file);
        List<TorchEntry> entries = Tensors(file.Path, root);
        if (entries.Sum(entry => (decimal)entry.Count * entry.Type.Width()) > (decimal)MostSharing * file.Length)
        {
            throw new InvalidFileException(file.Path, $"its tensors, which share their elements, come to more than {MostSharing} times the file; save them apart");
        }

        return new TorchFile(file, zip ? WeightsFormat.PyTorchZip : WeightsFormat.PyTorchLegacy, entries);
    }

    /// <inheritdoc/>
    internal override void ReadElements(WeightsEntry entry, long first, Span<byte> destination)
    {
        TorchTensor tensor = ((TorchEntry)entry).Tensor;
        TorchStorage storage = tensor.Storage!;
        if (storage.Crc is uint crc)
        {
            Checksum.Require(storage.Region!, crc, $"storage '{storage.Key}'");
            storage.Crc = null;
        }

        int width = storage.Type.Width();
        if (TensorLayout.IsContiguous(tensor.Shape, tensor.Strides))
        {
            storage.Region!.Read((tensor.Offset + first) * width, destination);
        }
        else
        {
            TensorLayout.Gather(Strewn(entry.Name, tensor, width), tensor.Shape, tensor.Strides, width, first, destination);
        }
    }

    private byte[] Strewn(string name, TorchTensor tensor, int width)
    {
        if (_strewn.Tensor != tensor)
        {
            long bytes = TensorLayout.Span(tensor.Shape, tensor.Strides) * width;
            if (bytes > MostStrewnBytes)
            {
                throw new InvalidFileException(Path, $"the elements of '{name}' are strewn over {bytes:N0} bytes; save it with contiguous()");
            }

            byte[] memory = new byte[bytes];
            tensor.Storage!.Region!.Read(tensor.Offset * width, memory);
            _strewn = (tensor, memory);
        }

        return _strewn.Memory;
    }

    private static List<TorchEntry> Tensors(string path, object? root)
    {
        if (root is not PickleDict dict)
        {
            throw new InvalidFileException(path, $"holds {Kind(root)}, not a state dict of named tensors; save it with torch.save(model.state_dict(), FILE)");
        }

        List<TorchEntry> entries = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach ((object? key, object? value) in dict.Items)
        {
            if (key is not string name || value is not TorchTensor { Storage: not null } tensor)
            {
                throw new InvalidFileException(
                    path, $"holds {Kind(value)} under '{(key is string text ? ShortText.Of(text) : Kind(key))}', not a tensor; save the tensors alone with torch.save(model.state_dict(), FILE)");
            }

            if (!names.Add(name))
            {
                throw new InvalidFileException(path, $"names '{ShortText.Of(name)}' twice; it is damaged, so take another copy");
            }

            if (tensor.Storage.Region is null)
            {
                throw new InvalidFileException(path, $"does not hold storage '{ShortText.Of(tensor.Storage.Key)}', in which '{ShortText.Of(name)}' lies; it is damaged, so take another copy");
            }

            entries.Add(new TorchEntry(name, tensor));
        }

        return entries;
    }

    private static string Kind(object? value) => value switch
    {
        null => "None",
        string => "a text",
        bool => "a truth value",
        long or double or Int128 => "a number",
        PickleDict => "a dict",
        PickleList => "a list",
        PickleTuple => "a tuple",
        TorchTensor => "a tensor",
        _ => "a storage or class",
    };
}
