using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GpuSer.IO;

namespace GpuSer.Training.Weights;

/// <summary>
/// Writes safetensors files (https://huggingface.co/docs/safetensors): eight bytes of header length, a JSON header, the tensors' bytes.
/// </summary>
/// <remarks>
/// The metadata get a checksum, <c>gpuser.sha256</c>: SHA-256 over the header, with zeros in the checksum's place, and the data. So one flipped
/// bit anywhere is found when the file is read; other readers of the format ignore it.
/// </remarks>
internal static class SafetensorsWriter
{
    /// <summary>Name of the checksum in the metadata.</summary>
    internal const string ChecksumKey = "gpuser.sha256";

    /// <summary>Name of this format's version in the metadata.</summary>
    internal const string FormatKey = "gpuser.format";

    internal static readonly string NoChecksum = new('0', 64);

    // The name and its zeros: neither can be in a text of the metadata, whose quotation marks are escaped.
    private static readonly byte[] ChecksumPlace = Encoding.ASCII.GetBytes($"\"{ChecksumKey}\":\"{NoChecksum}\"");

    /// <summary>Creates or replaces a file, on the disk before this returns; on any failure the old file stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">What to write, in the order given.</param>
    /// <param name="metadata">Text for the header's <c>__metadata__</c>.</param>
    /// <exception cref="InvalidFileException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] header = Header(tensors, metadata);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        AtomicFile.Write(path, stream =>
        {
            hash.AppendData(header);
            stream.Write(length);
            stream.Write(header);
            foreach (SafetensorsTensor tensor in tensors)
            {
                long end = stream.Position + tensor.Bytes;
                tensor.Data(bytes =>
                {
                    hash.AppendData(bytes);
                    stream.Write(bytes);
                });
                if (stream.Position != end)
                {
                    throw new InvalidOperationException($"{tensor.Name} gave {stream.Position - end + tensor.Bytes} bytes instead of {tensor.Bytes}");
                }
            }

            // The checksum is known only now, and has a place of its length: so the data pass by once.
            stream.Position = length.Length + header.AsSpan().IndexOf(ChecksumPlace) + ChecksumPlace.Length - 1 - NoChecksum.Length;
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));
        });
    }

    private static byte[] Header(IReadOnlyList<SafetensorsTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteString(FormatKey, "1");
            json.WriteString(ChecksumKey, NoChecksum);
            json.WriteEndObject();
            long offset = 0;
            foreach (SafetensorsTensor tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.ToString());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [offset, offset + tensor.Bytes]);
                json.WriteEndObject();
                offset += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        // Spaces bring the data to an eight-byte boundary, as the format's own writer does.
        stream.Write(Encoding.ASCII.GetBytes(new string(' ', (int)(-stream.Length & 7))));
        return stream.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
