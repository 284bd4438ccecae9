using GpuSer.IO;

namespace GpuSer.Training.Weights;

/// <summary>Writes any weights file as safetensors, under the same names and bit for bit.</summary>
internal static class WeightsConversion
{
    private const int ChunkBytes = 1 << 22;

    /// <summary>Creates or replaces a safetensors file with a file's tensors and metadata, which are read as they are written.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, or the new one cannot be written; an old one stays as it was.</exception>
    public static void ToSafetensors(WeightsFile file, string path)
    {
        // "pt" is what other readers of the format look for; the checksum is made anew.
        Dictionary<string, string> metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };
        foreach ((string key, string value) in file.Metadata)
        {
            if (key is not (SafetensorsWriter.ChecksumKey or SafetensorsWriter.FormatKey))
            {
                metadata[key] = value;
            }
        }

        byte[] chunk = new byte[ChunkBytes];
        // The widest elements first, as the format's own writer does: so all of them are aligned.
        SafetensorsWriter.Write(
            path,
            [.. file.Entries.OrderByDescending(entry => entry.Type.Width()).Select(entry => new SafetensorsTensor(entry.Name, entry.Type, entry.Shape, Elements(file, entry, chunk)))],
            metadata);
    }

    private static TensorBytes Elements(WeightsFile file, WeightsEntry entry, byte[] chunk) => take =>
    {
        int width = entry.Type.Width(), step = chunk.Length / width;
        for (long done = 0; done < entry.Count; done += step)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(step, entry.Count - done) * width);
            file.ReadElements(entry, done, part);
            take(part);
        }
    };
}
