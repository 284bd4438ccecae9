using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GpuSer.IO;

namespace GpuSer;

/// <summary>
/// Keeps images of single recordings on disk. An entry's name is a hash of all that its image follows from: the signal's samples, the order of the
/// features and the recipe's version; so a recording, an option or a formula that changed has another entry, and none is ever stale. An entry that is
/// damaged fails its checksum and counts as missing. May be used by several threads and processes at once.
/// </summary>
public sealed class ImageCache
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const string Extension = ".image";

    // Entries are written here and then renamed: what a process that was killed left is found without looking at every entry.
    private const string Unfinished = "unfinished";

    // Writing takes milliseconds.
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    private readonly string _folder;
    private readonly byte[] _prefix;
    private int _found, _missing, _unsaved;

    /// <summary>Opens a cache, which may be empty.</summary>
    /// <param name="folder">Where entries are; it is made where it is missing, and may be removed at any time.</param>
    /// <param name="options">What images hold.</param>
    /// <exception cref="InvalidFileException">The folder cannot be made.</exception>
    public ImageCache(string folder, FeatureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AtomicFile.CreateFolder(folder);
        _folder = folder;
        RemoveAbandoned();
        _prefix = Encoding.UTF8.GetBytes($"{FeatureOptions.RecipeVersion} {string.Join(' ', options.Order)}\n");
    }

    /// <summary>Images that were found.</summary>
    public int Found => _found;

    /// <summary>Images that were not there, or damaged.</summary>
    public int Missing => _missing;

    /// <summary>Images that could not be kept: the disk is full, or the folder cannot be written. Nothing else depends on them.</summary>
    public int Unsaved => _unsaved;

    /// <summary>Reads a signal's image.</summary>
    /// <param name="samples">The signal. [n]</param>
    /// <param name="image">Where to; of no use where there is none. [shape=(Frames(n), 230)]</param>
    /// <returns>Whether it was there, whole.</returns>
    internal bool TryRead(ReadOnlySpan<float> samples, Span<float> image)
    {
        bool found = Read(PathOf(samples), MemoryMarshal.AsBytes(image));
        Interlocked.Increment(ref found ? ref _found : ref _missing);
        (found ? Telemetry.CacheHits : Telemetry.CacheMisses).Add(1);
        return found;
    }

    /// <summary>Keeps a signal's image.</summary>
    internal void Write(ReadOnlySpan<float> samples, ReadOnlySpan<float> image)
    {
        string path = PathOf(samples), temporary = Path.Combine(_folder, Unfinished, $"{Guid.NewGuid():n}{AtomicFile.TemporaryExtension}");
        try
        {
            // Not forced to the disk: what a crash tears is found by the checksum, and made again.
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(Path.GetDirectoryName(temporary)!);
            using (FileStream stream = new(temporary, FileMode.CreateNew))
            {
                ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(image);
                stream.Write(SHA256.HashData(bytes));
                stream.Write(bytes);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Interlocked.Increment(ref _unsaved);
            Remove(temporary);
        }
    }

    private static bool Read(string path, Span<byte> image)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            Span<byte> expected = stackalloc byte[HashBytes], actual = stackalloc byte[HashBytes];
            if (stream.Length != HashBytes + image.Length)
            {
                return false;
            }

            stream.ReadExactly(expected);
            stream.ReadExactly(image);
            SHA256.HashData(image, actual);
            return actual.SequenceEqual(expected);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // By their age and not by their process's number: caches are shared between containers and machines, where numbers say nothing. Whoever should
    // still be writing after an hour finds its file gone, which costs it that entry.
    private void RemoveAbandoned()
    {
        try
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(_folder, Unfinished), "*" + AtomicFile.TemporaryExtension))
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(file) > Abandoned)
                {
                    Remove(file);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // There is no such folder yet, or another process is at it.
        }
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It stays; its name is nobody's.
        }
    }

    private string PathOf(ReadOnlySpan<float> samples)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, samples.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_prefix);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes(samples));
        string name = Convert.ToHexStringLower(hash.GetHashAndReset());
        return Path.Combine(_folder, name[..2], name[2..] + Extension);
    }
}
