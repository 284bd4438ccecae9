using System.Text;
using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>
/// PyTorch's format since 1.6: a ZIP archive, nothing in it compressed, with <c>NAME/data.pkl</c> and each storage as <c>NAME/data/KEY</c>
/// (torch/serialization.py, _save).
/// </summary>
internal static class ZippedArchive
{
    private const string Pickle = "/data.pkl";

    /// <summary>The state dict's pickle, its storages found in the file.</summary>
    /// <exception cref="InvalidFileException">The file is something else, or is damaged.</exception>
    public static object? Read(FileRegion file)
    {
        IReadOnlyDictionary<string, ZipRecord> records = ZipDirectory.Read(file);
        string[] pickles = [.. records.Keys.Where(name => name.EndsWith(Pickle, StringComparison.Ordinal) && name.IndexOf('/', StringComparison.Ordinal) == name.Length - Pickle.Length)];
        if (pickles.Length != 1)
        {
            throw new InvalidFileException(file.Path, $"is a ZIP archive with {pickles.Length} files of the name data.pkl, where PyTorch's weights have one");
        }

        string root = pickles[0][..^"data.pkl".Length];
        if (records.ContainsKey(root + "constants.pkl"))
        {
            throw new InvalidFileException(file.Path, "is a TorchScript program; save its tensors alone with torch.save(model.state_dict(), FILE)");
        }

        if (records.TryGetValue(root + "byteorder", out ZipRecord? order) && Small(order) != "little")
        {
            throw new InvalidFileException(file.Path, "was written by a big-endian machine; load and save it on a little-endian one");
        }

        TorchObjects objects = new(file.Path);
        ZipRecord pickle = records[pickles[0]];
        Checksum.Require(pickle.Region, pickle.Crc, "pickle");
        object? state = new PickleReader(new PickleInput(pickle.Region), objects).Read();
        foreach (TorchStorage storage in objects.Storages.Values)
        {
            long bytes = storage.Count * storage.Type.Width();
            if (!records.TryGetValue($"{root}data/{storage.Key}", out ZipRecord? record) || record.Region.Length != bytes)
            {
                throw new InvalidFileException(
                    file.Path, $"promises {bytes:N0} bytes of storage '{storage.Key}', but holds {record?.Region.Length ?? 0:N0}; it is damaged, so take another copy");
            }

            (storage.Region, storage.Crc) = (record.Region, record.Crc);
        }

        return state;
    }

    private static string Small(ZipRecord record)
    {
        byte[] bytes = new byte[Math.Min(record.Region.Length, 16)];
        record.Region.Read(0, bytes);
        return Encoding.ASCII.GetString(bytes).Trim();
    }
}
