using GpuSer.IO;

namespace GpuSer.Training.Weights.Torch;

/// <summary>The bytes of a file from one place to another, read forwards for the pickles in them.</summary>
internal sealed class PickleInput(FileRegion region)
{
    // Longer than anything that is asked for at once, or all there is.
    private readonly byte[] _buffer = new byte[(int)Math.Min(2 * MaxText, region.Length)];
    private long _loaded;
    private int _next, _filled;

    /// <summary>Bytes that a text in a pickle may have: names of tensors and classes have some dozens.</summary>
    public const int MaxText = 1 << 15;

    /// <summary>The file.</summary>
    public string Path => region.Path;

    /// <summary>How far it is read, from the region's beginning.</summary>
    public long Position => _loaded - (_filled - _next);

    public byte Byte() => Bytes(1)[0];

    /// <summary>The next bytes; valid until the next call.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if (count > _filled - _next)
        {
            Fill(count);
        }

        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_next, count);
        _next += count;
        return bytes;
    }

    /// <summary>A text of a length that the file gives.</summary>
    /// <exception cref="InvalidFileException">It is too long to be a name.</exception>
    public ReadOnlySpan<byte> Text(long length) => length is >= 0 and <= MaxText
        ? Bytes((int)length)
        : throw new InvalidFileException(Path, $"its pickle holds a text of {length:N0} bytes, where a state dict has names of some dozens");

    /// <summary>The bytes up to the next line feed, which is passed over.</summary>
    public ReadOnlySpan<byte> Line()
    {
        for (int length = 0; length < MaxText; length++)
        {
            if (length == _filled - _next)
            {
                Fill(length + 1);
            }

            if (_buffer[_next + length] == (byte)'\n')
            {
                ReadOnlySpan<byte> line = Bytes(length + 1);
                return line[..length];
            }
        }

        throw new InvalidFileException(Path, $"its pickle holds a line of more than {MaxText:N0} bytes");
    }

    private void Fill(int count)
    {
        int kept = _filled - _next;
        _buffer.AsSpan(_next, kept).CopyTo(_buffer);
        (_next, _filled) = (0, kept);
        int more = (int)Math.Min(_buffer.Length - kept, region.Length - _loaded);
        if (kept + more < count)
        {
            throw new InvalidFileException(Path, "ends in the middle of its pickle; it is damaged or cut short, so take another copy");
        }

        region.Read(_loaded, _buffer.AsSpan(kept, more));
        _loaded += more;
        _filled += more;
    }
}
